"""Header blocks: read by a library, written by ourselves.

Why       Answers carry changing headers, so that their decoding must be native: jh2's (Rust) takes
          0.7 us a block, hpack's (Python) 8. What we send hardly changes: literal fields that no
          table remembers can be put together from cached pieces.
Called by inbound.py (reads), request_head.py (writes).
Never     uses the dynamic table when it writes: the first block on a connection says so.
Source    RFC 7541.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final, Protocol

from bff.transport.http2.frames import ErrorCode, Violation

Fields = Sequence[tuple[bytes, bytes]]
"""Name and value first; what a library adds behind them is not looked at."""

NO_TABLE: Final = b"\x20"
"""First on a connection: "my dynamic table holds 0 bytes", whatever the peer would allow."""

_STATIC_NAMES: Final = {
    b":authority": 1,
    b":method": 2,
    b":path": 4,
    b":scheme": 6,
    b"accept-language": 17,
    b"authorization": 23,
    b"content-type": 31,
    b"cookie": 32,
    b"date": 33,
    b"user-agent": 58,
}
_SECRET: Final = frozenset({b"authorization", b"cookie"})
_MOST_SHIFT: Final = 28
"""No number of a header block needs five bytes more than its first."""
POST, HTTP, HTTPS = b"\x83", b"\x86", b"\x87"
"""Whole fields of the static table."""


class _Decoder(Protocol):
    def decode(self, data: bytes, raw: bool = True) -> Fields: ...


def reader(most_bytes: int) -> Callable[[bytes], Fields]:
    """A function that reads one connection's header blocks, in order.

    Raises Violation for a block that cannot be read, or that holds more than `most_bytes`: the
    table is lost then, and the connection with it.
    """
    decoder, broken, too_large = _decoder(most_bytes)

    def read(block: bytes) -> Fields:
        if not is_whole(block):
            raise Violation("a header block cut off", ErrorCode.COMPRESSION_ERROR)
        try:
            return decoder.decode(block, True)
        except too_large:
            raise Violation("a header list without end", ErrorCode.ENHANCE_YOUR_CALM) from None
        except broken as error:
            raise Violation(f"a bad header block: {error}", ErrorCode.COMPRESSION_ERROR) from None

    return read


_Engine = tuple[_Decoder, type[Exception], type[Exception]]


def _decoder(most_bytes: int) -> _Engine:
    try:
        native = import_module("jh2._hazmat")
    except ImportError:
        return _pure_decoder(most_bytes)
    decoder: _Decoder = native.Decoder(max_header_list_size=most_bytes)
    return decoder, native.HPACKError, native.OversizedHeaderListError


def _pure_decoder(most_bytes: int) -> _Engine:
    pure = import_module("hpack")
    decoder: _Decoder = pure.Decoder(max_header_list_size=most_bytes)
    return decoder, pure.HPACKError, pure.OversizedHeaderListError


def is_whole(block: bytes) -> bool:
    """Does a block end where a field does? jh2 5.0 reads on behind one that does not, panics, and
    says so on the operator's stderr. A walk over its lengths, 0.1 us a field.

    >>> is_whole(bytes.fromhex("880f0d0130")), is_whole(bytes.fromhex("880f0d01"))
    (True, False)
    """
    at = strings = 0
    try:
        while at < len(block):
            byte, at = block[at], at + 1
            is_string, mask = strings > 0, 0x7F
            if is_string:
                strings -= 1
            elif byte < 0x80:  # else a field of the tables, which has no strings
                mask = 0x3F if byte & 0x40 else 0x1F if byte & 0x20 else 0x0F
                if mask != 0x1F:  # else a table's new size
                    strings = 1 if byte & mask else 2
            number, shift = byte & mask, 0
            if number == mask:
                while byte >= 0x80 or not shift:
                    if shift > _MOST_SHIFT:
                        return False
                    byte, at = block[at], at + 1
                    number += (byte & 0x7F) << shift
                    shift += 7
            if is_string:
                at += number
    except IndexError:
        return False
    return at == len(block) and not strings


def keeps_the_table(block: bytes) -> bool:
    """Is every field of this block one byte, an index? Then it means the same the next time.

    >>> keeps_the_table(bytes([0x88, 0xBE])), keeps_the_table(NO_TABLE), keeps_the_table(b"")
    (True, False, False)
    """
    return bool(block) and min(block) > 0x80 and max(block) < 0xFF


def literal(name: bytes, value: bytes) -> bytes:
    """One field that no table remembers; a secret one is marked "never" for proxies, too.

    >>> literal(b":path", b"/a.B/C").hex()
    '04062f612e422f43'
    """
    return name_prefix(name) + integer(len(value), bits=7) + value


def name_prefix(name: bytes) -> bytes:
    """The part of a literal field in front of its value's length."""
    kind = 0x10 if name in _SECRET else 0x00
    index = _STATIC_NAMES.get(name)
    if index is not None:
        return integer(index, bits=4, flags=kind)
    return bytes((kind,)) + integer(len(name), bits=7) + name


def integer(number: int, *, bits: int, flags: int = 0) -> bytes:
    """RFC 7541 section 5.1: a number in the low `bits` of a byte, and as many more as it needs.

    >>> integer(10, bits=5).hex(), integer(1337, bits=5).hex()
    ('0a', '1f9a0a')
    """
    most = (1 << bits) - 1
    if number < most:
        return bytes((flags | number,))
    out = bytearray((flags | most,))
    number -= most
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
