"""An entry as bytes, for a store in another process.

Layout    parts, each its length (4 bytes) and itself; nested for tags and metadata
Called by stores/redis.py, which puts a version before it.
Never     unpickles: bytes from elsewhere are data. Never reads past an end: nonsense is a
          ValueError.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bff.terms.context import Metadata

_LENGTH = 4


class Packed(NamedTuple):
    """What of an Entry is no time."""

    body: bytes
    metadata: Metadata
    tags: frozenset[str]


def pack(body: bytes, metadata: Metadata, tags: Iterable[str]) -> bytes:
    """The bytes that `unpack` reads."""
    pairs = [part for name, value in metadata for part in (name.encode(), _marked(value))]
    return _joined([body, _joined(pairs), _joined([tag.encode() for tag in tags])])


def unpack(packed: bytes) -> Packed:
    """Raises ValueError for anything that `pack` did not write."""
    body, pairs, tags = _parts(packed)
    parts = _parts(pairs)
    names, values = parts[::2], map(_read, parts[1::2])
    metadata = tuple((name.decode(), value) for name, value in zip(names, values, strict=True))
    return Packed(body, metadata, frozenset(tag.decode() for tag in _parts(tags)))


def _marked(value: str | bytes) -> bytes:
    return b"s" + value.encode() if isinstance(value, str) else b"b" + value


def _read(marked: bytes) -> str | bytes:
    return marked[1:].decode() if marked[:1] == b"s" else marked[1:]


def _joined(parts: Sequence[bytes]) -> bytes:
    return b"".join([len(part).to_bytes(_LENGTH, "big") + part for part in parts])


def _parts(joined: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = 0
    while at < len(joined):
        end = at + _LENGTH + int.from_bytes(joined[at : at + _LENGTH], "big")
        if end > len(joined) or at + _LENGTH > len(joined):
            raise ValueError("a part is cut off")
        found.append(joined[at + _LENGTH : end])
        at = end
    return found
