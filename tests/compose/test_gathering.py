"""Several calls begun at once: one answer, told once, whatever becomes of them and in any order."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bff.calls.call import Call, Done
from bff.compose.gathering import Gathering
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent

DOWN = ServiceSilent("down", code=Code.UNAVAILABLE)
CALL = Call("a.B/C", b"", RequestContext("r", Deadline(1e9)), bytes)


class Calls:
    """Calls that end when the test says so; `soft` says which of them may fail."""

    def __init__(self, *soft: bool, refused: int | None = None, at_once: Any = None) -> None:
        self.dones: list[Done] = []
        self.cancelled: list[int] = []
        self.told: list[tuple[Any, Any]] = []
        self._refused = refused
        self._at_once = at_once
        questions: Any = [SimpleNamespace(first=SimpleNamespace(soft=one)) for one in soft]
        self.gathering = Gathering(questions, self._join, lambda *how: self.told.append(how))
        starts = [self._start] * len(soft)
        self.cancel = self.gathering.begin(starts, [(one, CALL) for one in questions])

    def _join(self, replies: Any) -> Any:
        if replies[0] == "bug":
            raise KeyError("bug")
        return list(replies)

    def _start(
        self, request: bytes, context: RequestContext, done: Done
    ) -> Callable[[], None] | None:
        place = len(self.dones)
        if place == self._refused:
            return None
        self.dones.append(done)
        if self._at_once is not None:
            done(None, self._at_once)
        return lambda: self.cancelled.append(place)


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_the_answer_is_in_the_order_of_the_questions(order):
    calls = Calls(False, False, False)
    for place in order:
        assert [] == calls.told
        calls.dones[place](place, None)
    assert [([0, 1, 2], None)] == calls.told
    assert [] == calls.cancelled


def test_a_soft_failure_is_part_of_the_answer():
    calls = Calls(False, True)
    calls.dones[1](None, DOWN)
    calls.dones[0]("a", None)
    assert [(["a", DOWN], None)] == calls.told


def test_a_hard_failure_is_told_at_once_and_ends_the_others():
    calls = Calls(False, True, False)
    calls.dones[1]("b", None)
    calls.dones[0](None, DOWN)
    calls.dones[2]("too late", None)
    assert [(None, DOWN)] == calls.told
    assert 2 in calls.cancelled


def test_a_bug_in_a_soft_part_is_no_gap():
    calls = Calls(True, False)
    bug = KeyError("x")
    calls.dones[0](None, bug)
    assert [(None, bug)] == calls.told


def test_a_bug_in_the_joining_is_told_to_whoever_asked():
    calls = Calls(False)
    calls.dones[0]("bug", None)
    [(answer, error)] = calls.told
    assert (None, KeyError) == (answer, type(error))


def test_where_one_has_no_time_left_nothing_was_begun():
    calls = Calls(False, False, refused=1)
    calls.dones[0]("a", None)
    assert calls.cancel is None
    assert [0] == calls.cancelled
    assert [] == calls.told


def test_one_that_fails_at_once_keeps_the_next_from_being_asked():
    calls = Calls(False, False, at_once=DOWN)
    assert 1 == len(calls.dones)
    assert [(None, DOWN)] == calls.told


def test_cancelled_means_that_nobody_is_told():
    calls = Calls(False, False)
    assert calls.cancel is not None
    calls.cancel()
    calls.dones[0](None, DOWN)
    assert [] == calls.told
    assert [0, 1] == calls.cancelled


def test_it_says_how_far_it_is():
    calls = Calls(False, False)
    calls.dones[0]("a", None)
    assert "<Gathering, 1 of 2 under way>" == repr(calls.gathering)
