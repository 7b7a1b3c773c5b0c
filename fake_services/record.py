"""What was called, in which order, and how much of it at the same time.

Why       "Four calls in flight together" can be proven by order alone. A clock would be flaky.
Called by fake_services/doors.py (writes), tests and the control service (read).
Never     keeps more than the newest 10,000 calls; never measures time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

Metadata = tuple[tuple[str, str | bytes], ...]
MAX_CALLS = 10_000


@dataclass(slots=True)
class Call:
    """One call.  `started` and `ended` are places in one order; `ended` is None in flight."""

    method: str
    started: int
    metadata: Metadata
    requests: list[bytes] = field(default_factory=list)
    ended: int | None = None
    cancelled: bool = False

    @property
    def request(self) -> bytes:
        """The first request message as it came over the wire; b"" when none came."""
        return self.requests[0] if self.requests else b""


class Record:
    """The newest calls, oldest first."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=MAX_CALLS)
        self._place = 0

    def __repr__(self) -> str:
        return f"<Record of {len(self.calls)} calls, {self.in_flight} in flight>"

    @property
    def in_flight(self) -> int:
        """How many calls have not ended."""
        return sum(call.ended is None for call in self.calls)

    @property
    def methods(self) -> list[str]:
        """The methods called, in starting order, such as `["users.v1.UserService/GetUser"]`."""
        return [call.method for call in self.calls]

    def peak(self, methods: Iterable[str] = ()) -> int:
        """The most calls that were ever in flight together: of these methods, or of all."""
        wanted = frozenset(methods)
        counted = [call for call in self.calls if not wanted or call.method in wanted]
        steps = [(call.started, 1) for call in counted]
        steps += [(call.ended, -1) for call in counted if call.ended is not None]
        now = most = 0
        for _, step in sorted(steps):
            now += step
            most = max(most, now)
        return most

    def clear(self) -> None:
        """Forget all calls; those in flight still end cleanly."""
        self.calls.clear()

    def begin(self, method: str, metadata: Metadata) -> Call:
        """A call came in."""
        self._place += 1
        call = Call(method, self._place, metadata)
        self.calls.append(call)
        return call

    def end(self, call: Call, *, cancelled: bool) -> None:
        """The call was answered, refused or left."""
        self._place += 1
        call.ended, call.cancelled = self._place, cancelled
