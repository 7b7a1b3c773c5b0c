"""What goes out to a service, what is refused here, and what each end tells."""

import pytest

from bff.calls.breaker import Breaker, BreakerPolicy
from bff.calls.limiter import Limiter, LimiterPolicy
from bff.calls.turnstile import Turnstile
from bff.contract.status import kind_of, retryable
from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSaid, ServiceSilent
from bff.terms.events import CallRefused, Event
from bff.terms.silence import LATE, UNREACHABLE, silence

RPC = "todos.v1.TodoService/GetTodo"
POLICY = BreakerPolicy(calls=2)
NOT_FOUND = ServiceSaid("", code=Code.NOT_FOUND, source=RPC)


class Gate:
    """A turnstile of a service with room for ten, whose breaker opens after two failures."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.turnstile = Turnstile(
            RPC,
            Breaker(POLICY, now_s=0.0),
            Limiter(LimiterPolicy(start=10)),
            emit=self.told.append,
            chance=lambda: 0.5,
        )

    def fail(self, failure: Failure, *, elapsed_s: float = 1.0, times: int = 2) -> None:
        for _ in range(times):
            ticket = self.turnstile.enter("normal", 0.0)
            self.turnstile.failed(ticket, failure, elapsed_s=elapsed_s, now_s=0.0)

    def refusal(self, criticality: str = "critical") -> ServiceSilent:
        with pytest.raises(ServiceSilent) as caught:
            self.turnstile.enter(criticality, 0.0)  # type: ignore[arg-type]
        return caught.value

    @property
    def out(self) -> int:
        return self.turnstile.limiter.out


def test_an_open_breaker_refuses_with_503_and_a_time_to_come_back_drawn_by_chance():
    gate = Gate()
    gate.fail(silence(UNREACHABLE))
    refusal = gate.refusal()

    assert (503, "upstream-unavailable", 3.0) == (
        kind_of(refusal).status,
        refusal.reason,
        refusal.retry_after_s,
    )
    assert [CallRefused("todos.v1.TodoService", "GetTodo", "breaker")] == gate.told


def test_a_full_service_refuses_with_503_and_what_is_critical_last():
    gate = Gate()
    for criticality, room in (("sheddable", 6), ("normal", 3), ("critical", 1)):
        for _ in range(room):
            gate.turnstile.enter(criticality, 0.0)
        refusal = gate.refusal(criticality)

    assert (503, "overloaded", True) == (
        kind_of(refusal).status,
        refusal.reason,
        retryable(refusal),
    )
    assert 3 * [CallRefused("todos.v1.TodoService", "GetTodo", "limiter")] == gate.told


def test_every_end_gives_its_place_back():
    gate = Gate()
    turnstile = gate.turnstile
    turnstile.answered(turnstile.enter("normal", 0.0), 0.1, 0.1)
    turnstile.failed(turnstile.enter("normal", 0.0), NOT_FOUND, elapsed_s=0.1, now_s=0.1)
    turnstile.gave_up(turnstile.enter("normal", 0.0), 0.1)
    assert 0 == gate.out


def test_what_is_refused_takes_no_place():
    gate = Gate()
    gate.fail(silence(UNREACHABLE))
    gate.refusal()
    assert 0 == gate.out


def test_words_about_the_request_never_open_it():
    gate = Gate()
    gate.fail(NOT_FOUND, times=50)
    assert "<Breaker closed>" == repr(gate.turnstile.breaker)


def test_who_gives_up_sooner_than_an_answer_takes_says_nothing_about_the_service():
    """Else a stranger who sends tiny deadlines could close a service for everybody."""
    gate = Gate()
    gate.turnstile.p95_s = 0.1
    gate.fail(silence(LATE), elapsed_s=0.05, times=50)
    well = repr(gate.turnstile.breaker)
    gate.fail(silence(LATE), elapsed_s=0.2)

    assert ("<Breaker closed>", "upstream-unavailable") == (well, gate.refusal().reason)


def test_a_reply_that_cannot_be_read_counts_as_a_failure_though_it_came():
    gate = Gate()
    for _ in range(2):
        gate.turnstile.answered(gate.turnstile.enter("normal", 0.0), 0.1, 0.1)
        gate.turnstile.spoiled(silence("upstream-invalid-response"), 0.1)
    assert "breaker" in gate.refusal().__notes__[0]
