"""One JSON member into one field: the setters that object readers call, one made per field.

Shape     put(message, value) sets the field, or raises Wrong with the path inside of the value.
Called by readers.
Never     sees null for a field that null leaves unset: readers answers that.
          Never clears: the message is fresh, so a list is appended to what is not there yet.
Source    docs/spec/transcoding.md PJ10, PJ16; docs/spec/bad-input.md rows 71-77.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.contract.codec.known import is_map, message_of
from bff.contract.codec.numbers import Coerce
from bff.contract.codec.scalars import key_reader, scalar_reader, text
from bff.contract.codec.wrong import NOT_AN_ARRAY, NOT_AN_OBJECT, Wrong
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import JsonValue

Put = Callable[[Any, JsonValue], None]
"""Sets one field of a message from a JSON value; or reads a JSON value into a whole message."""


@dataclass(frozen=True, slots=True)
class FieldSetters:
    """Makes setters under one set of options; `reader` finds the reader of a message type."""

    options: JsonOptions
    reader: Callable[[Descriptor], Put]

    def setter(self, field: FieldDescriptor, attribute: str) -> Put:
        """The setter of `field`, which Python reaches as `attribute` of what it is given."""
        if is_map(field):
            return self._map_setter(message_of(field), attribute)
        if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            make = _messages_setter if field.is_repeated else _message_setter
            return make(attribute, self.reader(message_of(field)))
        coerce = scalar_reader(field, self.options)
        skips = field.enum_type is not None and self.options.unknown_fields == "ignore"
        if field.is_repeated:
            return _list_setter(attribute, coerce, skips=skips)
        if coerce is text:
            return _text_setter(attribute)
        return _skipping_setter(attribute, coerce) if skips else _scalar_setter(attribute, coerce)

    def _map_setter(self, entry: Descriptor, attribute: str) -> Put:
        read_key = key_reader(entry.fields_by_name["key"], self.options)
        value = entry.fields_by_name["value"]
        if value.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            into = _message_entry(read_key, self.reader(message_of(value)))
        else:
            into = _scalar_entry(read_key, scalar_reader(value, self.options))
        return _map_setter(attribute, into)


def _scalar_setter(name: str, coerce: Coerce) -> Put:
    def put(message: Any, value: JsonValue) -> None:
        setattr(message, name, coerce(value))

    return put


def _text_setter(name: str) -> Put:
    """For the most frequent kind: one call less."""

    def put(message: Any, value: JsonValue) -> None:
        if type(value) is not str or "\0" in value:
            text(value)  # raises
        setattr(message, name, value)

    return put


def _skipping_setter(name: str, coerce: Coerce) -> Put:
    """For an enum name that nobody knows and that shall be ignored."""

    def put(message: Any, value: JsonValue) -> None:
        number = coerce(value)
        if number is not None:
            setattr(message, name, number)

    return put


def _message_setter(name: str, read: Put) -> Put:
    def put(message: Any, value: JsonValue) -> None:
        child = getattr(message, name)
        child.SetInParent()
        read(child, value)

    return put


def _list_setter(name: str, coerce: Coerce, *, skips: bool) -> Put:
    def put(message: Any, values: JsonValue) -> None:
        if type(values) is not list:
            raise Wrong(NOT_AN_ARRAY)
        try:
            read = [coerce(value) for value in values]
        except Wrong:
            read = _items(values, coerce)
        getattr(message, name).extend([x for x in read if x is not None] if skips else read)

    return put


def _items(values: list[JsonValue], coerce: Coerce) -> list[object]:
    """Once more, slowly, to name the item at fault."""
    read = []
    for index, value in enumerate(values):
        try:
            read.append(coerce(value))
        except Wrong as wrong:
            wrong.parts.append(str(index))
            raise
    return read


def _messages_setter(name: str, read: Put) -> Put:
    def put(message: Any, values: JsonValue) -> None:
        if type(values) is not list:
            raise Wrong(NOT_AN_ARRAY)
        items = getattr(message, name)
        try:
            for value in values:
                read(items.add(), value)
        except Wrong as wrong:
            wrong.parts.append(str(len(items) - 1))
            raise

    return put


Entry = tuple[str, JsonValue]
PutEntry = Callable[[Any, Entry], None]


def _map_setter(name: str, put_entry: PutEntry) -> Put:
    def put(message: Any, value: JsonValue) -> None:
        if type(value) is not dict:
            raise Wrong(NOT_AN_OBJECT)
        entries = getattr(message, name)
        for entry in value.items():
            try:
                put_entry(entries, entry)
            except Wrong as wrong:
                wrong.parts.append(entry[0])
                raise

    return put


def _message_entry(read_key: Coerce, read: Put) -> PutEntry:
    def put_entry(entries: Any, entry: Entry) -> None:
        key, value = entry
        read(entries[read_key(key)], value)

    return put_entry


def _scalar_entry(read_key: Coerce, coerce: Coerce) -> PutEntry:
    def put_entry(entries: Any, entry: Entry) -> None:
        key, value = entry
        item = coerce(value)
        if item is not None:  # None: an enum name to ignore
            entries[read_key(key)] = item

    return put_entry
