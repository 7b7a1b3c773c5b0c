"""When is a peer to be asked for a sign, and when is it given up? Pure.

Why       A frozen peer keeps its connection open: without a sign every call to it waits for its
          deadline.
Called by connection.py, on one timer for each connection that has calls under way.
Trap      gRPC's servers forgive two PINGs while they have nothing to say and end the connection at
          one too many (too_many_pings), unless five minutes lie between. Any answer of theirs
          starts the count anew: so after two PINGs a call is made, which they have to answer.
Source    gRFC A8; docs/spec/reliability.md section 1 ("Keepalive alone does nothing").
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from bff.transport.http2.options import Http2Options

SECOND_LOOK_S = 0.05
"""A loop of ours that was blocked has not read what lies waiting: look again before giving up."""


class Act(Enum):
    """What to do now."""

    WAIT = auto()
    PING = auto()
    CALL = auto()
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What is known of a quiet peer; times of the monotonic clock.

    heard_at_s   when anything at all came last
    asked_at_s   when a sign was asked for that has not come; None where none is awaited
    asked        signs asked for since an answer, more than a PING's, came
    late         the sign was late at the last look
    """

    heard_at_s: float
    asked_at_s: float | None = None
    asked: int = 0
    late: bool = False


def next_look(
    silence: Silence, options: Http2Options, now_s: float, *, may_call: bool = True
) -> tuple[Act, Silence, float]:
    """What to do, what is known afterwards, and in how many seconds to look again.

    may_call  whether the peer takes one more call on this connection
    """
    asked_at_s = silence.asked_at_s
    if asked_at_s is not None and silence.heard_at_s < asked_at_s:
        return _awaiting(silence, options, now_s - asked_at_s)
    answered = replace(silence, asked_at_s=None, late=False)
    used_up = silence.asked >= options.keepalive_pings
    patience_s = options.quiet_keepalive_s if used_up and not may_call else options.keepalive_s
    due_s = silence.heard_at_s + patience_s - now_s
    if due_s > 0:
        return Act.WAIT, answered, due_s
    asking = replace(answered, asked_at_s=now_s, asked=silence.asked + 1)
    return Act.CALL if used_up and may_call else Act.PING, asking, options.keepalive_timeout_s


def _awaiting(
    silence: Silence, options: Http2Options, waited_s: float
) -> tuple[Act, Silence, float]:
    left_s = options.keepalive_timeout_s - waited_s
    if left_s > 0:
        return Act.WAIT, silence, left_s
    if not silence.late:
        return Act.WAIT, replace(silence, late=True), SECOND_LOOK_S
    return Act.GIVE_UP, silence, 0.0
