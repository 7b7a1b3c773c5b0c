"""Attempts of one call: how many go out, which one is told, and that places are given back."""

from collections.abc import Callable
from typing import Any

import pytest

from bff.calls.attempts import Sending, Told
from bff.calls.beginning import begin
from bff.calls.breaker import BreakerPolicy
from bff.calls.hedge import HedgePolicy
from bff.calls.policies import Policies, ServicePolicies
from bff.calls.retry import RetryPolicy
from bff.calls.ways import Means, Ways
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSaid
from bff.terms.events import CallRepeated, Event
from bff.terms.silence import UNREACHABLE, silence

RPC = "todos.v1.TodoService/GetTodo"
DOWN = silence(UNREACHABLE)
BROKEN = ServiceSaid("", code=Code.INTERNAL, source=RPC)
HEDGING = Policies(hedge=HedgePolicy(where="anywhere", share=1.0))


class Lab:
    """A transport whose calls end when the test says so, a clock and timers that it moves."""

    is_spread = True
    replicas = 1

    def __init__(self, policies: Policies | None = None) -> None:
        self.now_s = 100.0
        self.late_s = 0.0
        self.timers: list[tuple[float, Callable[[], object]]] = []
        self.dones: list[Any] = []
        self.cancelled: list[int] = []
        self.events: list[Event] = []
        self.told: list[tuple[bytes, Exception | None]] = []
        self.refuses = False
        transports: Any = {"*": self}
        means = Means(clock=lambda: self.now_s, chance=lambda: 0.5, later=self.later)
        self.way = Ways(transports, policies=policies, emit=self.events.append, means=means)[RPC]

    def start(self, path: str, request: bytes, *, done: Any, **_: Any) -> int:
        if self.refuses:
            raise ValueError("no such metadata")
        self.dones.append(done)
        return len(self.dones) - 1

    def cancel(self, call: int) -> None:
        self.cancelled.append(call)

    def later(self, wait_s: float, run: Callable[[], object]) -> Callable[[], object]:
        timer = (self.now_s + wait_s, run)
        self.timers.append(timer)
        return lambda: self.timers.remove(timer)

    def ask(
        self, *, idempotent: bool = True, seconds: float = 1.0, done: Told | None = None
    ) -> Callable[[], object]:
        context = RequestContext("r-1", Deadline(self.now_s + seconds))
        sending = Sending(b"ask", context, context.deadline, idempotent)
        return begin(self.way, sending, done or (lambda *how: self.told.append(how)))

    def end(self, call: int, how: bytes | Exception) -> None:
        failed = isinstance(how, Exception)
        self.dones[call](b"" if failed else how, how if failed else None)

    def wait(self) -> None:
        """Until the next timer has run."""
        timer = min(self.timers, key=lambda one: one[0])
        self.timers.remove(timer)
        self.now_s = timer[0] + self.late_s
        timer[1]()

    @property
    def repeats(self) -> list[str]:
        return [event.why for event in self.events if isinstance(event, CallRepeated)]

    @property
    def out(self) -> int:
        return self.way.turnstile.limiter.out


def test_a_call_that_nobody_answered_is_made_again_and_the_good_answer_is_told():
    lab = Lab()
    lab.ask()
    lab.end(0, DOWN)
    lab.wait()
    lab.end(1, b"todo")

    assert ([(b"todo", None)], ["retry"], 0) == (lab.told, lab.repeats, lab.out)


def test_after_two_retries_the_failure_is_told():
    lab = Lab()
    lab.ask()
    for number in range(3):
        lab.end(number, DOWN)
        if number < 2:
            lab.wait()

    assert ([(b"", DOWN)], 3, 0) == (lab.told, len(lab.dones), lab.out)


def test_f1_a_failure_that_opens_the_breaker_is_told_at_once():
    """A retry would wait, only to be refused: while a service is dead, that is every trial."""
    lab = Lab(Policies(breaker=BreakerPolicy(calls=1)))
    lab.ask()
    lab.end(0, DOWN)

    assert ([(b"", DOWN)], [], 0) == (lab.told, lab.timers, lab.out)


def test_f1_a_call_that_waits_to_be_made_again_is_told_when_the_breaker_opens():
    lab = Lab(Policies(breaker=BreakerPolicy(calls=2)))
    lab.ask()
    lab.ask()
    lab.end(0, DOWN)
    before = list(lab.told)
    lab.end(1, DOWN)

    assert ([], 2 * [(b"", DOWN)]) == (before, lab.told)
    assert ([], [], 0, set()) == (lab.timers, lab.repeats, lab.out, lab.way.turnstile.waiting)


def test_f1_a_call_on_trial_is_never_made_again():
    """Though there is room for it: two that went well do not make the service well."""
    lab = Lab(Policies(breaker=BreakerPolicy(calls=1)))
    lab.ask()
    lab.end(0, DOWN)
    lab.now_s += 1.0
    for number in (1, 2, 3):
        lab.ask()
        lab.end(number, DOWN if number == 3 else b"todo")

    assert ((b"", DOWN), []) == (lab.told[-1], lab.timers)


