"""One input to another, by its structure: the second loop's changes.

Why       The C loop changes bytes and follows the edges; these keep the wire or the JSON whole, and
          so get deeper into what both engines answer.
Called by differential.py.
Never     asks the machine's clock or chance: `random` decides everything.
"""

from collections.abc import Sequence
from random import Random

from tests.contract.codec.native_reading import spoil, spoil_text, text_of, tree_of
from tests.contract.codec.wires import FIXED32, FIXED64, block, group, number, parts, tag
from tests.fuzz.targets import READ, READ_FIELD

_NUMBERS = (0, 1, -1, 2, 127, 128, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 999_999_999)
_FIELD_BYTES = 2  # behind the first byte, in the ways that have them


def mutated(data: bytes, other: bytes, *, random: Random) -> bytes:
    """A few changes; `other` is an input whose parts may be taken."""
    way = data[0] & 3
    rest = 1 if way in (0, 1) else 1 + _FIELD_BYTES
    head, body = data[:rest], data[rest:]
    change = _json if way in (READ, READ_FIELD) else _wire
    for _ in range(random.randint(1, 4)):
        body = change(body, other[rest:], random=random)
    if random.random() < 0.1:
        head = bytes([random.randrange(64) << 2 | way]) + random.randbytes(len(head) - 1)
    return head + body


def _json(text: bytes, _other: bytes, *, random: Random) -> bytes:
    try:
        if random.random() < 0.7:
            tree = tree_of(text)
            spoil(tree, random)
            return text_of(tree, random).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        pass
    return spoil_text(text, random)


def _wire(wire: bytes, other: bytes, *, random: Random) -> bytes:
    try:
        fields = list(parts(wire))
        more = list(parts(other))
    except IndexError:  # no wire any more
        return spoil_text(wire, random)
    if not fields or random.random() < 0.2:
        return spoil_text(wire, random) + _field(random)
    return b"".join(_changed(fields, more, random=random))


def _changed(fields: list[bytes], more: Sequence[bytes], *, random: Random) -> list[bytes]:
    at = random.randrange(len(fields))
    match random.randrange(7):
        case 0:
            del fields[at]
        case 1:
            fields.insert(random.randrange(len(fields) + 1), fields[at])
        case 2:
            random.shuffle(fields)
        case 3 if more:
            fields.insert(at, random.choice(more))
        case 4:
            fields.insert(at, _field(random))
        case 5:
            fields[at] = _inside(fields[at], more, random=random)
        case _:
            fields[at] = spoil_text(fields[at], random)
    return fields


def _inside(field: bytes, more: Sequence[bytes], *, random: Random) -> bytes:
    """Changed within, if it has a length; what it has inside may be a message."""
    if field[0] & 7 != 2 or len(field) < 2 or field[0] >= 0x80 or field[1] >= 0x80:
        return spoil_text(field, random)
    return block(field[0] >> 3, _wire(field[2:], b"".join(more), random=random))


def _field(random: Random) -> bytes:
    place = random.choice([*range(1, 26), 100, 101, 102, 1000])
    kinds = (
        number(place, random.choice(_NUMBERS), least_bytes=random.choice([1, 1, 1, 3, 10])),
        block(place, random.choice([b"", b"a", b"\x08\x01", b"\xff", "é".encode(), b"\0" * 8])),
        tag(place, FIXED64) + random.randbytes(8),
        tag(place, FIXED32) + random.randbytes(4),
        group(place, number(1, 1)),
    )
    return random.choice(kinds)
