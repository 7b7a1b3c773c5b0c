"""Which replica gets a call, and which must go: decisions on plain numbers."""

from collections import Counter

import pytest

from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSaid
from bff.terms.silence import LATE, TOO_LARGE, UNIMPLEMENTED, UNREACHABLE, UNREADABLE, silence
from bff.transport.balancer_rules import (
    REMEMBERED,
    TOO_MANY,
    ejections_now,
    is_outlier,
    may_eject,
    noted,
    pause_s,
    two_of,
    verdict,
)

CHANCES = [at / 12 for at in range(12)]


@pytest.mark.parametrize("many", [2, 3, 4])
def test_two_different_ones_are_drawn_and_each_pair_as_often(many: int) -> None:
    drawn = Counter(two_of(many, one, other) for one in CHANCES for other in CHANCES)
    pairs = {(one, other) for one in range(many) for other in range(many) if one != other}
    assert pairs == set(drawn)
    assert 1 == len(set(drawn.values()))


def said(code: Code) -> Failure:
    return ServiceSaid("", code=code, source="a.B/C")


VERDICTS: dict[str, tuple[bool | None, Failure, float, bool]] = {
    "it says it is broken": (False, said(Code.INTERNAL), 0.0, False),
    "it does not know what happened": (False, said(Code.UNKNOWN), 0.0, False),
    "it lost data": (False, said(Code.DATA_LOSS), 0.0, True),
    "it has no such thing": (True, said(Code.NOT_FOUND), 0.0, False),
    "it refuses this caller": (True, said(Code.PERMISSION_DENIED), 0.0, False),
    "it does not know the method": (True, said(Code.UNIMPLEMENTED), 0.0, False),
    "it has too much to do": (None, said(Code.RESOURCE_EXHAUSTED), 0.0, False),
    "the call was given up": (None, said(Code.CANCELLED), 0.0, False),
    "no connection": (False, silence(UNREACHABLE), 0.0, False),
    "garbage": (False, silence(UNREADABLE), 0.0, False),
    "late after half a second": (False, silence(LATE), 0.5, False),
    "late, but it had no time": (None, silence(LATE), 0.49, False),
    "a stream whose time is up": (None, silence(LATE), 60.0, True),
    "an answer that we cannot hold": (None, silence(TOO_LARGE), 0.0, False),
    "a method that nobody serves": (None, silence(UNIMPLEMENTED), 0.0, False),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_a_failure_speaks_against_its_replica_or_does_not(case: str) -> None:
    expected, failure, waited_s, is_stream = VERDICTS[case]
    assert expected is verdict(failure, waited_s=waited_s, is_stream=is_stream)


def history(calls: str) -> int:
    """Oldest first, "x" a failure."""
    found = 0
    for one in calls:
        found = noted(found, well=one != "x")
    return found


@pytest.mark.parametrize(
    ("expected", "own", "others"),
    [
        (True, "x" * 8, ["", ""]),
        (False, "x" * 7, ["", ""]),
        (True, "." * 100 + "x" * 8, [""]),
        (True, "x." * 8, ["", ""]),
        (False, "x.." * 20, ["", ""]),
        (False, "x" * 16, ["x" * 16, "x" * 16]),
        (False, "x" * 8, ["x" * 5]),
        (False, "x" * 8, ["." * 16 + "x" * 2]),
        (True, "x" * 8, ["." * 16 + "x"]),
        (True, "x" * 8, ["x" * 4 + "." * 4]),
        (True, "x" * 16, ["x" * 14, "", ""]),
    ],
)
def test_an_outlier_fails_half_its_calls_and_more_than_twice_as_many_as_the_others(
    expected: bool, own: str, others: list[str]
) -> None:
    assert expected is is_outlier(history(own), [history(one) for one in others], well_elsewhere=4)


@pytest.mark.parametrize(("expected", "well_elsewhere"), [(False, 0), (False, 3), (True, 4)])
def test_nobody_is_an_outlier_until_others_have_shown_that_it_can_be_done(
    expected: bool, well_elsewhere: int
) -> None:
    """An outage of all begins by chance with more failures of one."""
    assert expected is is_outlier(history("x" * 8), [0, 0], well_elsewhere=well_elsewhere)


def test_what_failed_long_ago_is_forgotten() -> None:
    assert 0 == history("x" * 16 + "." * REMEMBERED)


@pytest.mark.parametrize("replicas", range(1, 9))
def test_never_the_last_and_never_over_half(replicas: int) -> None:
    out = 0
    while may_eject(replicas=replicas, out=out, others_ready=replicas - out - 1):
        out += 1
    assert replicas // 2 == out


def test_the_only_one_that_is_connected_stays() -> None:
    assert not may_eject(replicas=8, out=0, others_ready=0)


def test_whoever_relapses_stays_out_longer_and_whoever_kept_well_does_not() -> None:
    pauses = [pause_s(n, 0.5) for n in range(1, 7)]
    assert sorted(pauses) == pauses
    assert [4.5, 54.0] == [pauses[0], pauses[-1]]
    assert [2, 1] == [ejections_now(1, 119.0), ejections_now(5, 120.0)]


def test_all_failures_before_an_ejection_are_fewer_than_ten() -> None:
    """F12: a replica that fails every call, whatever it did before."""
    assert TOO_MANY <= 10
    assert is_outlier(history("." * REMEMBERED + "x" * 10), [0], well_elsewhere=4)
