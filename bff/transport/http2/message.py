"""gRPC's own framing: messages cut out of DATA, and a compressed one inflated. Pure.

Called by exchange.py (the one message of a unary answer), dialogue.py (many).
Never     holds more than one message beyond what the flow-control window lets in; never inflates
          past the limit.
Source    gRPC over HTTP/2 (Length-Prefixed-Message); RFC 1952.
"""

import zlib

from bff.terms.errors import Failure
from bff.terms.silence import TOO_LARGE, silence, unreadable

PREFIX_BYTES = 5
_GZIP = 31
"""zlib's window bits for a gzip member."""
_MOST_TIMES = 1_032
"""Nothing inflates to more than this (zlib's technical details, "maximum compression factor")."""


def framed(message: bytes) -> bytes:
    """
    >>> framed(b"ab").hex()
    '00000000026162'
    """
    return b"\0" + len(message).to_bytes(4, "big") + message


def length_of(prefix: bytes | bytearray, most_bytes: int, source: str) -> int:
    """The length that a message's first five bytes announce. Raises Failure over the limit."""
    length = int.from_bytes(prefix[1:PREFIX_BYTES], "big")
    if length > most_bytes:
        raise too_large(f"a message of {length} bytes", source)
    return length


def too_large(note: str, source: str) -> Failure:
    return silence(TOO_LARGE, note=note, source=source)


def opened(flag: int, body: bytes, *, encoding: bytes, most_bytes: int, source: str) -> bytes:
    """A message as its sender meant it. Raises Failure where it cannot be inflated within limits.

    flag  the message's first byte: 0 plain, 1 compressed
    """
    if flag == 0:
        return body
    if flag != 1 or encoding != b"gzip":
        named = encoding.decode("ascii", "replace")[:40]
        raise unreadable(f"a message with flag {flag} and grpc-encoding {named!r}", source=source)
    return _inflated(body, most_bytes, source)


def _inflated(body: bytes, most_bytes: int, source: str) -> bytes:
    """What is too long by its own word costs nothing; what is longer than its word, no more than
    the word. An error keeps what its frames hold until the collector comes: so they hold nothing.
    """
    told = int.from_bytes(body[-4:], "little")
    if told > most_bytes and told <= len(body) * _MOST_TIMES:
        raise too_large(f"a message that inflates to {told} bytes", source)
    if told > most_bytes:
        raise unreadable("gzip that does not end with its length", source=source)
    inflater = zlib.decompressobj(_GZIP)
    try:
        message = inflater.decompress(body, told + 1)
    except zlib.error as error:
        raise unreadable(f"gzip: {error}", source=source) from None
    if len(message) == told and inflater.eof and not inflater.unused_data:
        return message
    del message, inflater
    raise unreadable("gzip that is longer or shorter than it says", source=source)


class Cutter:
    """Cuts DATA into messages; what nobody has taken yet stays bytes, for objects weigh more.

    whole_bytes  of the messages that are here;  half_bytes  of the one behind them
    """

    __slots__ = ("_held", "_most_bytes", "_source", "whole_bytes")

    def __init__(self, *, most_bytes: int, source: str) -> None:
        self._most_bytes = most_bytes
        self._source = source
        self._held = bytearray()
        self.whole_bytes = 0

    def __repr__(self) -> str:
        return (
            f"<Cutter with {self.whole_bytes} bytes of messages and {self.half_bytes} of half one>"
        )

    @property
    def half_bytes(self) -> int:
        return len(self._held) - self.whole_bytes

    def add(self, payload: bytes) -> None:
        """Raises Failure at a message over the limit."""
        held, at = self._held, self.whole_bytes
        held += payload
        size = len(held)
        while size - at >= PREFIX_BYTES:
            prefix = held[at : at + PREFIX_BYTES]
            end = at + PREFIX_BYTES + length_of(prefix, self._most_bytes, self._source)
            if end > size:
                break
            at = end
        self.whole_bytes = at

    def take(self) -> tuple[int, bytes]:
        """The next message, as (flag, body). Only where there is one."""
        held = self._held
        end = PREFIX_BYTES + int.from_bytes(held[1:PREFIX_BYTES], "big")
        flag, body = held[0], bytes(memoryview(held)[PREFIX_BYTES:end])
        del held[:end]
        self.whole_bytes -= end
        return flag, body

    def clear(self) -> None:
        self._held.clear()
        self.whole_bytes = 0
