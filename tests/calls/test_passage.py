"""Streams and the breaker."""

import pytest

from bff.calls.breaker import BreakerPolicy
from bff.calls.limiter import Limiter, LimiterPolicy
from bff.calls.passage import Passage
from bff.calls.turnstile import Turnstile
from bff.terms.errors import ServiceSilent
from bff.terms.events import silence as quiet
from bff.terms.silence import LATE, UNREACHABLE, silence


def a_turnstile(calls: int = 2) -> Turnstile:
    policy = BreakerPolicy(calls=calls, ramp=1)
    limiter = Limiter(LimiterPolicy(start=1))
    return Turnstile("a.B/Watch", policy, limiter, now_s=0.0, emit=quiet)


def pass_by(turnstile: Turnstile, *, fails: Exception | None = None, said: int = 0, at_s=0.0):
    with Passage(turnstile, clock=lambda: at_s) as passage:
        for _ in range(said):
            passage.said()
        if fails is not None:
            raise fails


def test_streams_that_cannot_be_opened_open_the_breaker_and_one_that_speaks_closes_it():
    turnstile = a_turnstile()
    for _ in range(2):
        with pytest.raises(ServiceSilent):
            pass_by(turnstile, fails=silence(UNREACHABLE))
    with pytest.raises(ServiceSilent) as refused:
        pass_by(turnstile)
    pass_by(turnstile, said=3, at_s=1.0)

    assert ["refused by the breaker"] == refused.value.__notes__
    assert "<Breaker closed>" == repr(turnstile.breaker)


@pytest.mark.parametrize(
    ("said", "error"), [(0, GeneratorExit()), (2, GeneratorExit()), (2, silence(LATE))]
)
def test_one_that_its_reader_left_or_that_lasted_its_time_is_no_failure(said, error):
    turnstile = a_turnstile(calls=1)
    with pytest.raises(type(error)):
        pass_by(turnstile, fails=error, said=said)
    assert "<Breaker closed>" == repr(turnstile.breaker)


def test_one_that_broke_on_the_way_is_a_failure():
    turnstile = a_turnstile(calls=2)
    for _ in range(2):
        with pytest.raises(ServiceSilent):
            pass_by(turnstile, fails=silence(UNREACHABLE), said=1)
    assert "Open" in repr(turnstile.breaker)


def test_streams_take_no_room():
    turnstile = a_turnstile()
    with Passage(turnstile, clock=lambda: 0.0):
        assert 0 == turnstile.limiter.out
