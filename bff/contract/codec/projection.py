"""Which fields of a message are shown, under which names, in which order.

Why       A screen shows five fields of fifty. What it leaves out is never decoded into an object,
          and what a service adds later stays inside.
Called by codec.Codec.writer; compose, which makes one from a screen's shape.
Never     lifts a nested field up, or shows one that the options hide (`omit_sensitive`,
          `omit_written`): a mistake, found when the writer is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec.known import WELL_KNOWN, is_map, message_of
from bff.terms.mistakes import ContractMistake, ContractMistakes, raise_any


@dataclass(frozen=True, slots=True)
class Projected:
    """One field, by its proto name, and the member's name in JSON.

    inside  what of the message that it holds, or that its list or map holds; None is all of it
    unset   how a field with presence is written where it is not set: "" not at all, "null",
            "default" as the default of its type; "refused": there is no JSON without it
    """

    field: str
    name: str
    inside: "Projection | None" = None
    unset: Literal["", "null", "default", "refused"] = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """The members in the order in which they are written.

    >>> Projection((Projected("id", "id"), Projected("display_name", "name"))).fields[1].name
    'name'
    """

    fields: tuple[Projected, ...]


def projected_message(field: FieldDescriptor) -> Descriptor | None:
    """The message that a projection can look into: the field's, its list's or its map's."""
    held = message_of(field).fields_by_name["value"] if is_map(field) else field
    found = held.message_type
    return None if found is None or found.full_name in WELL_KNOWN else found


def may_refuse(projection: Projection) -> bool:
    """Whether there are messages that it has no JSON for."""
    return any(
        one.unset == "refused" or (one.inside is not None and may_refuse(one.inside))
        for one in projection.fields
    )


def along(path: tuple[str, ...], projection: Projection) -> Projection:
    """The same projection, at the end of a path of fields.

    >>> along(("a", "b"), Projection(())).fields[0].inside.fields[0].field
    'b'
    """
    for name in reversed(path):
        projection = Projection((Projected(name, name, projection),))
    return projection


def check(
    descriptor: Descriptor,
    projection: Projection,
    *,
    path: tuple[str, ...] = (),
    hidden: frozenset[str],
) -> None:
    """Raises ContractMistakes for all that is wrong with it.

    path    the fields from `descriptor` to the message that is projected
    hidden  full names of the fields that no answer may carry
    """
    for name in path:
        inside = projected_message(descriptor.fields_by_name[name])
        if inside is None:
            where = f"{descriptor.full_name}.{name}"
            raise ContractMistakes.of([ContractMistake("there are no fields inside", where=where)])
        descriptor = inside
    mistakes = list(_mistakes(descriptor, projection, hidden))
    raise_any(mistakes)


def _mistakes(
    descriptor: Descriptor, projection: Projection, hidden: frozenset[str]
) -> Iterator[ContractMistake]:
    if descriptor.full_name in WELL_KNOWN:
        yield ContractMistake("there are no fields to project", where=descriptor.full_name)
        return
    seen: set[str] = set()
    for one in projection.fields:
        where = f"{descriptor.full_name}.{one.field}"
        field = descriptor.fields_by_name.get(one.field)
        for key in (f"field {one.field}", f"name {one.name}"):
            if key in seen:
                yield ContractMistake(f"{key} is projected twice", where=where)
            seen.add(key)
        if field is None:
            yield ContractMistake("there is no such field to project", where=where)
        elif field.full_name in hidden:
            yield ContractMistake("this field is never written: take it away", where=where)
        elif one.inside is not None:
            message = projected_message(field)
            if message is None:
                yield ContractMistake("there are no fields inside of this one", where=where)
            else:
                yield from _mistakes(message, one.inside, hidden)
