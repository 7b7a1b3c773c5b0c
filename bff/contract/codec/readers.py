"""Compiled readers, one per message type, made when first needed and kept.

Called by codec.Codec.
Never     builds a type that a client named, unless `options.any` says so (bad-input row 81).
Source    docs/spec/transcoding.md PJ15, PJ17, PJ19.
"""

from threading import RLock
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from bff.contract.codec import known
from bff.contract.codec.members import (
    Find,
    Member,
    is_extension_name,
    object_reader,
    rivals,
    spellings,
    takes_null,
    unknown,
)
from bff.contract.codec.read_fields import FieldSetters, Put
from bff.contract.codec.read_known import known_reader
from bff.contract.codec.writer_source import shown_fields
from bff.contract.codec.wrong import NOT_AN_OBJECT, Wrong
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import JsonValue


class _Extension:
    """One extension of one message, so that a field's setter can reach it as `value`."""

    __slots__ = ("_field", "_message")

    def __init__(self, message: Any, field: FieldDescriptor) -> None:
        self._message = message
        self._field = field

    @property
    def value(self) -> Any:
        return self._message.Extensions[self._field]

    @value.setter
    def value(self, value: object) -> None:
        self._message.Extensions[self._field] = value


class Readers:
    """All readers of one Codec."""

    def __init__(self, options: JsonOptions, pool: DescriptorPool | None) -> None:
        self._options = options
        self._pool = pool
        self._readers: dict[Descriptor, Put] = {}  # whole, with all that they call
        self._setters: dict[FieldDescriptor, Put] = {}
        self._begun: dict[Descriptor, Put] = {}  # perhaps without their members yet: a type may
        self._compiling = RLock()  # hold itself; other threads see them when they are whole
        self._make = FieldSetters(options, self._compiled)

    def __repr__(self) -> str:
        return f"<Readers {len(self._readers)} compiled>"

    def of(self, descriptor: Descriptor) -> Put:
        """The reader of a whole message."""
        read = self._readers.get(descriptor)
        if read is None:
            with self._compiling:
                read = self._readers[descriptor] = self._compiled(descriptor)
        return read

    def setter(self, field: FieldDescriptor) -> Put:
        """The setter of one field, extension or not."""
        put = self._setters.get(field)
        if put is None:
            make = self._extension_setter if field.is_extension else self._plain_setter
            with self._compiling:
                put = self._setters[field] = make(field)
        return put

    def _compiled(self, descriptor: Descriptor) -> Put:
        read = self._begun.get(descriptor) or self._by_hand(descriptor)
        if read is None:
            members: dict[str, Member] = {}
            read = self._begun[descriptor] = object_reader(members, self._finder(descriptor))
            members.update(self._members(descriptor))
        return read

    def _by_hand(self, descriptor: Descriptor) -> Put | None:
        if descriptor.full_name == known.ANY:
            return self._read_any if self._options.any else _refuse_any
        return known_reader(descriptor, self._options)

    def _members(self, descriptor: Descriptor) -> dict[str, Member]:
        names = spellings(shown_fields(descriptor, self._options))
        return {
            name: (self._plain_setter(field), takes_null(field), rivals(name, names))
            for name, field in names.items()
        }

    def _plain_setter(self, field: FieldDescriptor) -> Put:
        return self._make.setter(field, field.name)

    def _extension_setter(self, field: FieldDescriptor) -> Put:
        put = self._make.setter(field, "value")

        def put_extension(message: Any, value: JsonValue) -> None:
            put(_Extension(message, field), value)

        return put_extension

    def _finder(self, descriptor: Descriptor) -> Find:
        """Answers members that are no fields: an extension, an unknown to skip or to refuse."""

        def find(name: str) -> Member | None:
            if is_extension_name(name, descriptor):
                field = self._extension(descriptor, name[1:-1])
                if field is not None:
                    return self.setter(field), takes_null(field), ()
            if self._options.unknown_fields == "ignore":
                return None
            raise unknown()

        return find

    def _extension(self, descriptor: Descriptor, full_name: str) -> FieldDescriptor | None:
        try:
            field: FieldDescriptor = descriptor.file.pool.FindExtensionByName(full_name)
        except KeyError:
            return None
        hidden = full_name in self._options.omit_sensitive
        return field if field.containing_type is descriptor and not hidden else None

    def _read_any(self, message: Any, value: JsonValue) -> None:
        if type(value) is not dict:
            raise Wrong(NOT_AN_OBJECT)
        if not value:
            return
        inner, type_url = self._typed(message.DESCRIPTOR, value)
        rest = {name: item for name, item in value.items() if name != "@type"}
        read = self.of(cast("Descriptor", inner.DESCRIPTOR))
        if inner.DESCRIPTOR.full_name in known.WELL_KNOWN:
            _at_value(read)(inner, rest)
        else:
            read(inner, rest)
        message.type_url = type_url
        message.value = inner.SerializePartialToString(deterministic=True)

    def _typed(
        self, any_descriptor: Descriptor, value: dict[str, JsonValue]
    ) -> tuple[Message, str]:
        type_url = value.get("@type")
        pool = self._pool or any_descriptor.file.pool
        try:
            if type(type_url) is str:
                found = pool.FindMessageTypeByName(known.names_type(type_url))
                return GetMessageClass(found)(), type_url
        except KeyError:
            pass
        wrong = Wrong("send the URL of a known message type")
        wrong.parts.append("@type")
        raise wrong


def _refuse_any(_message: Any, _value: JsonValue) -> None:
    raise Wrong("this field can't be sent as JSON")


def _at_value(read: Put) -> Put:
    """A well-known type inside Any has its JSON in "value" and nothing beside it."""

    def read_value(message: Message, value: JsonValue) -> None:
        if type(value) is not dict or value.keys() != {"value"}:
            raise Wrong('send "@type" and "value", nothing else')
        try:
            read(message, value["value"])
        except Wrong as wrong:
            wrong.parts.append("value")
            raise

    return read_value
