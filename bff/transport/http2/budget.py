"""Frames that carry nothing are cheap to send and dear to read: a peer may send only so many.

Why       Floods of SETTINGS, PING, RST_STREAM, PRIORITY, WINDOW_UPDATE, empty DATA or CONTINUATION
          cost a client its loop (CVE-2019-9512 ff., CVE-2023-44487, CVE-2024-27316).
Called by inbound.py, once for each such frame.
Never     counts time as long as there is budget: a clock is read only where it runs out.
"""

from collections.abc import Callable
from time import monotonic

from bff.transport.http2.frames import ErrorCode, Violation

BURST = 2_000
PER_S = 200
PER_FRAME_SENT = 8
"""A gRPC server may send a PING, an ACK and window updates for each message that it takes."""


class Budget:
    """A token bucket, filled by time, and by what we send ourselves."""

    __slots__ = ("_clock", "_filled_at_s", "_left")

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._left = BURST
        self._filled_at_s = clock()

    def __repr__(self) -> str:
        return f"<Budget for {self._left} frames>"

    def spend(self) -> None:
        """One frame without content came. Raises Violation where that was one too many."""
        self._left -= 1
        if self._left < 0:
            self._refill()

    def earn(self, frames: int) -> None:
        """We sent so many frames with content: each may be answered with several without."""
        self._left = min(BURST, self._left + PER_FRAME_SENT * frames)

    def _refill(self) -> None:
        now_s = self._clock()
        self._left = min(BURST, int((now_s - self._filled_at_s) * PER_S)) - 1
        self._filled_at_s = now_s
        if self._left < 0:
            raise Violation("a flood of frames without content", ErrorCode.ENHANCE_YOUR_CALM)
