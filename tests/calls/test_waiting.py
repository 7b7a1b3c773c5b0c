"""A call that finds no room at its service: when it waits for some, and when it is refused."""

import pytest

from bff.calls.limiter import CALM_S, LOOK_S, LOOKS, WINDOW, LimiterPolicy
from bff.calls.policies import Policies
from bff.terms.events import CallRefused
from tests.calls.test_attempts import Lab

ONE = Policies(limiter=LimiterPolicy(start=1, least=1))


def a_full_lab() -> Lab:
    """Its service has room for one call, which is out."""
    lab = Lab(ONE)
    lab.ask()
    return lab


def slugs(lab: Lab) -> list[str]:
    return [getattr(failure, "reason", "") for _, failure in lab.told]


def test_f15_a_call_of_a_burst_waits_for_room_and_goes_out_as_soon_as_it_looks():
    lab = a_full_lab()
    lab.ask()
    lab.wait()
    lab.end(0, b"first")
    lab.wait()
    lab.end(1, b"second")

    assert [(b"first", None), (b"second", None)] == lab.told
    assert (2 * LOOK_S, 0, []) == (pytest.approx(lab.now_s - 100.0), lab.out, lab.events)


def test_f15_nobody_waits_longer_than_a_moment():
    lab = a_full_lab()
    lab.ask()
    while lab.timers:
        lab.wait()

    assert (["overloaded"], pytest.approx(LOOKS * LOOK_S)) == (slugs(lab), lab.now_s - 100.0)
    assert [CallRefused("todos.v1.TodoService", "GetTodo", "limiter")] == lab.events


@pytest.mark.parametrize(("told", "later_s"), [(2, CALM_S), (1, CALM_S + 0.01)])
def test_f15_where_one_was_refused_of_late_others_are_at_once(told, later_s):
    """A queue that stands is no burst: to wait would only make the refusal late."""
    lab = a_full_lab()
    lab.ask()
    while lab.timers:
        lab.wait()
    lab.now_s += later_s
    lab.way.turnstile.limiter.heard_at_s = lab.now_s  # it still answers
    lab.ask()

    assert told == len(lab.told)


def test_who_leaves_while_waiting_is_told_nothing_and_holds_nothing():
    lab = a_full_lab()
    leave = lab.ask()
    leave()

    assert ([], [], 1, 0) == (lab.timers, lab.told, lab.out, lab.way.turnstile.limiter.waiting)


def test_f15_no_more_wait_than_are_likely_to_find_room():
    """Ten calls of 0.11 s each: not quite five leave within half of the time."""
    lab = Lab(Policies(limiter=LimiterPolicy(start=10, least=10)))
    for _ in range(WINDOW):
        lab.way.turnstile.limiter.answered(0.11)
    for _ in range(7 + 5):
        lab.ask()
    assert (7, 5, []) == (lab.out, len(lab.timers), lab.told)

    lab.ask()
    assert (["overloaded"], 5) == (slugs(lab), len(lab.timers))
    for call in range(5):
        lab.end(call, b"early")
        lab.wait()
    assert (["overloaded"] + [""] * 5, []) == (slugs(lab), lab.timers)


def test_whoever_ends_waits_no_more_whatever_the_end():
    lab = Lab(ONE)
    limiter = lab.way.turnstile.limiter
    lab.ask()
    leave, _, _ = lab.ask(), lab.ask(), lab.ask()
    assert 3 == limiter.waiting
    leave()
    lab.end(0, b"first")
    lab.wait()
    assert (1, 1) == (lab.out, limiter.waiting)
    while lab.timers:
        lab.wait()
    assert (["", "overloaded"], 0) == (slugs(lab), limiter.waiting)


def test_nobody_waits_for_room_beyond_its_deadline():
    """And it is no sign of a queue that stands: strangers choose their deadlines."""
    lab = a_full_lab()
    lab.ask(seconds=0.015)
    while lab.timers:
        lab.wait()
    lab.ask()

    assert (["upstream-timeout"], pytest.approx(0.015)) == (slugs(lab), lab.now_s - 100.0)
    assert ([], 1, 1) == (lab.events, lab.way.turnstile.limiter.waiting, len(lab.timers))


def test_a_call_whose_time_was_up_when_room_came_does_not_go_out():
    """It would end at once, and the limiter would learn that the service answers in no time."""
    lab = a_full_lab()
    lab.ask(seconds=0.05)
    lab.end(0, b"first")
    lab.late_s = 0.05
    lab.wait()

    assert (["", "upstream-timeout"], 1, 0) == (slugs(lab), len(lab.dones), lab.out)


def test_metadata_that_must_not_be_sent_is_told_to_who_waited():
    lab = a_full_lab()
    lab.ask()
    lab.end(0, b"first")
    lab.refuses = True
    lab.wait()

    assert ("no such metadata", 0) == (str(lab.told[-1][1]), lab.out)
