"""Which required fields a request lacks, told before any service is asked.

Called by bind.py.
Never     looks into a message that is not there, or counts 0 and false as missing where they can't
          be told from nothing: only their owner knows.
Source    AIP-203 (field_behavior REQUIRED); proto2 `required`; docs/spec/transcoding.md HT12;
          docs/spec/bad-input.md row 83.
"""

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.contract.inside import Inside, Path, held, insides, reachable

IsRequired = Callable[[FieldDescriptor], bool]
IsEmpty = Callable[[Any], bool]

_COUNTED = frozenset({FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_ENUM})
"""Kinds whose empty value means that nobody filled them."""


class Required:
    """The required fields of every message that a request may hold: those that `is_required` says,
    and those that proto2 requires.
    """

    def __init__(self, is_required: IsRequired) -> None:
        self._is_required = is_required
        self._fields: dict[Descriptor, tuple[tuple[FieldDescriptor, IsEmpty], ...]] = {}
        self._ways: dict[Descriptor, tuple[tuple[FieldDescriptor, Inside], ...]] = {}

    def __repr__(self) -> str:
        return f"<Required in {len(self._fields)} messages>"

    def of(self, message: Descriptor) -> tuple[tuple[FieldDescriptor, IsEmpty], ...]:
        """The message's own required fields, and how each is found empty."""
        found = self._fields.get(message)
        if found is None:
            found = tuple(
                (field, is_empty)
                for field in message.fields
                if field.is_required or self._is_required(field)
                if (is_empty := _emptiness(field)) is not None
            )
            self._fields[message] = found
        return found

    def ways(self, message: Descriptor) -> tuple[tuple[FieldDescriptor, Inside], ...]:
        """The fields whose messages can lack something, themselves or inside, and what is there."""
        found = self._ways.get(message)
        if found is None:
            found = tuple(
                (field, insides(field))
                for field in message.fields
                if (inner := held(field)) is not None and any(map(self.of, reachable(inner)))
            )
            self._ways[message] = found
        return found

    def missing(self, message: Message, way: Path = ()) -> Iterator[Path]:
        """The path of every required field that is empty, in declared order."""
        descriptor: Any = message.DESCRIPTOR
        for field, is_empty in self.of(descriptor):
            if is_empty(message):
                yield (*way, field)
        for field, inside in self.ways(descriptor):
            for step, inner in inside(message):
                yield from self.missing(inner, (*way, field, *step))


def _emptiness(field: FieldDescriptor) -> IsEmpty | None:
    """None for a field that is never seen to be empty."""
    name = field.name
    if field.has_presence:
        return lambda message: not message.HasField(name)
    if field.is_repeated or field.cpp_type in _COUNTED:
        return lambda message: not getattr(message, name)
    return None
