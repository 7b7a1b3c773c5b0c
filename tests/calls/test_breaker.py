"""When a method counts as ill, and how it comes back."""

import pytest

from bff.calls.breaker import (
    CLOSED,
    REFUSED,
    Breaker,
    BreakerPolicy,
    Open,
    Tally,
    Trial,
    ended,
    entered,
    is_sick,
    trips,
    turned,
)
from bff.terms.codes import Code
from bff.terms.errors import ServiceSaid
from bff.terms.silence import LATE, TOO_LARGE, UNIMPLEMENTED, UNREACHABLE, UNREADABLE, silence

POLICY = BreakerPolicy(ramp=4)
SICK_CODES = {Code.UNKNOWN, Code.INTERNAL, Code.DATA_LOSS}


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.OK])
def test_of_spoken_statuses_only_those_that_mean_sickness_count(code):
    said = ServiceSaid("", code=code, source="a.B/C")
    assert (code in SICK_CODES) == is_sick(said)


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (True, UNREACHABLE),
        (True, LATE),
        (True, UNREADABLE),
        (False, TOO_LARGE),
        (False, UNIMPLEMENTED),
    ],
)
def test_of_silence_all_counts_but_what_is_about_the_request(expected, reason):
    assert expected == is_sick(silence(reason))


@pytest.mark.parametrize(
    ("expected", "good", "bad"),
    [
        (False, 0, 19),
        (True, 0, 20),
        (True, 10, 10),
        (False, 11, 10),
        (False, 1_000, 400),
    ],
)
def test_it_is_the_rate_that_opens_it_and_only_of_enough_calls(expected, good, bad):
    """One bad replica of three is for the balancer, not for the breaker."""
    assert expected == trips(Tally(0.0, good, bad), POLICY)


def test_without_a_least_number_of_calls_it_never_opens():
    assert not trips(Tally(0.0, 0, 1_000), BreakerPolicy(calls=0))


@pytest.mark.parametrize(
    ("now_s", "expected"),
    [
        (4.9, Tally(0.0, 5, 6, 7, 8)),
        (5.0, Tally(5.0, 0, 0, 5, 6)),
        (10.0, Tally(10.0)),
    ],
)
def test_failures_are_forgotten_by_halves(now_s, expected):
    assert expected == turned(Tally(0.0, 5, 6, 7, 8), 5.0, now_s)


@pytest.mark.parametrize(
    ("expected", "standing", "now_s"),
    [
        (None, Open(10.0), 9.9),
        (Trial(10.0, room=1, out=1), Open(10.0), 10.0),
        (None, Trial(10.0, room=1, out=1), 10.1),
        (Trial(10.1, room=2, out=2), Trial(10.0, room=2, out=1), 10.1),
        (Trial(15.0, room=1, out=1), Trial(10.0, room=1, out=1), 15.0),
    ],
)
def test_one_probe_at_a_time_and_more_as_it_gets_better(expected, standing, now_s):
    """A probe that says nothing for five seconds is not waited for."""
    assert expected == entered(standing, now_s)


@pytest.mark.parametrize(
    ("expected", "trial", "well"),
    [
        (Trial(1.0, room=2, out=0), Trial(1.0, room=1, out=1), True),
        (None, Trial(1.0, room=4, out=3), True),
        (Open(2.5), Trial(1.0, room=1, out=1), False),
        (Trial(1.0, room=2, out=2), Trial(1.0, room=4, out=3), False),
        (Trial(1.0, room=1, out=0), Trial(1.0, room=1, out=1), None),
    ],
)
def test_each_good_answer_makes_room_and_each_bad_one_takes_half(expected, trial, well):
    assert expected == ended(trial, POLICY, well=well, now_s=2.0)


class Story:
    """A breaker, and what it told."""

    def __init__(self) -> None:
        self.turns: list[str] = []
        self.breaker = Breaker(POLICY, now_s=0.0, turned=self.turns.append)

    def fall_ill(self) -> None:
        for _ in range(POLICY.calls):
            self.breaker.sick(CLOSED, 0.0)


@pytest.mark.parametrize(
    ("expected", "bad_at_s", "good_before"),
    [
        (["open"], [0.0] * 19 + [0.25], None),
        ([], [0.0] * 18 + [0.25], None),
        ([], [0.0] * 500 + [0.24], None),
        ([], [0.0] * 100 + [0.3], 100),
        (["open"], [0.0] * 100 + [0.3] * 10 + [0.6] * 10, 100),
        (["open"], [4.9 + number / 50 for number in range(20)], None),
    ],
)
def test_f1_a_busy_service_that_dies_is_given_up_within_a_quarter_of_a_second(
    expected, bad_at_s, good_before
):
    """Ten thousand good answers of late do not speak for it. Calls that are lost together with
    their connection are one misfortune, and one good answer proves that it lives.
    """
    story = Story()
    story.breaker.good = 10_000
    for number, now_s in enumerate(bad_at_s):
        if number == good_before:
            story.breaker.well(CLOSED, now_s)
        story.breaker.sick(CLOSED, now_s)

    assert expected == story.turns


def test_it_opens_is_tried_and_closes_and_tells_each_turn():
    story = Story()
    story.fall_ill()
    assert (REFUSED, 0.25) == (story.breaker.enter(0.25), story.breaker.left_s(0.25))
    for _ in range(POLICY.ramp):
        story.breaker.well(story.breaker.enter(0.6), 0.6)

    assert (CLOSED, ["open", "trial", "closed"]) == (story.breaker.enter(0.6), story.turns)
    assert "<Breaker closed>" == repr(story.breaker)


def test_a_probe_that_fails_opens_it_again():
    story = Story()
    story.fall_ill()
    story.breaker.sick(story.breaker.enter(0.5), 0.6)

    assert (REFUSED, ["open", "trial", "open"]) == (story.breaker.enter(1.0), story.turns)


def test_a_probe_that_is_given_up_makes_room_for_the_next():
    """A client that leaves must not close the door for all."""
    story = Story()
    story.fall_ill()
    first = story.breaker.enter(0.5)
    refused = story.breaker.enter(0.5)
    story.breaker.gave_up(first, 0.5)

    assert (REFUSED, first) == (refused, story.breaker.enter(0.5))


def test_a_probe_whose_reply_cannot_be_read_opens_it_again():
    story = Story()
    story.fall_ill()
    story.breaker.well(story.breaker.enter(0.5), 0.6)
    story.breaker.spoiled(0.6)

    assert REFUSED == story.breaker.enter(0.7)


def test_a_call_from_before_says_nothing_about_a_trial():
    story = Story()
    story.fall_ill()
    first = story.breaker.enter(0.5)
    for ticket in (CLOSED, first - 1):
        story.breaker.well(ticket, 0.5)
        story.breaker.sick(ticket, 0.5)

    assert Trial(0.5) == story.breaker.standing
