"""Pieces of JSON, put together: members of objects, items of lists, and what becomes of a failure.

Called by members.py: made at boot, called once per request and frame.
Source    docs/spec/views.md "Failure = type".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bff.compose.view.plan import Member
from bff.compose.view.running.frames import Frame, Unset, is_absence
from bff.compose.view.running.values import Find, failed
from bff.compose.view.writing.marks import Later, Page
from bff.contract.codec.wire_writer import WireWriter
from bff.contract.json_pointer import pointer
from bff.terms.errors import Failure, untraced

Piece: TypeAlias = Callable[[Frame], "bytes | Failure"]
Write: TypeAlias = Callable[[Frame, Page], "bytes | Failure"]
"""JSON. A Failure that is returned says that it is absent, one that is raised that it failed."""
Part: TypeAlias = Callable[[Frame, Page], bytes]
"""`"name":value`, or several of them; raises Failure."""
NULL = b"null"


@dataclass(frozen=True, slots=True)
class Unit:
    """A deferred member; `steps` must have ended before it is written."""

    step: str
    part: Part
    key_bytes: int
    steps: frozenset[int]


def absent_or_raised(failure: Failure) -> Failure:
    """An absence is returned, a failure raised."""
    if is_absence(failure):
        return failure
    raise failed(failure)


def settled(piece: Piece) -> Write:
    """A piece that is told as Write has it."""

    def write(frame: Frame, _page: Page) -> bytes | Failure:
        found = piece(frame)
        return found if type(found) is bytes else absent_or_raised(failure_in(found))

    return write


def failure_in(found: Any) -> Failure:
    """The reason why there is no JSON, of what is none."""
    failure: Failure = found
    return failure


def otherwise(piece: Piece, default: bytes | None) -> Piece:
    """The default where the piece is null; None: then it is absent."""

    def write(frame: Frame) -> bytes | Failure:
        found = piece(frame)
        if found != NULL:
            return found
        return Unset("A service left out what this needs.") if default is None else default

    return write


def matched(find: Find, write: WireWriter) -> Piece:
    """What `write` makes of the message of a keyed join; null where there is none."""

    def piece(frame: Frame) -> bytes | Failure:
        try:
            found = find(frame)
        except Unset:
            return NULL
        except Failure as failure:
            return failure
        return write(found.wire)

    return piece


def run(piece: Piece) -> Part:
    """Several members at once: an object without its braces."""

    def part(frame: Frame, _page: Page) -> bytes:
        found = piece(frame)
        if type(found) is bytes:
            return found[1:-1]
        raise failed(found)

    return part


def named(member: Member, write: Write) -> Part:
    """One member: null where it may be, marked where it failed."""
    key = b'"%b":' % member.name.encode()
    step, null, soft = pointer([member.name]), key + NULL, member.soft
    may_lack = soft or member.absent

    def part(frame: Frame, page: Page) -> bytes:
        before = len(page.marks)
        try:
            found = write(frame, page)
        except Failure as failure:
            if not soft:
                raise
            del page.marks[before:]
            untraced(failure)
            page.marks.append((step, failure))
            return null
        if type(found) is not bytes:
            if may_lack:
                return null
            raise failed(found)
        if len(page.marks) > before:
            page.move(before, step)
        return key + found

    return part


def deferred(member: Member, part: Part, unit: int) -> Part:
    """Null and a mark in the first body."""
    null, step = b'"%b":null' % member.name.encode(), pointer([member.name])

    def later(frame: Frame, page: Page) -> bytes:
        if not page.first:
            return part(frame, page)
        page.marks.append((step, Later(unit, frame)))
        return null

    return later


def joined(parts: Sequence[Part]) -> Part:
    """An object of its members."""
    if len(parts) == 1:
        [only] = parts
        return lambda frame, page: b"{%b}" % only(frame, page)

    def write(frame: Frame, page: Page) -> bytes:
        return b"{%b}" % b",".join([part(frame, page) for part in parts])

    return write


def items(frames: Sequence[Frame], item: Part, page: Page) -> bytes:
    """A list of objects, one per frame."""
    found = []
    for place, frame in enumerate(frames):
        before = len(page.marks)
        found.append(item(frame, page))
        if len(page.marks) > before:
            page.move(before, f"/{place}")
    return b"[%b]" % b",".join(found)
