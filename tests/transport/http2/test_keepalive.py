"""When a quiet peer is asked for a sign, and when it is given up: by times, without a clock."""

from bff.transport.http2.keepalive import Act, Silence, next_look
from bff.transport.http2.options import Http2Options

OPTIONS = Http2Options(keepalive_s=2.0, keepalive_timeout_s=1.0, quiet_keepalive_s=300.0)


def looks(silence: Silence, *times: float, may_call: bool = True) -> list[tuple[Act, float]]:
    """What is done at each of these times, and in how many seconds to look again."""
    found = []
    for now_s in times:
        act, silence, again_s = next_look(silence, OPTIONS, now_s, may_call=may_call)
        found.append((act, round(again_s, 3)))
    return found


def test_a_frozen_peer_is_given_up_after_silence_and_one_sign_that_did_not_come() -> None:
    """reliability section 2, half-open: detected within three seconds and a second look."""
    assert [(Act.PING, 1.0), (Act.WAIT, 0.05), (Act.GIVE_UP, 0.0)] == looks(
        Silence(heard_at_s=0.0), 2.0, 3.0, 3.05
    )


def test_a_peer_that_was_heard_is_asked_when_its_silence_is_long_enough() -> None:
    assert [(Act.WAIT, 0.5), (Act.PING, 1.0)] == looks(Silence(heard_at_s=10.0), 11.5, 12.0)


def test_a_sign_that_came_late_is_a_sign() -> None:
    late = Silence(heard_at_s=3.04, asked_at_s=2.0, asked=1, late=True)
    assert [(Act.WAIT, 1.99)] == looks(late, 3.05)


ASKED_TWICE = Silence(heard_at_s=10.0, asked_at_s=9.9, asked=2)


def test_the_third_sign_in_one_silence_is_asked_for_by_a_call() -> None:
    """gRPC's servers end a connection at one PING too many between which they said nothing."""
    assert [(Act.CALL, 1.0), (Act.WAIT, 0.05), (Act.GIVE_UP, 0.0)] == looks(
        ASKED_TWICE, 12.0, 13.0, 13.05
    )


def test_where_no_call_is_taken_the_third_sign_waits_for_minutes() -> None:
    assert [(Act.WAIT, 298.0)] == looks(ASKED_TWICE, 12.0, may_call=False)
    assert [(Act.PING, 1.0)] == looks(ASKED_TWICE, 310.0, may_call=False)
