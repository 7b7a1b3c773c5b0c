"""Attempts that once told nobody, told twice, or told who had left."""

from collections.abc import Callable
from typing import Any

import pytest

from bff.calls.attempts import Told
from bff.calls.breaker import BreakerPolicy
from bff.calls.hedge import HedgePolicy
from bff.calls.limiter import LimiterPolicy
from bff.calls.policies import Policies
from bff.terms.events import Crashed
from tests.calls.test_attempts import DOWN, RPC, Lab


class Broken:
    """Raises whatever it is told."""

    def __init__(self) -> None:
        self.told: list[bytes] = []

    def __call__(self, wire: bytes, _failure: Exception | None) -> None:
        self.told.append(wire)
        raise KeyError("a bug")


def at_once(*_: Any, done: Any, **__: Any) -> int:
    """The start of a transport that is never waited for."""
    done(b"at once", None)
    return 0


@pytest.mark.parametrize("where", ["nowhere", "anywhere"])
def test_f1_who_is_told_of_an_open_breaker_may_give_up_others_which_are_not_told(where):
    """As parts of a screen do; whether the other one waits, too, or its failure opened it."""
    breaker = BreakerPolicy(calls=3)
    lab = Lab(Policies(hedge=HedgePolicy(where=where), breaker=breaker))
    lab.way.turnstile.p95_s = 10.0
    leaves: list[Callable[[], object]] = []
    told: list[int] = []

    def one_of_a_screen(number: int) -> Told:
        def done(_wire: bytes, _failure: Exception | None) -> None:
            told.append(number)
            for leave in leaves[:number] + leaves[number + 1 :]:
                leave()

        return done

    leaves += [lab.ask(done=one_of_a_screen(number)) for number in range(3)]
    for number in range(3):
        lab.end(number, DOWN)

    assert (1, [], 0) == (len(told), lab.timers, lab.out)


def test_f1_all_who_wait_are_told_of_an_open_breaker_though_one_of_them_raises():
    lab, broken = Lab(Policies(breaker=BreakerPolicy(calls=3))), Broken()
    for done in (broken, broken, None):
        lab.ask(done=done)
    for number in range(3):
        lab.end(number, DOWN)

    assert ([b"", b""], [(b"", DOWN)]) == (broken.told, lab.told)
    assert 2 * [RPC] == [event.where for event in lab.events if isinstance(event, Crashed)]


def test_a_retry_whose_metadata_must_not_be_sent_is_told():
    lab = Lab()
    lab.ask()
    lab.end(0, DOWN)
    lab.refuses = True
    lab.wait()
    assert (["no such metadata"], 0) == ([str(failure) for _, failure in lab.told], lab.out)


def test_a_retry_for_which_a_late_loop_left_no_time_is_not_made():
    """The failure is the service's own: that there was no time is ours."""
    lab = Lab()
    lab.ask()
    lab.end(0, DOWN)
    lab.late_s = 1.0
    lab.wait()
    assert ([(b"", DOWN)], 1) == (lab.told, len(lab.dones))


def test_who_is_told_at_once_and_raises_gives_its_place_back_once():
    lab, broken = Lab(), Broken()
    lab.start = at_once  # type: ignore[method-assign]
    with pytest.raises(KeyError):
        lab.ask(done=broken)
    assert ([b"at once"], 0) == (broken.told, lab.out)


def test_who_is_told_at_once_by_a_retry_and_raises_is_not_told_again():
    lab, broken = Lab(), Broken()
    lab.ask(done=broken)
    lab.end(0, DOWN)
    lab.start = at_once  # type: ignore[method-assign]
    lab.wait()
    assert ([b"at once"], 0) == (broken.told, lab.out)


def test_a_hedge_that_must_not_be_sent_leaves_the_call_to_the_first_which_waits_for_room():
    hedge, limiter = HedgePolicy(where="anywhere", share=1.0), LimiterPolicy(start=1, least=1)
    lab = Lab(Policies(hedge=hedge, limiter=limiter))
    lab.way.turnstile.p95_s = 0.005
    lab.way.note(lab.now_s)
    lab.ask(idempotent=False)
    lab.ask()
    lab.end(0, b"makes room")
    lab.refuses = True
    lab.wait()
    before = len(lab.told)
    lab.refuses = False
    lab.wait()
    lab.end(1, b"todo")

    assert (1, (b"todo", None), ["hedge"]) == (before, lab.told[-1], lab.repeats)
    assert (0, []) == (lab.out, lab.timers)
