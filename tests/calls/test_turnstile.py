"""What goes out to a service, what is refused here, and what each end tells."""

import pytest

from bff.calls.breaker import CLOSED, BreakerPolicy
from bff.calls.limiter import Limiter, LimiterPolicy
from bff.calls.turnstile import Turnstile
from bff.contract.status import kind_of, retryable
from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSaid, ServiceSilent
from bff.terms.events import BreakerTurned, CallRefused, Event
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
            POLICY,
            Limiter(LimiterPolicy(start=10)),
            now_s=0.0,
            emit=self.told.append,
            chance=lambda: 0.5,
        )

    def fail(self, failure: Failure, *, elapsed_s: float = 1.0, times: int = 2) -> None:
        for _ in range(times):
            ticket = self.turnstile.enter("normal", 0.0)
            self.turnstile.failed(ticket, failure, elapsed_s=elapsed_s, now_s=0.0)

    def fill(self) -> int:
        """Take every place; returns the last ticket."""
        return [self.turnstile.enter("critical", 0.0) for _ in range(10)][-1]

    def refusal(self, criticality: str = "critical", *, now_s: float = 0.0) -> ServiceSilent:
        with pytest.raises(ServiceSilent) as caught:
            self.turnstile.enter(criticality, now_s)  # type: ignore[arg-type]
        return caught.value

    @property
    def out(self) -> int:
        return self.turnstile.limiter.out


def test_an_open_breaker_refuses_with_503_and_a_time_to_come_back_drawn_by_chance():
    gate = Gate()
    gate.fail(silence(UNREACHABLE))
    refusal = gate.refusal()

    assert (503, "upstream-unavailable", 1.5) == (
        kind_of(refusal).status,
        refusal.reason,
        refusal.retry_after_s,
    )
    rpc = ("todos.v1.TodoService", "GetTodo")
    assert [BreakerTurned(*rpc, "open"), CallRefused(*rpc, "breaker")] == gate.told


def test_a_full_service_refuses_with_503_and_what_is_critical_last():
    gate = Gate()
    for criticality, room in (("sheddable", 6), ("normal", 1), ("critical", 3)):
        for _ in range(room):
            gate.turnstile.enter(criticality, 0.0)
        refusal = gate.refusal(criticality)

    assert (503, "overloaded", True) == (
        kind_of(refusal).status,
        refusal.reason,
        retryable(refusal),
    )
    assert 3 * [CallRefused("todos.v1.TodoService", "GetTodo", "limiter")] == gate.told


def test_f2_a_sick_service_is_unavailable_though_its_calls_fill_the_limit():
    """They wait for an answer that never comes: nobody has too much to do."""
    gate = Gate()
    gate.fail(silence(UNREACHABLE), times=1)
    gate.fill()
    gate.turnstile.breaker.sick(CLOSED, 0.0)
    assert "upstream-unavailable" == gate.refusal().reason


@pytest.mark.parametrize(
    ("expected", "heard_at_s", "p95_s", "said"),
    [
        ("overloaded", 1.8, 0.0, None),
        ("overloaded", 1.8, 0.0, NOT_FOUND),
        ("upstream-unavailable", 1.8, 0.0, silence(LATE)),
        ("upstream-unavailable", 1.7, 0.0, None),
        ("overloaded", 1.7, 0.16, None),
        ("upstream-unavailable", 1.7, 0.14, None),
    ],
)
def test_f2_a_full_service_that_answers_nobody_is_unavailable_before_it_is_found_sick(
    expected, heard_at_s, p95_s, said
):
    """Nobody: for a quarter of a second, and twice as long as nineteen of twenty answers take."""
    gate = Gate()
    turnstile = gate.turnstile
    last = gate.fill()
    if said is None:
        turnstile.answered(last, heard_at_s, heard_at_s)
    else:
        turnstile.failed(last, said, elapsed_s=heard_at_s, now_s=heard_at_s)
    turnstile.enter("critical", heard_at_s)
    turnstile.p95_s = p95_s
    assert expected == gate.refusal(now_s=2.0).reason


def test_a_trial_that_finds_no_room_is_left_to_the_next():
    gate = Gate()
    tickets = [gate.turnstile.enter("critical", 0.0) for _ in range(10)]
    for _ in range(2):
        gate.turnstile.breaker.sick(CLOSED, 0.0)
    gate.refusal(now_s=1.0)
    gate.turnstile.gave_up(tickets[0], 1.0)

    assert 1 == gate.turnstile.enter("critical", 1.0)


def test_a_service_that_nobody_asked_for_long_is_not_mute():
    gate = Gate()
    gate.fill()
    assert "overloaded" == gate.refusal(now_s=0.1).reason


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
