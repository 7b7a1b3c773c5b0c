"""One header list of an answer, read once: what decides a call's fate, and its metadata. Pure.

Called by inbound.py (reads each list; lists that repeat are read once), status.py, exchange.py and
          dialogue.py.
Source    gRPC over HTTP/2 (Responses); RFC 9113 8.3 (pseudo-header fields).
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import NamedTuple

from bff.terms.context import Metadata
from bff.transport.http2.hpack import Fields

NO_STATUS, ODD_STATUS = -1, -2
_NOT_METADATA = frozenset(
    (b"content-type", b"grpc-accept-encoding", b"grpc-encoding", b"grpc-message", b"grpc-status")
)
_FIELD_OVERHEAD_BYTES = 32
"""What RFC 9113 6.5.2 adds to each field's length."""


class ReplyHead(NamedTuple):
    """A tuple, for one is made for each list that differs from all before it.

    http      the :status, or 0
    status    grpc-status, NO_STATUS, or ODD_STATUS for one that is no number
    is_grpc   is the content-type one of gRPC's?
    size      bytes, by HTTP/2's own count
    begins_well  messages may follow it
    """

    http: int
    status: int
    is_grpc: bool
    encoding: bytes
    fields: Fields
    size: int
    begins_well: bool


def read_head(fields: Fields) -> ReplyHead:
    """The list as it came, in the order it came."""
    http, status, is_grpc, encoding, size = 0, NO_STATUS, False, b"", 0
    for field in fields:
        name, value = field[0], field[1]
        size += len(name) + len(value) + _FIELD_OVERHEAD_BYTES
        if name == b":status":
            http = _number(value)
        elif name == b"grpc-status":
            status = _number(value)
        elif name == b"content-type":
            is_grpc = _is_grpc(value)
        elif name == b"grpc-encoding":
            encoding = value
    return ReplyHead(http, status, is_grpc, encoding, fields, size, is_grpc and http == 200)


def _number(value: bytes) -> int:
    return int(value) if value.isdigit() and len(value) < 10 else ODD_STATUS


def _is_grpc(content_type: bytes) -> bool:
    """
    >>> [_is_grpc(one) for one in (b"application/grpc+proto", b"application/grpc-web")]
    [True, False]
    """
    kind = content_type.lower()
    return kind.startswith(b"application/grpc") and kind[16:17] in (b"", b"+", b";")


def value_of(head: ReplyHead, name: bytes) -> bytes:
    """The first value of that name, or b""."""
    return next((field[1] for field in head.fields if field[0] == name), b"")


def metadata_of(head: ReplyHead | None) -> Metadata:
    """What a service meant to say besides the message, `-bin` values as bytes."""
    return tuple(_pairs(head.fields)) if head is not None else ()


def _pairs(fields: Fields) -> Iterator[tuple[str, str | bytes]]:
    for field in fields:
        raw, value = field[0], field[1]
        if raw in _NOT_METADATA or raw.startswith(b":"):
            continue
        name = raw.decode("ascii", "replace")
        if name.endswith("-bin"):
            yield from ((name, one) for one in _binary(value))
        else:
            yield name, value.decode("ascii", "replace")


def _binary(value: bytes) -> Iterator[bytes]:
    """Comma-joined, with or without padding; a value that is not base64 costs itself (PJ15)."""
    for one in value.split(b","):
        bare = one.strip().rstrip(b"=")
        try:
            yield b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
        except NotBase64:
            continue
