"""What the peer asks of us, as its SETTINGS say it. Pure.

Called by connection.py.
Source    RFC 9113 6.5.2.
"""

from dataclasses import dataclass, replace
from typing import Final

from bff.transport.http2 import frames
from bff.transport.http2.frames import ErrorCode, Violation

_FIELDS: Final = {
    frames.MAX_CONCURRENT_STREAMS: "max_streams",
    frames.INITIAL_WINDOW_SIZE: "window_bytes",
    frames.MAX_FRAME_SIZE: "frame_bytes",
}
_FRAME_BYTES = range(frames.DEFAULT_FRAME_BYTES, 2**24)
MOST_STREAMS = 1_000_000
"""More than any connection of ours carries: stands for "no limit"."""


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """Only what binds a client that pushes nothing and keeps no header table."""

    max_streams: int = MOST_STREAMS
    window_bytes: int = frames.DEFAULT_WINDOW
    frame_bytes: int = frames.DEFAULT_FRAME_BYTES


def changed(settings: PeerSettings, payload: bytes) -> PeerSettings:
    """The settings after one SETTINGS frame. Raises Violation for values that cannot be.

    >>> changed(PeerSettings(), bytes.fromhex("000300000064")).max_streams
    100
    """
    news: dict[str, int] = {}
    for key, value in frames.settings_in(payload):
        _check(key, value)
        if key in _FIELDS:
            news[_FIELDS[key]] = value
    return replace(settings, **news) if news else settings


def _check(key: int, value: int) -> None:
    if key == frames.INITIAL_WINDOW_SIZE and value > frames.LARGEST_WINDOW:
        raise Violation("an initial window over 2^31-1", ErrorCode.FLOW_CONTROL_ERROR)
    if key == frames.MAX_FRAME_SIZE and value not in _FRAME_BYTES:
        raise Violation(f"a maximum frame of {value} bytes")
    if key == frames.ENABLE_PUSH and value != 0:
        raise Violation("a server that would let us push")
