"""One name for one key, the same in every process: 32 bytes, from which no key can be read.

Why       Keys hold callers' tokens and whatever callers asked: they don't go to another machine.
          Python's own hash differs by process, and repr() makes one text of two different keys.
Called by stores/redis.py, stores/records_redis.py.
Never     gives two keys one text: every part says its type and its length.
Source    RFC 7693 (BLAKE2b).
"""

from collections.abc import Hashable
from hashlib import blake2b
from struct import pack
from typing import Final

from bff.terms.url_text import encoded

DIGEST_BYTES: Final = 32


class Unnamed(Exception):
    """The key holds something that has no text of its own: it is known to this process alone."""


def digest_of(key: Hashable, *, space: str) -> bytes:
    """space  what the key is told apart by: equal keys of two spaces have nothing in common

    Raises Unnamed for a key that holds anything but text, bytes, numbers, None, tuples, frozensets

    >>> digest_of(("a", b"bc"), space="") == digest_of(("ab", b"c"), space="")
    False
    """
    return blake2b(_text((space, key)), digest_size=DIGEST_BYTES).digest()


def name_of(digest: bytes) -> str:
    """As a part of a key of Redis's; 16 characters for 12 bytes."""
    return encoded(digest)


def _text(value: Hashable) -> bytes:
    """A prefix code: no text is the beginning of another."""
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogatepass")
        return b"s%d:%b" % (len(raw), raw)
    if isinstance(value, bytes):
        return b"b%d:%b" % (len(value), value)
    if isinstance(value, tuple):
        return b"t%d:%b" % (len(value), b"".join(map(_text, value)))
    if isinstance(value, frozenset):
        return b"z%d:%b" % (len(value), b"".join(sorted(map(_text, value))))
    if value is None or isinstance(value, bool):
        return {None: b"n", True: b"y", False: b"f"}[value]
    if isinstance(value, int):
        return b"i%d;" % value
    if isinstance(value, float):
        return b"d" + pack(">d", value)
    raise Unnamed(type(value).__name__)
