"""Which required fields a request lacks, told before any service is asked.

Called by contract/bind.py.
Never     looks into a message that is not there, or counts 0 and false as missing: only their owner
          knows.
Source    AIP-203 (field_behavior REQUIRED); docs/spec/transcoding.md HT12; docs/spec/bad-input.md
          row 83.
"""

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.contract.codec import known

IsRequired = Callable[[FieldDescriptor], bool]
Path = tuple[FieldDescriptor | int, ...]

_COUNTED = frozenset(
    {
        FieldDescriptor.CPPTYPE_STRING,
        FieldDescriptor.CPPTYPE_ENUM,
        FieldDescriptor.CPPTYPE_MESSAGE,
    }
)
"""Kinds whose empty value means that nobody filled them."""


class Required:
    """The required fields of every message that a request may hold."""

    def __init__(self, is_required: IsRequired) -> None:
        self._is_required = is_required
        self._fields: dict[str, tuple[FieldDescriptor, ...]] = {}
        self._inside: dict[str, bool] = {}

    def __repr__(self) -> str:
        return f"<Required in {len(self._fields)} messages>"

    def anywhere_in(self, message: Descriptor) -> bool:
        """Whether a message of this type can lack anything, itself or inside."""
        known_already = self._inside.get(message.full_name)
        if known_already is None:
            self._inside[message.full_name] = False  # a recursive type has nothing new to say
            known_already = bool(self._of(message)) or any(
                self.anywhere_in(field.message_type)
                for field in message.fields
                if field.message_type is not None
            )
            self._inside[message.full_name] = known_already
        return known_already

    def missing(self, message: Message, way: Path = ()) -> Iterator[Path]:
        """The path of every required field that is empty, in declared order."""
        descriptor = message.DESCRIPTOR
        if not self.anywhere_in(descriptor):
            return
        for field in self._of(descriptor):
            if _is_empty(message, field):
                yield (*way, field)
        for field, value in message.ListFields():
            yield from self._missing_inside(field, value, (*way, field))

    def _missing_inside(self, field: FieldDescriptor, value: Any, way: Path) -> Iterator[Path]:
        if field.message_type is None or known.is_map(field):
            return
        if not field.is_repeated:
            yield from self.missing(value, way)
            return
        for index, item in enumerate(value):
            yield from self.missing(item, (*way, index))

    def _of(self, message: Descriptor) -> tuple[FieldDescriptor, ...]:
        found = self._fields.get(message.full_name)
        if found is None:
            found = tuple(field for field in message.fields if self._is_required(field))
            self._fields[message.full_name] = found
        return found


def _is_empty(message: Message, field: FieldDescriptor) -> bool:
    if field.is_repeated:
        return not getattr(message, field.name)
    if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        return not message.HasField(field.name)
    return field.cpp_type in _COUNTED and not getattr(message, field.name)
