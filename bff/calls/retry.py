"""Whether a failed call is made again, and when.

Why       One replica that restarts is no reason to fail a page; a service on its knees is none to
          ask it three times. So: few, late, by chance, and out of one budget (allowance.py).
Called by calls/attempts.py.
Never     repeats what may have done something (only idempotent rpcs come here), what the service
          answered in words, a failure that repeats itself (INTERNAL, garbage), nor a call whose
          answer had begun.
Source    gRFC A6 (retry policies, grpc-retry-pushback-ms, "committed"); docs/spec/reliability.md
          section 1.
"""

from dataclasses import dataclass

from bff.terms.errors import Failure, ServiceSilent
from bff.terms.silence import UNREACHABLE

PUSHBACK = "grpc-retry-pushback-ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often an idempotent call that nobody answered is made again.

    retries   attempts after the first; 0: none
    pause_ms  before the first retry; twice that before the second. Chance halves it or adds half.
              Where there is another replica, the first goes there at once
    share     of a service's calls that may be retries
    per_s     retries beside those, for services that are seldom called
    """

    retries: int = 2
    pause_ms: int = 25
    share: float = 0.2
    per_s: float = 10.0


def pause_s(
    failure: Failure,
    policy: RetryPolicy,
    *,
    tries: int,
    left_s: float,
    chance: float,
    elsewhere: bool = False,
) -> float | None:
    """How long to wait before the next attempt; None: there is none.

    tries      attempts made so far
    left_s     time until the deadline
    chance     0.0 to 1.0
    elsewhere  another replica takes calls: it has no need of the pause that a sick one has

    >>> pause_s(ServiceSilent(""), RetryPolicy(), tries=1, left_s=1.0, chance=0.5)
    0.025
    """
    if tries > policy.retries or not may_repeat(failure):
        return None
    wished = _pushback(failure)
    if wished is None:
        pauses = tries - elsewhere
        wait_s = policy.pause_ms / 1000 * 2 ** (pauses - 1) * (0.5 + chance) if pauses else 0.0
    elif wished.isascii() and wished.isdigit():
        wait_s = int(wished[:9]) / 1000
    else:  # negative or unreadable: the service says no
        return None
    return wait_s if wait_s < left_s else None


def may_repeat(failure: Failure) -> bool:
    """Whether another attempt at an idempotent call does no harm, and may do better."""
    if not isinstance(failure, ServiceSilent) or failure.began:
        return False
    return failure.reason == UNREACHABLE


def _pushback(failure: Failure) -> str | None:
    for name, value in getattr(failure, "trailers", ()):
        if name == PUSHBACK:
            return value if isinstance(value, str) else ""
    return None
