"""What was in order on a connection before: what repeats it needs no second look. Pure.

Why       A client repeats itself: its headers are the same with every request, or differ by the
          length of a body. To compare them costs a tenth of checking them; and a GET that repeats
          every byte but those of its target need not even be parsed.
Called by protocol.py, lane.py: one for each connection; short_way.py (without_length).
Never     knows a request that asks for more than an answer: an upgrade, a body in chunks, a word
          before its body is sent.
Source    RFC 9112 section 3; docs/spec/bad-input.md rows 1-25.
"""

import re

from bff.edge.http1.framing import Sent

READS = frozenset({b"GET", b"HEAD"})
WRITES = frozenset({b"POST", b"PUT", b"PATCH", b"DELETE"})
LENGTH = b"content-length"
_SLOW = frozenset({b"transfer-encoding", b"expect", b"upgrade"})
_PLAIN_GET = re.compile(rb"GET (/[A-Za-z0-9/._~:?&=%+,;@!*()$-]*)", re.ASCII).fullmatch
"""Targets that need no second look: fewer than HTTP allows."""


class Known:
    """read    headers of the last plain GET or HEAD
    write   those of the last plain write, without its length
    rest    all bytes of the last request behind its target, if it was a plain GET that came whole;
            else b""
    """

    __slots__ = ("read", "rest", "write")

    def __init__(self) -> None:
        self.read: Sent | None = None
        self.write: Sent | None = None
        self.rest = b""

    def __repr__(self) -> str:
        return f"<Known: {len(self.rest)} bytes of a GET, {len(self.write or ())} headers>"

    def has(self, method: bytes, headers: Sent) -> bool:
        """Whether one with these headers was in order."""
        if method in READS:
            return headers == self.read
        return method in WRITES and without_length(headers) == self.write

    def learn(self, method: bytes, version: str, headers: Sent) -> bool:
        """One that is in order; whether it is plain."""
        named = dict(headers)
        if version != "1.1" or not _SLOW.isdisjoint(named):
            return False
        if method in WRITES:
            self.write = without_length(headers)
            return True
        if method not in READS or LENGTH in named:
            return False
        self.read = headers
        return True

    def keep(self, target: bytes, whole: bytes) -> None:
        """The bytes of the request that is being served, if it may come again."""
        first = b"GET " + target
        may = target[:1] == b"/" and whole.startswith(first)
        self.rest = whole[len(first) :] if may else b""

    def target(self, piece: bytes) -> bytes:
        """The target of a request that repeats the last one otherwise; b"" for any other."""
        if not (self.rest and piece.endswith(self.rest)):
            return b""
        found = _PLAIN_GET(piece, 0, len(piece) - len(self.rest))
        return found[1] if found is not None else b""


def without_length(headers: Sent) -> Sent:
    return [pair for pair in headers if pair[0] != LENGTH]
