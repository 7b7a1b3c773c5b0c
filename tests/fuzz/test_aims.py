"""What `make fuzz` kept, once more, and a few hundred inputs that nobody has seen."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.aim import Aim, spliced
from tests.fuzz.aims import AIMS
from tests.fuzz.hunting import hunt

EXAMPLES = 60
MOST_FILES, MOST_BYTES = 350, 60_000
REACHED = {
    "paths": {"none", "method", "bound", "path invalid-field", "/v1/{text} query twice"},
    "bodies": {"read inner, json_format too", "malformed-json", "unknown-field", "duplicate-key"},
    "wire": {"way 0 of rich.v1.Everything, long", "way 1 of rich.v1.Tree, long"},
    "frames": {"answer answer answer", "given-back given-back given-back"},
    "requests": {"200 200 GET POST+", "200 400 GET", "405", "417", "505"},
}
"""Some of what each corpus must come to: else it asks less than it says."""

each = pytest.mark.parametrize("aim", AIMS, ids=lambda aim: aim.name)


@each
def test_no_known_input_breaks_a_promise(aim: Aim) -> None:
    seen = {aim.check(data) for data in aim.corpus()}
    if "no native engine" not in seen:
        assert set() == REACHED[aim.name] - seen


@each
def test_no_new_input_breaks_a_promise(aim: Aim) -> None:
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(aim.wild())
    def ask(data: bytes) -> None:
        assert aim.check(data)

    ask()


@each
def test_a_corpus_stays_small(aim: Aim) -> None:
    """Everybody clones it."""
    found = aim.corpus()
    assert 5 <= len(found) < MOST_FILES
    assert sum(map(len, found)) < MOST_BYTES


def test_a_find_is_written_down_as_short_as_it_can_be(tmp_path, capsys) -> None:
    def check(data: bytes) -> str:
        assert b"!" not in data
        return "well"

    aim = Aim("nothing", st.binary(max_size=50), check)
    assert 1 == hunt([aim], for_s=60.0, first_seed=1, finds=tmp_path)
    (find,) = tmp_path.iterdir()
    assert b"!" == find.read_bytes()
    assert f"FOUND {find}" in capsys.readouterr().out


@given(st.binary(max_size=60), st.binary(max_size=60), st.randoms(use_true_random=False))
def test_a_change_is_an_input_too(data: bytes, other: bytes, random) -> None:
    assert isinstance(spliced(data, other, random), bytes)
