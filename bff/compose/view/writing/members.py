"""A view's JSON: its members in the order of their declaration, spliced of ready pieces.

Why       The order is fixed, so equal answers are equal bytes and have one ETag; and what is only
          chosen and renamed was written from the wire when its reply came.
Called by serving/runner.py: compiled at boot, written once per request.
Never     shows what no member names; never hides a failure that no soft member absorbs.
Source    docs/spec/views.md "Failure = type", "Order of parts".
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

import orjson
from google.protobuf.descriptor import FieldDescriptor

from bff.compose.view.plan import (
    Computed,
    FromItem,
    FromMatch,
    FromReply,
    Held,
    Items,
    Member,
    Object,
    Plain,
    Value,
    replies_in,
)
from bff.compose.view.running.frames import Frame, Unset, is_absence
from bff.compose.view.running.layout import Layout, class_of
from bff.compose.view.running.replies import Reading
from bff.compose.view.running.values import finder, getter, held_getter
from bff.compose.view.writing.computed import Making, is_async, made_text, making_of, text_of
from bff.compose.view.writing.handed import handed_to
from bff.compose.view.writing.joined import (
    Part,
    Piece,
    Unit,
    Write,
    absent_or_raised,
    deferred,
    failure_in,
    items,
    joined,
    matched,
    named,
    otherwise,
    run,
    settled,
)
from bff.compose.view.writing.kinds import has_text, values_text, which_text
from bff.compose.view.writing.marks import Page
from bff.compose.view.writing.straight import above, held_by, is_null, projected, shown_inside
from bff.contract.codec import Codec
from bff.contract.codec.known import owner_of
from bff.contract.codec.projection import Projected, Projection, may_refuse
from bff.contract.codec.wire_writer import WireWriter
from bff.contract.json_pointer import pointer
from bff.contract.reply.scrub import Scrubber
from bff.terms.errors import Failure
from bff.terms.mistakes import ContractMistake, ContractMistakes


class Writing:
    """Compiles the members of one plan.

    framed    scopes that are written item by item
    units     deferred members
    makings   async functions
    mistakes  of all members
    """

    def __init__(self, layout: Layout, codec: Codec, readings: Sequence[Reading]) -> None:
        self._layout = layout
        self._codec = codec
        self._readings = readings
        self._unit: int | None = None
        self.framed: set[int] = set()
        self.units: list[Unit] = []
        self.makings: list[Making] = []
        self.mistakes: list[ContractMistake] = []

    def __repr__(self) -> str:
        return f"<Writing of {self._layout.plan.name}>"

    def whole(self) -> Part:
        """The whole answer, from its frame."""
        return joined(self._parts(self._layout.plan.members, None, base=None))

    def _parts(
        self, members: Sequence[Member], scope: int | None, *, base: Held | None
    ) -> tuple[Part, ...]:
        """What writes `"name":value` of one member, or of several that are one projection.

        base  a message that is known to be there
        """
        runs: list[tuple[Held | None, list[Member], list[Projected]]] = []
        for member in members:
            found = self._mergeable(member, base)
            if found is None:
                runs.append((None, [member], []))
            elif runs and runs[-1][0] == found[0] and _new(found[1], runs[-1][2]):
                runs[-1][1].append(member)
                runs[-1][2].append(found[1])
            else:
                runs.append((found[0], [member], [found[1]]))
        parts = []
        for place, ones, fields in runs:
            try:
                if place is None:
                    parts.append(self._member(ones[0], scope))
                else:
                    parts.append(self._run(place, Projection(tuple(fields)), scope))
            except ContractMistake as mistake:
                self.mistakes.append(_placed(mistake, ones[0]))
            except ContractMistakes as group:
                self.mistakes += (_placed(one, ones[0]) for one in group.each)
        return tuple(parts)

    def _mergeable(self, member: Member, base: Held | None) -> tuple[Held, Projected] | None:
        try:
            one = projected(member, self._layout)
        except ContractMistake:
            return None  # it is found again, where its place is known
        held = held_by(member, self._layout)
        if one is None or held is None:
            return None
        place = above(held)
        hard = not (member.soft or member.absent)
        sure = place == base or (hard and isinstance(place, FromReply) and not place.path)
        return (place, one) if sure else None

    def _run(self, base: Held, projection: Projection, scope: int | None) -> Part:
        write = self._writer(base, projection)
        return run(self._piece(base, write, scope, may_refuse=may_refuse(projection)))

    def _writer(self, held: Held, projection: Projection | None) -> WireWriter:
        start = class_of(self._layout.start(held))
        options = self._codec.options
        for field in self._layout.fields(held):
            if field.full_name in options.omit_sensitive | options.omit_written:
                raise ContractMistake("this field is never written: take it away", where=field.name)
        return self._codec.writer(start, path=held.path, projection=projection)

    def _piece(
        self, held: Held, write: WireWriter, scope: int | None, *, may_refuse: bool
    ) -> Piece:
        """What `write` makes of the reply, or the item, that the path begins at."""
        if isinstance(held, FromMatch):
            self._parses([held])
            return matched(finder(held, scope, self._layout), write)
        levels = self._layout.levels(scope, held)
        if not isinstance(held, FromReply):
            return lambda frame: write(frame.above(levels).wire)
        step = held.step
        place = self._readings[step].piece(write, may_refuse=may_refuse)

        def piece(frame: Frame) -> bytes | Failure:
            said = frame.above(levels).said[step]
            found: bytes | Failure = said[place] if type(said) is tuple else failure_in(said)
            return found

        return piece

    def _member(self, member: Member, scope: int | None) -> Part:
        outermost = member.deferred and self._unit is None
        if not outermost:
            return named(member, self._value(member, scope))
        number = self._unit = len(self.units)
        steps = self._layout.reads((member,))
        self.units.append(Unit(pointer([member.name]), _unwritten, len(member.name) + 3, steps))
        part = named(member, self._value(member, scope))
        self.units[number] = replace(self.units[number], part=part)
        self._unit = None
        return deferred(member, part, number)

    def _value(self, member: Member, scope: int | None) -> Write:
        show = member.show
        if isinstance(show, Plain):
            return self._plain(member, show, scope)
        if isinstance(show, Computed):
            return settled(self._computed(show, scope))
        inside = shown_inside(member, self._layout)
        if inside is not None:
            return settled(self._straight(member, inside, scope))
        return self._object(show, scope) if isinstance(show, Object) else self._list(member, scope)

    def _plain(self, member: Member, show: Plain, scope: int | None) -> Write:
        held = show.value
        if not isinstance(held, Held):
            get = getter(held, scope, self._layout)
            return lambda frame, _page: orjson.dumps(get(frame))
        if show.kind == "value":
            return settled(self._straight(member, None, scope))
        if show.kind == "values":
            write = values_text(self._writer(held, None))
            return settled(otherwise(self._piece(held, write, scope, may_refuse=False), b"[]"))
        self._parses([held])
        text = has_text if show.kind == "has" else which_text
        return settled(text(held, scope, self._layout))

    def _straight(self, member: Member, inside: Projection | None, scope: int | None) -> Piece:
        """From the wire: a field, or what is shown of the message in it."""
        held = cast("Held", held_by(member, self._layout))  # nothing else is written from the wire
        write = self._writer(held, inside)
        risky = inside is not None and may_refuse(inside)
        piece = self._piece(held, write, scope, may_refuse=risky)
        fields = self._layout.fields(held)
        if not fields and isinstance(held, FromMatch):
            return otherwise(piece, None)
        if not fields or is_null(fields[-1]):
            return piece
        if member.absent or member.soft:
            return otherwise(piece, None)
        return otherwise(piece, self._default(fields[-1]))

    def _default(self, field: FieldDescriptor) -> bytes | None:
        """What stands where the field is not set; None where it has to be."""
        if field.message_type is not None and not field.is_repeated:
            return None
        one = Projection((Projected(field.name, "v", unset="default"),))
        write = self._codec.writer(class_of(owner_of(field)), projection=one)
        return write(b"")[len(b'{"v":') : -1]

    def _object(self, show: Object, scope: int | None) -> Write:
        """An object with more in it than its message has."""
        if show.of.path or isinstance(show.of, FromMatch):
            self._parses([show.of])
        get = held_getter(show.of, scope, self._layout)
        write = joined(self._parts(show.members, scope, base=show.of))

        def written(frame: Frame, page: Page) -> bytes | Failure:
            try:
                get(frame)
            except Failure as failure:
                if is_absence(failure):
                    return failure
                raise
            return write(frame, page)

        return written

    def _list(self, member: Member, scope: int | None) -> Write:
        """A list with more in its items than their messages have."""
        show = cast("Items", member.show)
        number = show.scope
        if self._layout.plan.scopes[number].parent != scope:
            raise ContractMistake("a list is shown outside of the one that it stands in")
        self._layout.item(number)
        self.framed.add(number)
        item = joined(self._parts(show.members, number, base=FromItem(number, ())))
        empty = None if member.absent or member.soft else b"[]"

        def written(frame: Frame, page: Page) -> bytes | Failure:
            frames = frame.lists[number]
            if isinstance(frames, Failure):
                if isinstance(frames, Unset) and empty is not None:
                    return empty
                return absent_or_raised(frames)
            return items(frames, item, page)

        return written

    def _parses(self, values: Iterable[Value]) -> None:
        """The replies of these are wanted as messages."""
        for one in replies_in(values):
            self._readings[one.step].whole = True

    def _computed(self, show: Computed, scope: int | None) -> Piece:
        self._parses(show.arguments.values())
        handed = handed_to(show, scope, layout=self._layout, scrubber=Scrubber(self._codec))
        if not is_async(show):
            return text_of(show, handed)
        number = len(self.makings)
        made = making_of(show, handed, scope=scope, number=number, unit=self._unit)
        self.makings.append(made)
        return made_text(number)


def _unwritten(_frame: Frame, _page: Page) -> bytes:
    raise AssertionError("a deferred member is written after it was compiled")


def _new(one: Projected, others: Sequence[Projected]) -> bool:
    """A projection shows a field once."""
    return all(one.field != other.field for other in others)


def _placed(mistake: ContractMistake, member: Member) -> ContractMistake:
    what = f"{mistake.where}: {mistake.what}" if mistake.where else mistake.what
    return ContractMistake(f"{member.name}: {what}", where=member.declared_at)
