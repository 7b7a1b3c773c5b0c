"""What REQUIRED adds to the schema of a request's field: a value that says something.

Why       Without presence an empty string is the same as a missing one, so it is refused as well,
          and a document that allowed it would promise what `request/required.py` takes back.
Called by messages.py.
Never     asks for more than 0 or false of a number or a bool: those are values.
Source    AIP-203; docs/spec/bad-input.md row 83.
"""

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from bff.contract.codec.enums import NULL_VALUE, written_names
from bff.contract.schema.described import Schema, Side

_TEXTS = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES})


def filled(schema: Schema, field: FieldDescriptor, side: Side) -> Schema:
    """The schema of a field's value without the values that count as missing.

    A REQUIRED string gets `minLength: 1`, a list `minItems: 1`; an `optional` is there or not.
    """
    if field.has_presence:
        return schema
    if field.is_repeated:
        return {**schema, "minProperties" if schema["type"] == "object" else "minItems": 1}
    if field.type in _TEXTS:
        return {**schema, "minLength": 1}
    enum = field.enum_type
    if enum is None or enum.full_name == NULL_VALUE:
        return schema
    return {**schema, "not": {"enum": _unspecified(enum, side)}}


def _unspecified(enum: EnumDescriptor, side: Side) -> list[str | int]:
    """How 0 is spelled: by its number, and by its name where names are written."""
    return sorted({0, written_names(enum, side.options)[0]}, key=str)
