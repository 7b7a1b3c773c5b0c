"""HTTP/2 frames and gRPC messages, written by hand: also those that no library would let out.

Why       A test of our framing must not use our framing, and a library refuses to misbehave.
Called by raw_server.py and the tests beside it.
Never     checks anything; compresses headers (they are literals, without Huffman, never indexed).
Source    RFC 9113 section 4.1 and 6; RFC 7541 section 6.2.2; grpc/doc/PROTOCOL-HTTP2.md.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

Fields = Sequence[tuple[str, str]]

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MAX_FRAME_BYTES = 16_384
"""What everybody must take (RFC 9113 4.2)."""
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY_FLAG = 0x1, 0x1, 0x4, 0x8, 0x20


class Kind(IntEnum):
    """RFC 9113 section 6."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


class Setting(IntEnum):
    """RFC 9113 section 6.5.2."""

    HEADER_TABLE_SIZE = 1
    ENABLE_PUSH = 2
    MAX_CONCURRENT_STREAMS = 3
    INITIAL_WINDOW_SIZE = 4
    MAX_FRAME_SIZE = 5
    MAX_HEADER_LIST_SIZE = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it came."""

    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def number(self) -> int:
        """The payload's first four bytes: an error code, a window increment, a stream's id."""
        return int.from_bytes(self.payload[:4], "big")

    @property
    def is_pong(self) -> bool:
        return self.kind == Kind.PING and bool(self.flags & ACK)

    def ends(self) -> bool:
        return self.kind in (Kind.DATA, Kind.HEADERS) and bool(self.flags & END_STREAM)


def frame(kind: int, *, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    head = len(payload).to_bytes(3, "big") + bytes((kind, flags))
    return head + stream.to_bytes(4, "big") + payload


def settings(values: dict[int, int] | None = None) -> bytes:
    payload = b"".join(
        key.to_bytes(2, "big") + value.to_bytes(4, "big") for key, value in (values or {}).items()
    )
    return frame(Kind.SETTINGS, payload=payload)


SETTINGS_ACK = frame(Kind.SETTINGS, flags=ACK)


def headers(stream: int, fields: Fields, *, end: bool = False, whole: bool = True) -> bytes:
    """`whole=False` promises CONTINUATION frames."""
    flags = (END_STREAM if end else 0) | (END_HEADERS if whole else 0)
    return frame(Kind.HEADERS, flags=flags, stream=stream, payload=block(fields))


def continuation(stream: int, payload: bytes, *, last: bool = False) -> bytes:
    flags = END_HEADERS if last else 0
    return frame(Kind.CONTINUATION, flags=flags, stream=stream, payload=payload)


def data(stream: int, payload: bytes = b"", *, end: bool = False) -> bytes:
    return frame(Kind.DATA, flags=END_STREAM if end else 0, stream=stream, payload=payload)


def in_frames(stream: int, payload: bytes) -> bytes:
    """DATA frames of at most 16 KiB, as many as it takes."""
    starts = range(0, max(1, len(payload)), MAX_FRAME_BYTES)
    return b"".join(data(stream, payload[at : at + MAX_FRAME_BYTES]) for at in starts)


def reset(stream: int, code: int) -> bytes:
    return frame(Kind.RST_STREAM, stream=stream, payload=code.to_bytes(4, "big"))


def goaway(last_stream: int, code: int = 0, why: bytes = b"") -> bytes:
    payload = last_stream.to_bytes(4, "big") + code.to_bytes(4, "big") + why
    return frame(Kind.GOAWAY, payload=payload)


def window_update(stream: int, by: int) -> bytes:
    return frame(Kind.WINDOW_UPDATE, stream=stream, payload=by.to_bytes(4, "big"))


def ping(payload: bytes = b"from here", *, ack: bool = False) -> bytes:
    return frame(Kind.PING, flags=ACK if ack else 0, payload=payload[:8])


def block(fields: Fields) -> bytes:
    """A header block of literals that enter no table.

    >>> block([("a", "bc")])
    b'\\x00\\x01a\\x02bc'
    """
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in fields)


def _text(text: str) -> bytes:
    raw = text.encode()
    if len(raw) < 127:
        return bytes((len(raw),)) + raw
    rest, length = len(raw) - 127, bytearray(b"\x7f")
    while rest >= 128:
        length.append(rest & 127 | 128)
        rest >>= 7
    length.append(rest)
    return bytes(length) + raw


GRPC: Fields = ((":status", "200"), ("content-type", "application/grpc"))
OK: Fields = (("grpc-status", "0"),)
ZIPPED: Fields = (*GRPC, ("grpc-encoding", "gzip"))


def message(body: bytes, *, flag: int = 0, length: int | None = None) -> bytes:
    """A message with gRPC's prefix; `length` is what the prefix claims."""
    claimed = len(body) if length is None else length
    return bytes((flag,)) + claimed.to_bytes(4, "big") + body


def zipped(body: bytes) -> bytes:
    return message(gzip.compress(body), flag=1)


def answer(stream: int, body: bytes = b"fine") -> bytes:
    """A whole, good answer."""
    return headers(stream, GRPC) + data(stream, message(body)) + headers(stream, OK, end=True)
