"""A deadline is a point in time, not a number of seconds: it can be handed on and never grows.

Why       "timeout=5" restarts at every door; a Deadline means the same instant in every room.
Called by edge (makes one per request), compose (narrows it per part), calls and transport (obey
          it).
Never     uses the wall clock: a clock jump must not expire or prolong a call.
Source    grpclib.metadata.Deadline; gRPC "Deadlines" guide.
"""

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

Clock = Callable[[], float]


class Deadline(NamedTuple):
    """`at_s` is in seconds of the monotonic clock.

    >>> Deadline(12.0).remaining_s(now_s=10.5)
    1.5
    """

    at_s: float

    @classmethod
    def after(cls, seconds: float, clock: Clock = monotonic) -> "Deadline":
        return cls(clock() + seconds)

    def remaining_s(self, now_s: float | None = None) -> float:
        """Seconds left, never below 0."""
        now = monotonic() if now_s is None else now_s
        return max(0.0, self.at_s - now)

    def within(self, seconds: float, clock: Clock = monotonic) -> "Deadline":
        """The earlier of this deadline and `seconds` from now."""
        return min(self, Deadline(clock() + seconds))
