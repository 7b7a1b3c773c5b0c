"""HTTP/2 frames as bytes: their heads, their kinds, and the small ones whole. Pure.

Called by inbound.py and outbound.py, connection.py.
Never     keeps state: what may come when is the connection's to know.
Source    RFC 9113 sections 4, 6 and 7.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from struct import Struct
from typing import Final

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
LARGEST_ID: Final = 2**31 - 1
LARGEST_WINDOW: Final = 2**31 - 1
DEFAULT_WINDOW: Final = 65_535
DEFAULT_FRAME_BYTES: Final = 16_384

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = 0, 1, 2, 3, 4
PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 5, 6, 7, 8, 9

END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
HAS_PRIORITY = 0x20

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS = 1, 2, 3
INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = 4, 5, 6

HEAD: Final = Struct(">HBBBL")
"""Length in two parts (16 bits, 8 bits), kind, flags, stream id."""
_SETTING: Final = Struct(">HL")
_WORD: Final = Struct(">L")


class ErrorCode(IntEnum):
    """Why a stream was reset or a connection ended (RFC 9113 section 7)."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    INTERNAL_ERROR = 2
    FLOW_CONTROL_ERROR = 3
    SETTINGS_TIMEOUT = 4
    STREAM_CLOSED = 5
    FRAME_SIZE_ERROR = 6
    REFUSED_STREAM = 7
    CANCEL = 8
    COMPRESSION_ERROR = 9
    CONNECT_ERROR = 10
    ENHANCE_YOUR_CALM = 11
    INADEQUATE_SECURITY = 12
    HTTP_1_1_REQUIRED = 13


class Violation(Exception):
    """The peer broke the protocol: the connection must end, with this code."""

    def __init__(self, what: str, code: ErrorCode = ErrorCode.PROTOCOL_ERROR) -> None:
        super().__init__(what)
        self.what = what
        self.code = code


def frame(kind: int, *, flags: int = 0, stream_id: int = 0, payload: bytes = b"") -> bytes:
    """One whole frame.

    >>> frame(PING, flags=ACK, payload=bytes(8)).hex()
    '0000080601000000000000000000000000'
    """
    return head(kind, flags=flags, stream_id=stream_id, size=len(payload)) + payload


def head(kind: int, *, flags: int, stream_id: int, size: int) -> bytes:
    """The nine bytes in front of a payload of `size` bytes."""
    return HEAD.pack(size >> 8, size & 0xFF, kind, flags, stream_id)


def settings(values: Mapping[int, int]) -> bytes:
    return frame(SETTINGS, payload=b"".join(_SETTING.pack(*pair) for pair in values.items()))


def settings_in(payload: bytes) -> Iterator[tuple[int, int]]:
    """The pairs of a SETTINGS payload, in order. Raises Violation for a torn one."""
    if len(payload) % _SETTING.size:
        raise Violation("a SETTINGS frame of odd length", ErrorCode.FRAME_SIZE_ERROR)
    return (pair for pair in _SETTING.iter_unpack(payload))


def reset(stream_id: int, code: ErrorCode) -> bytes:
    return frame(RST_STREAM, stream_id=stream_id, payload=_WORD.pack(code))


def window_update(stream_id: int, bytes_more: int) -> bytes:
    return frame(WINDOW_UPDATE, stream_id=stream_id, payload=_WORD.pack(bytes_more))


def goaway(code: ErrorCode) -> bytes:
    """We open streams, the peer opens none: the last of its own that we saw is 0."""
    return frame(GOAWAY, payload=_WORD.pack(0) + _WORD.pack(code))


def word(payload: bytes, at: int = 0) -> int:
    """The 32-bit number at `at`. Raises Violation where there is none."""
    if len(payload) < at + 4:
        raise Violation("a frame that is too short", ErrorCode.FRAME_SIZE_ERROR)
    found: int = _WORD.unpack_from(payload, at)[0]
    return found


def error_name(code: int) -> str:
    """A code's name; codes that HTTP/2 does not know are numbers.

    >>> error_name(8), error_name(99)
    ('CANCEL', '99')
    """
    return ErrorCode(code).name if code in _KNOWN else str(code)


_KNOWN = frozenset(ErrorCode)


def without_padding(payload: bytes, flags: int) -> bytes:
    """What a DATA or HEADERS frame holds, less padding and priority."""
    first, last = 0, len(payload)
    if flags & PADDED:
        first, last = 1, last - (payload[0] if payload else 1)
    if flags & HAS_PRIORITY:
        first += 5
    if first > last:
        raise Violation("padding longer than its frame")
    return payload[first:last]
