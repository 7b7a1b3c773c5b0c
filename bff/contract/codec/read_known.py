"""JSON values into the well-known messages that are not objects of their fields.

Shape     read(message, value) fills a message of that type, or raises Wrong.
Called by readers.
Source    docs/spec/transcoding.md PJ12-PJ14; docs/spec/bad-input.md rows 78-83.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor

from bff.contract.codec import known
from bff.contract.codec.known import wrapped
from bff.contract.codec.mask_text import field_mask
from bff.contract.codec.numbers import value_number
from bff.contract.codec.read_fields import Put
from bff.contract.codec.scalars import scalar_reader
from bff.contract.codec.time_text import duration, timestamp
from bff.contract.codec.wrong import NOT_AN_ARRAY, NOT_AN_OBJECT, Wrong
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import JsonValue


def known_reader(descriptor: Descriptor, options: JsonOptions) -> Put | None:
    """The reader of a well-known type but Any; None for every other message."""
    if descriptor.full_name in known.WRAPPERS:
        return _wrapper_reader(descriptor, options)
    if descriptor.full_name in (known.VALUE, known.STRUCT, known.LIST_VALUE):
        return _value_readers(nul=options.nul)[descriptor.full_name]
    return _TEXTS.get(descriptor.full_name)


def _wrapper_reader(descriptor: Descriptor, options: JsonOptions) -> Put:
    coerce = scalar_reader(wrapped(descriptor), options)

    def read(message: Any, value: JsonValue) -> None:
        message.value = coerce(value)

    return read


def _read_timestamp(message: Any, value: JsonValue) -> None:
    message.seconds, message.nanos = timestamp(value if type(value) is str else "")


def _read_duration(message: Any, value: JsonValue) -> None:
    message.seconds, message.nanos = duration(value if type(value) is str else "")


def _read_field_mask(message: Any, value: JsonValue) -> None:
    message.paths.extend(field_mask(value if type(value) is str else "?"))


_TEXTS: Mapping[str, Put] = {
    known.TIMESTAMP: _read_timestamp,
    known.DURATION: _read_duration,
    known.FIELD_MASK: _read_field_mask,
}


def _value_readers(*, nul: bool) -> dict[str, Put]:
    """Value, Struct and ListValue, which hold each other."""

    def read_value(message: Any, value: JsonValue) -> None:
        if type(value) is str:
            message.string_value = _checked(value)
        elif value is None:
            message.null_value = 0
        elif type(value) is bool:
            message.bool_value = value
        elif type(value) is dict:
            message.struct_value.SetInParent()
            read_struct(message.struct_value, value)
        elif type(value) is list:
            message.list_value.SetInParent()
            read_list(message.list_value, value)
        elif isinstance(value, int | float):
            message.number_value = value_number(value)

    def read_struct(message: Any, value: JsonValue) -> None:
        if type(value) is not dict:
            raise Wrong(NOT_AN_OBJECT)
        fields, key = message.fields, ""
        try:
            for key, item in value.items():
                read_value(fields[_checked(key)], item)
        except Wrong as wrong:
            wrong.parts.append(key)
            raise

    def read_list(message: Any, value: JsonValue) -> None:
        if type(value) is not list:
            raise Wrong(NOT_AN_ARRAY)
        values = message.values
        try:
            for item in value:
                read_value(values.add(), item)
        except Wrong as wrong:
            wrong.parts.append(str(len(values) - 1))
            raise

    def _checked(text: str) -> str:
        if "\0" in text and not nul:
            raise Wrong("send a string without NUL characters")
        return text

    return {known.VALUE: read_value, known.STRUCT: read_struct, known.LIST_VALUE: read_list}
