"""What a peer may ask of us, how often it may say nothing, and how long we wait to come back."""

import pytest

from bff.transport.http2.backoff import pause_s
from bff.transport.http2.budget import BURST, PER_S, Budget
from bff.transport.http2.frames import ErrorCode, Violation, settings
from bff.transport.http2.peer_settings import PeerSettings, changed


def test_settings_change_what_they_name_and_no_more() -> None:
    before = PeerSettings(max_streams=7)
    after = changed(before, settings({4: 100, 5: 20_000, 6: 1, 99: 3})[9:])
    assert PeerSettings(max_streams=7, window_bytes=100, frame_bytes=20_000) == after


@pytest.mark.parametrize(
    ("code", "values"),
    [
        (ErrorCode.FLOW_CONTROL_ERROR, {4: 2**31}),
        (ErrorCode.PROTOCOL_ERROR, {5: 16_383}),
        (ErrorCode.PROTOCOL_ERROR, {5: 2**24}),
        (ErrorCode.PROTOCOL_ERROR, {2: 1}),
    ],
)
def test_settings_that_cannot_be_are_a_violation(code: ErrorCode, values: dict[int, int]) -> None:
    with pytest.raises(Violation) as caught:
        changed(PeerSettings(), settings(values)[9:])
    assert code == caught.value.code


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def spent(budget: Budget, most: int) -> int:
    """How many frames without content pass before the connection ends."""
    for passed in range(most):
        try:
            budget.spend()
        except Violation:
            return passed
    return most


def test_a_flood_ends_the_connection() -> None:
    assert BURST == spent(Budget(Clock()), BURST * 2)


def test_a_flood_is_called_by_its_name() -> None:
    budget = Budget(Clock())
    spent(budget, BURST)
    with pytest.raises(Violation) as caught:
        budget.spend()
    assert ErrorCode.ENHANCE_YOUR_CALM == caught.value.code


def test_time_pays_for_frames_without_content() -> None:
    """A server that sends a PING now and then does so for ever."""
    clock = Clock()
    budget = Budget(clock)
    spent(budget, BURST)
    clock.now_s += 3.0
    assert 3 * PER_S == spent(budget, BURST * 2)


def test_what_we_send_pays_for_frames_without_content() -> None:
    budget = Budget(Clock())
    spent(budget, BURST)
    budget.earn(10)
    assert 80 == spent(budget, BURST * 2)


def test_pauses_grow_to_their_limit() -> None:
    """Also after more failures than a float's exponent can count."""
    paused = [pause_s(failures, most_s=1.0, chance=0.0) for failures in (1, 2, 6, 7, 100_000)]
    assert [0.1, 0.16, 1.0, 1.0, 1.0] == [round(one, 2) for one in paused]


def test_a_pause_is_shortened_by_chance() -> None:
    assert 0.8 == pause_s(50, most_s=1.0, chance=1.0)
