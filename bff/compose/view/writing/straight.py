"""Which parts of an answer are one projection of one message: those go from wire bytes to JSON.

Why       A list of fifty cards costs one walk over the reply, not fifty objects.
Called by members.py, at boot.
Never     projects what a call, a function or a deferred member stands in, nor a soft member that
          could fail by itself: its null needs a name in `errors`.
Source    house decision 1 (the wire is not parsed into objects).
"""

from dataclasses import replace
from typing import Literal

from google.protobuf.descriptor import FieldDescriptor

from bff.compose.view.plan import FromItem, Held, Items, Member, Object, Plain
from bff.compose.view.running.layout import Layout
from bff.contract.codec.enums import NULL_VALUE
from bff.contract.codec.known import VALUE
from bff.contract.codec.projection import Projected, Projection, may_refuse


def held_by(member: Member, layout: Layout) -> Held | None:
    """The part of a message that a member shows as it is, or looks into; None: there is none."""
    match member.show:
        case Plain(value=value, kind="value"):
            return value if isinstance(value, Held) else None
        case Object(of=of):
            return of
        case Items(scope=scope):
            return layout.plan.scopes[scope].items
        case _:
            return None


def above(held: Held) -> Held:
    """The message that holds the field at the end of the path."""
    return replace(held, path=held.path[:-1])


def projected(member: Member, layout: Layout) -> Projected | None:
    """The member as a field of the message above it; None where it is more than that."""
    held = held_by(member, layout)
    if held is None or not held.path or member.deferred:
        return None
    inside = shown_inside(member, layout)
    looks_inside = isinstance(member.show, Object | Items)
    if looks_inside and (inside is None or (member.soft and may_refuse(inside))):
        return None
    field = layout.fields(held)[-1]
    return Projected(field.name, member.name, inside, _unset(member, field))


def shown_inside(member: Member, layout: Layout) -> Projection | None:
    """What a member shows of the message that it looks into, if that is a projection."""
    show = member.show
    if isinstance(show, Object):
        return _projection(show.members, show.of, layout)
    if isinstance(show, Items):
        return _projection(show.members, FromItem(show.scope, ()), layout)
    return None


def _projection(members: tuple[Member, ...], base: Held, layout: Layout) -> Projection | None:
    found: list[Projected] = []
    for member in members:
        held = held_by(member, layout)
        one = None if held is None or not held.path else projected(member, layout)
        if one is None or held is None or above(held) != base:
            return None
        found.append(one)
    twice = len({one.field for one in found}) < len(found)  # a projection shows a field once
    return None if twice or not found else Projection(tuple(found))


def _unset(member: Member, field: FieldDescriptor) -> Literal["", "null", "default", "refused"]:
    if not field.has_presence:
        return ""
    if member.absent or member.soft or is_null(field):
        return "null"
    return "default" if field.message_type is None else "refused"


def is_null(field: FieldDescriptor) -> bool:
    """A Value or NullValue, whose null is a value."""
    kind = field.message_type or field.enum_type
    return kind is not None and kind.full_name in (VALUE, NULL_VALUE)
