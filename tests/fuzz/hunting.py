"""Look for inputs that break a promise, for some time; keep those that show something new.

How       Hypothesis makes inputs by each aim's grammar and by changing the corpus, and shrinks what
          it finds. Another word of a check is something new: its shortest input is kept.
Called by the fuzz command.
Never     stops at the first find: the other aims have their time, too.
"""

import time
from collections.abc import Iterable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.aim import Aim, file_name

EACH = 500
"""Examples of one round."""


def hunt(aims: Iterable[Aim], *, for_s: float, first_seed: int, finds: Path) -> int:
    """How many broke their promise; what they were asked is in `finds`."""
    found = 0
    for aim in (chosen := tuple(aims)):
        inputs, broken = _hunted(aim, for_s / len(chosen), first_seed=first_seed, finds=finds)
        found += broken
        print(f"{aim.name}: {inputs} inputs, {broken} found", flush=True)
    return found


def _hunted(aim: Aim, for_s: float, *, first_seed: int, finds: Path) -> tuple[int, int]:
    ends_s, rounds, inputs = time.monotonic() + for_s, 0, 0
    while time.monotonic() < ends_s:
        asked: list[bytes] = []
        try:
            _round(aim, asked, first_seed + rounds, examples=EACH)
        except Exception as broken:  # noqa: BLE001 - whatever a broken promise raises
            path = finds / f"{aim.name}-{file_name(asked[-1])}"
            path.write_bytes(asked[-1])
            print(f"FOUND {path}: {broken!r}"[:2_000], flush=True)
            return inputs + len(asked), 1
        inputs, rounds = inputs + len(asked), rounds + 1
    return inputs, 0


def _round(aim: Aim, asked: list[bytes], number: int, *, examples: int) -> None:
    """Hypothesis runs what it shrank to last, so the last one that was asked is the find."""

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(aim.wild())
    def ask(data: bytes) -> None:
        asked.append(data)
        aim.check(data)

    ask()


def keep(aims: Iterable[Aim], *, rounds: int) -> None:
    """Make the corpora anew, from what they are and from what so many rounds make."""
    for aim in aims:
        asked = aim.corpus()
        for number in range(rounds):
            _round(aim, asked, number, examples=EACH)
        _write(aim, _shortest(aim, asked))


def _shortest(aim: Aim, asked: Iterable[bytes]) -> list[bytes]:
    """For each word of the check."""
    found: dict[str, bytes] = {}
    for data in sorted(set(asked), key=lambda one: (len(one), one)):
        found.setdefault(aim.check(data), data)
    return list(found.values())


def _write(aim: Aim, found: list[bytes]) -> None:
    aim.folder.mkdir(parents=True, exist_ok=True)
    for stale in aim.folder.iterdir():
        stale.unlink()
    for data in found:
        (aim.folder / file_name(data)).write_bytes(data)
    print(f"{aim.name}: {len(found)} inputs kept")
