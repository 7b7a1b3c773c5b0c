"""Wire bytes made by hand, field by field, as no serializer would write them.

Called by the test_native_wire* and test_native_cost tests.
"""

from collections.abc import Iterable

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)


def varint(value: int, *, least_bytes: int = 1) -> bytes:
    """Of a negative one the two's complement in 64 bits; more bytes than needed if asked."""
    value &= 2**64 - 1
    out = bytearray()
    while value > 0x7F or len(out) + 1 < least_bytes:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def number(field: int, value: int, *, least_bytes: int = 1) -> bytes:
    return tag(field, VARINT) + varint(value, least_bytes=least_bytes)


def block(field: int, content: bytes | str = b"") -> bytes:
    """A string, bytes, a message or a packed list."""
    raw = content.encode() if isinstance(content, str) else content
    return tag(field, LENGTH) + varint(len(raw)) + raw


def group(field: int, content: bytes = b"") -> bytes:
    return tag(field, START_GROUP) + content + tag(field, END_GROUP)


def nested(field: int, levels: int, content: bytes = b"") -> bytes:
    """The message in its own field, `levels` times."""
    for _ in range(levels):
        content = block(field, content)
    return content


def parts(wire: bytes) -> Iterable[bytes]:
    """The fields of a message side by side; a group stays whole with what is behind it."""
    start = at = 0
    while at < len(wire):
        key, at = _read(wire, at)
        match key & 7:
            case 0:
                _, at = _read(wire, at)
            case 1:
                at += 8
            case 2:
                length, at = _read(wire, at)
                at += length
            case 5:
                at += 4
            case _:
                at = len(wire)
        yield wire[start:at]
        start = at


def _read(wire: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = wire[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