@pytest.mark.parametrize(("expected_s", "replicas"), [(0.025, 1), (0.0, 2)])
def test_a_call_that_another_replica_may_answer_does_not_wait(expected_s, replicas):
    """The one that failed may need the pause; the budget, not the pause, bounds what is asked."""
    lab = Lab()
    lab.replicas = replicas
    lab.ask()
    lab.end(0, DOWN)
    lab.wait()

    assert (["retry"], expected_s) == (lab.repeats, pytest.approx(lab.now_s - 100.0))


@pytest.mark.parametrize(
    ("idempotent", "failure", "policies"),
    [
        (False, DOWN, Policies()),
        (True, BROKEN, Policies()),
        (True, KeyError("a bug"), Policies()),
        (True, DOWN, Policies(retry=RetryPolicy(retries=0))),
        (True, DOWN, Policies(retry=RetryPolicy(share=0.0, per_s=0.0))),
        (
            True,
            DOWN,
            Policies(
                own={"todos.v1.TodoService": ServicePolicies(retry=RetryPolicy(retries=0))},
            ),
        ),
    ],
)
def test_a_write_a_broken_answer_and_an_empty_budget_are_one_attempt(idempotent, failure, policies):
    lab = Lab(policies)
    lab.ask(idempotent=idempotent)
    lab.end(0, failure)
    assert ([(b"", failure)], [], 0) == (lab.told, lab.timers, lab.out)


def test_a_refused_retry_tells_what_the_service_did():
    lab = Lab()
    lab.ask()
    lab.end(0, DOWN)
    lab.way.turnstile.limiter.rooms = dict.fromkeys(("critical", "normal", "sheddable"), 0)
    lab.wait()
    assert [(b"", DOWN)] == lab.told


def test_a_call_given_up_frees_its_place_and_is_not_told():
    lab = Lab()
    cancel = lab.ask()
    cancel()
    lab.end(0, b"too late")
    assert ([0], [], 0) == (lab.cancelled, lab.told, lab.out)


def test_a_call_given_up_between_two_attempts_is_not_made_again():
    lab = Lab()
    cancel = lab.ask()
    lab.end(0, DOWN)
    cancel()
    assert ([], [], 0) == (lab.timers, lab.told, lab.out)


def test_metadata_that_must_not_be_sent_take_no_place():
    lab = Lab()
    lab.refuses = True
    with pytest.raises(ValueError, match="no such metadata"):
        lab.ask()
    assert 0 == lab.out


def test_in_a_storm_there_are_no_more_attempts_than_the_budget_allows():
    """A fifth of the calls, and ten a second over ten seconds."""
    lab = Lab(Policies(breaker=BreakerPolicy(calls=0)))
    for number in range(1_000):
        lab.ask(seconds=60.0)
        lab.dones[-1](b"", BROKEN if number % 2 else DOWN)
    while lab.timers:
        lab.wait()
        lab.dones[-1](b"", DOWN)

    assert (1_000, 300) == (len(lab.told), len(lab.repeats))


def test_a_call_that_takes_long_is_hedged_and_the_loser_cancelled():
    lab = Lab(HEDGING)
    lab.way.turnstile.p95_s = 0.05
    lab.way.note(lab.now_s)
    lab.ask()
    lab.wait()
    lab.end(1, b"quick")

    assert ([(b"quick", None)], [0], ["hedge"]) == (lab.told, lab.cancelled, lab.repeats)
    assert ([], 0, 100.05) == (lab.timers, lab.out, lab.now_s)


def test_a_call_that_is_answered_in_time_is_not_hedged():
    lab = Lab(HEDGING)
    lab.way.turnstile.p95_s = 0.05
    lab.ask()
    lab.end(0, b"quick")
    assert ([(b"quick", None)], []) == (lab.told, lab.timers)


def test_a_hedge_that_fails_waits_for_the_first():
    lab = Lab(HEDGING)
    lab.way.turnstile.p95_s = 0.05
    lab.ask()
    lab.wait()
    lab.end(1, DOWN)
    before = list(lab.told)
    lab.end(0, b"slow")
    assert ([], [(b"slow", None)]) == (before, lab.told)


def test_without_a_share_left_nothing_is_hedged():
    lab = Lab(Policies(hedge=HedgePolicy(where="anywhere", share=0.0)))
    lab.way.turnstile.p95_s = 0.05
    lab.ask()
    lab.wait()
    assert (1, []) == (len(lab.dones), lab.repeats)


def test_a_hedged_call_given_up_leaves_nothing_behind():
    lab = Lab(HEDGING)
    lab.way.turnstile.p95_s = 0.05
    cancel = lab.ask()
    lab.wait()
    cancel()
    assert ([0, 1], [], 0) == (sorted(lab.cancelled), lab.told, lab.out)
