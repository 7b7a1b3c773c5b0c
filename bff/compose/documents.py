"""Cut a body into JSON documents while it arrives: lines, one after the other, or one array.

Why       An import of a million todos must not be in memory, and its third todo may be wrong: each
          document is handed on before the next one has come.
Called by compose/uploads.py.
Never     holds more than one document; never reads JSON (json_text does): it finds where each ends.
Source    docs/spec/transcoding.md ST8; docs/spec/bad-input.md row 121; RFC 8259 section 2.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import ClassVar

from bff.terms.errors import BadInput

MOST_BLANK_BYTES = 10_000
"""White space in a row between two documents; more is an attack, not a style."""

_NOT_BLANK = re.compile(rb"[^ \t\r\n]").search
_IN_TEXT = re.compile(rb'["\\]').search
_IN_NEST = re.compile(rb'["\[\]{}]').search
_AFTER_SCALAR = re.compile(rb"[ \t\r\n,\]]").search
_NEWLINE = re.compile(rb"\n").search


class _At(Enum):
    """Where in the body the reader stands."""

    START = auto()
    BETWEEN = auto()  # a document or the end may follow
    FIRST = auto()  # after "[": an element, or "]" at once
    NEXT = auto()  # after ",": an element must follow
    COMMA = auto()  # after an element: "," or "]"
    INSIDE = auto()  # an object or array
    TEXT = auto()  # a string, inside an object or not
    SCALAR = auto()  # a number or a word
    LINE = auto()
    CLOSED = auto()  # after the array's "]"


Step = Callable[["Documents", bytes, int], tuple[int, bool]]
"""(reader, piece, place in it) -> (the next place, whether a document ended just before it)."""


class Documents:
    """Takes a body's pieces, gives its documents.

    most_bytes  of one document
    lines       the body says that it is NDJSON: each line is one document, an array included
    """

    def __init__(self, *, most_bytes: int, lines: bool) -> None:
        self._most_bytes = most_bytes
        self._lines = lines
        self._at = _At.START
        self._array = False
        self._depth = 0
        self._escaped = False
        self._blank = 0
        self._part = bytearray()

    def __repr__(self) -> str:
        return f"<Documents {self._at.name.lower()}, {len(self._part)} bytes of one are here>"

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The documents that this piece completes. Read all of them before the next piece.

        Raises BadInput: body-too-large for one that has no end, malformed-json
        """
        here = 0
        while here < len(piece):
            here, complete = self._steps[self._at](self, piece, here)
            if complete:
                yield self._taken()

    def end(self) -> Iterator[bytes]:
        """What the end of the body completes. Raises BadInput for half a document."""
        if self._at in (_At.LINE, _At.SCALAR) and not self._array:
            yield self._taken()
        elif self._at not in (_At.START, _At.BETWEEN, _At.CLOSED):
            raise _malformed("the body ends in the middle of a message")

    def _taken(self) -> bytes:
        document = bytes(self._part)
        self._part.clear()
        self._at = _At.COMMA if self._array else _At.BETWEEN
        return document

    def _keep(self, piece: bytes, start: int, stop: int) -> None:
        if len(self._part) + stop - start > self._most_bytes:
            what = f"one message may have at most {self._most_bytes} bytes"
            raise BadInput(what, reason="body-too-large")
        self._part += piece[start:stop]

    def _skip(self, piece: bytes, here: int) -> int:
        """Where the next byte that means something is."""
        found = _NOT_BLANK(piece, here)
        stop = found.start() if found else len(piece)
        self._blank += stop - here
        if self._blank > MOST_BLANK_BYTES:
            raise _malformed("there is too much empty space between two messages")
        if found:
            self._blank = 0
        return stop

    def _step_start(self, piece: bytes, here: int) -> tuple[int, bool]:
        here = self._skip(piece, here)
        if here == len(piece):
            return here, False
        if piece[here] == ord("[") and not self._lines:
            self._array = True
            self._at = _At.FIRST
            return here + 1, False
        return self._step_between(piece, here)

    def _step_between(self, piece: bytes, here: int) -> tuple[int, bool]:
        here = self._skip(piece, here)
        return self._begin(piece, here) if here < len(piece) else (here, False)

    def _step_first(self, piece: bytes, here: int) -> tuple[int, bool]:
        here = self._skip(piece, here)
        if piece[here : here + 1] == b"]":
            self._at = _At.CLOSED
            return here + 1, False
        return self._step_next(piece, here)

    def _step_next(self, piece: bytes, here: int) -> tuple[int, bool]:
        here = self._skip(piece, here)
        if piece[here : here + 1] in (b",", b"]"):
            raise _malformed("a message is missing before a comma or the closing bracket")
        return self._begin(piece, here) if here < len(piece) else (here, False)

    def _step_comma(self, piece: bytes, here: int) -> tuple[int, bool]:
        here = self._skip(piece, here)
        if here == len(piece):
            return here, False
        if piece[here] not in b",]":
            raise _malformed("messages of an array are parted by commas")
        self._at = _At.NEXT if piece[here] == ord(",") else _At.CLOSED
        return here + 1, False

    def _step_closed(self, piece: bytes, here: int) -> tuple[int, bool]:
        here = self._skip(piece, here)
        if here < len(piece):
            raise _malformed("nothing may follow the array")
        return here, False

    def _begin(self, piece: bytes, here: int) -> tuple[int, bool]:
        """A document begins at `here`."""
        if self._lines:
            self._at = _At.LINE
            return here, False
        self._depth = 1 if piece[here] in b"{[" else 0
        self._at = {ord("{"): _At.INSIDE, ord("["): _At.INSIDE, ord('"'): _At.TEXT}.get(
            piece[here], _At.SCALAR
        )
        self._keep(piece, here, here + 1)
        return here + 1, False

    def _step_line(self, piece: bytes, here: int) -> tuple[int, bool]:
        found = _NEWLINE(piece, here)
        stop = found.start() if found else len(piece)
        self._keep(piece, here, stop)
        return (stop + 1, True) if found else (stop, False)

    def _step_scalar(self, piece: bytes, here: int) -> tuple[int, bool]:
        found = _AFTER_SCALAR(piece, here)
        stop = found.start() if found else len(piece)
        self._keep(piece, here, stop)
        return stop, found is not None

    def _step_inside(self, piece: bytes, here: int) -> tuple[int, bool]:
        found = _IN_NEST(piece, here)
        stop = found.end() if found else len(piece)
        self._keep(piece, here, stop)
        if not found:
            return stop, False
        if found[0] == b'"':
            self._at = _At.TEXT
        else:
            self._depth += 1 if found[0] in b"{[" else -1
        return stop, self._depth == 0

    def _step_text(self, piece: bytes, here: int) -> tuple[int, bool]:
        if self._escaped:
            self._escaped = False
            self._keep(piece, here, here + 1)
            return here + 1, False
        found = _IN_TEXT(piece, here)
        stop = found.end() if found else len(piece)
        self._keep(piece, here, stop)
        if not found:
            return stop, False
        self._escaped = found[0] == b"\\"
        if self._escaped:
            return stop, False
        self._at = _At.INSIDE
        return stop, self._depth == 0

    _steps: ClassVar[Mapping[_At, Step]] = MappingProxyType(
        {
            _At.START: _step_start,
            _At.BETWEEN: _step_between,
            _At.FIRST: _step_first,
            _At.NEXT: _step_next,
            _At.COMMA: _step_comma,
            _At.CLOSED: _step_closed,
            _At.LINE: _step_line,
            _At.SCALAR: _step_scalar,
            _At.INSIDE: _step_inside,
            _At.TEXT: _step_text,
        }
    )


def _malformed(detail: str) -> BadInput:
    return BadInput(detail, reason="malformed-json")
