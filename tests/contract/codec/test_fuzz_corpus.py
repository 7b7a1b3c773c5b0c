"""What `make fuzz` kept, once more: no over-read, no leak, no other answer than pure's."""

import subprocess
from pathlib import Path

import pytest

from tests.contract.codec.engines import needs_native
from tests.fuzz import differential
from tests.fuzz.build import NoCompiler, build
from tests.fuzz.targets import READ, WRITE, packed_targets, targets

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus" / "codec"
MOST_FILES, MOST_BYTES = 300, 300_000


def inputs() -> list[bytes]:
    return [path.read_bytes() for path in sorted(CORPUS.iterdir())]


def test_the_walkers_hold_their_promises_under_the_sanitizers(tmp_path: Path) -> None:
    try:
        driver = build(tmp_path, own_loop=True)
    except NoCompiler as missing:
        pytest.skip(str(missing))
    packed = tmp_path / "targets.bin"
    packed.write_bytes(packed_targets())
    command = [str(driver.path), str(packed), str(tmp_path), "replay", str(CORPUS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ("", 0) == (done.stderr, done.returncode)
    assert f"{len(inputs())} inputs, " in done.stdout


@needs_native
def test_the_engines_agree_about_every_input() -> None:
    assert [] == [str(found) for found in map(differential.disagreement, inputs()) if found]


@pytest.mark.parametrize("way", [WRITE, READ])
def test_the_corpus_asks_every_target(way: int) -> None:
    places = {(data[0] >> 2) % len(targets()) for data in inputs() if data[0] & 3 == way}
    assert set(range(len(targets()))) == places


def test_the_corpus_stays_small() -> None:
    """Everybody clones it."""
    assert len(inputs()) < MOST_FILES
    assert sum(map(len, inputs())) < MOST_BYTES
