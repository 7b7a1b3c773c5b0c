"""JSON Schema of messages: which keys an object has, which are always there, which exclude others.

Why       "Always there" must mean just that. With `defaults = "emit"` a field without presence is
          always written, so answers require it; messages, `optional`s and oneofs may be missing.
          In requests only `field_behavior = REQUIRED` (and proto2 `required`) is a promise, and an
          empty value breaks it just as a missing one does.
Called by schemas.py.
Source    docs/spec/transcoding.md PJ8 to PJ11, OA3, OA4; AIP-203.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor

from bff.contract.codec.enums import NULL_VALUE
from bff.contract.schema.described import Schema, Side, described
from bff.contract.schema.presence import filled
from bff.contract.schema.scalars import map_key, scalar
from bff.contract.schema.well_known import ANY, VALUE, WRAPPERS, well_known

Paths = frozenset[tuple[str, ...]]


def object_schema(message: Descriptor, side: Side, bound: Paths = frozenset()) -> Schema:
    """A message that is written field by field.

    bound  paths of fields (proto names) that the URL gives: they have no place in the body
    """
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for field in fields_of(message, side):
        tails = frozenset(path[1:] for path in bound if path[:1] == (field.name,))
        if () in tails:
            continue
        name = side.name(field)
        properties[name] = property_schema(field, side, tails)
        # The URL makes the message that it writes into, so what that requires must come along.
        if always_there(field, side) or (tails and "required" in properties[name]):
            required.append(name)
    schema: dict[str, object] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    if not side.writing and side.options.unknown_fields == "reject":
        schema["additionalProperties"] = False
    names = {field.name: side.name(field) for field in fields_of(message, side)}
    return described({**schema, **oneof_guard(message, names)}, side.describe(message))


def fields_of(message: Descriptor, side: Side) -> Iterator[FieldDescriptor]:
    """The fields that this side may carry, in the order of the proto."""
    for field in message.fields:
        refused = not side.writing and not side.options.any and _element(field) == ANY
        if side.shows(field) and not refused:
            yield field


def field_schema(field: FieldDescriptor, side: Side) -> Schema:
    """The value of a field: a map, a list, or one value."""
    if is_map(field):
        schema = _map_schema(field, side.items or side)
    elif field.is_repeated:
        schema = {"type": "array", "items": value_schema(field, side.items or side)}
    else:
        schema = value_schema(field, side)
    asked_for = not side.writing and "REQUIRED" in side.describe(field).behaviors
    return filled(schema, field, side) if asked_for else schema


def value_schema(field: FieldDescriptor, side: Side) -> Schema:
    """One value of a field, whether repeated or not."""
    if field.message_type is not None:
        return message_schema(field.message_type, side)
    if field.enum_type is not None:
        null = field.enum_type.full_name == NULL_VALUE
        return {"type": "null"} if null else side.refer(field.enum_type)
    return scalar(field, side.options, writing=side.writing)


def message_schema(message: Descriptor, side: Side) -> Schema:
    """A well-known type in place, any other message by reference."""
    special = well_known(message, side.options, writing=side.writing)
    return side.refer(message) if special is None else special


def nullable(schema: Schema) -> Schema:
    """The same, or null.

    >>> nullable({"type": "string", "format": "byte"})
    {'type': ['string', 'null'], 'format': 'byte'}
    """
    kind = schema.get("type")
    if isinstance(kind, str) and kind != "null" and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    choices = schema.get("anyOf")
    if isinstance(choices, list):
        return {**schema, "anyOf": [*choices, {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a proto `map`."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _map_schema(field: FieldDescriptor, side: Side) -> Schema:
    entry = _message_of(field).fields_by_name
    schema = {"type": "object", "additionalProperties": value_schema(entry["value"], side)}
    keys = map_key(entry["key"])
    return schema if keys is None else {**schema, "propertyNames": keys}


def property_schema(field: FieldDescriptor, side: Side, bound: Paths = frozenset()) -> Schema:
    """The value of a member and what is said of it; `bound` as object_schema has it."""
    note = side.describe(field)
    schema = object_schema(_message_of(field), side, bound) if bound else field_schema(field, side)
    if not bound and _may_be_null(field, side):
        schema = nullable(schema)
    flags: dict[str, object] = {}
    if "OUTPUT_ONLY" in note.behaviors:
        flags["readOnly"] = True
    if "INPUT_ONLY" in note.behaviors:
        flags["writeOnly"] = True
    return described({**schema, **flags}, note)


def _may_be_null(field: FieldDescriptor, side: Side) -> bool:
    """null unsets what can be unset, as PATCH needs (PJ10, PA5); wrappers are nullable scalars."""
    element = _element(field)
    if not field.has_presence or element in (VALUE, NULL_VALUE):
        return False
    if side.writing:
        return element in WRAPPERS
    asked_for = always_there(field, side) or "REQUIRED" in side.describe(field).behaviors
    return not asked_for and (element in WRAPPERS or not _oneof_of(field))


def always_there(field: FieldDescriptor, side: Side) -> bool:
    """Whether the member is required: written always, or asked for in every request."""
    if side.partial and not field.is_required:
        return False
    if field.is_required:
        return True
    if not side.writing:
        return "REQUIRED" in side.describe(field).behaviors
    return side.options.defaults == "emit" and not field.has_presence


def _element(field: FieldDescriptor) -> str:
    """Full name of the message or enum that a field, list or map holds; "" for a scalar."""
    if is_map(field):
        return _element(_message_of(field).fields_by_name["value"])
    kind = field.message_type or field.enum_type
    return kind.full_name if kind is not None else ""


def _message_of(field: FieldDescriptor) -> Descriptor:
    return cast("Descriptor", field.message_type)


def _oneof_of(field: FieldDescriptor) -> OneofDescriptor | None:
    """The oneof as written in the proto; `optional` has one of its own inside, which is none."""
    oneof = field.containing_oneof
    return oneof if oneof is not None and len(oneof.fields) > 1 else None


def oneof_guard(message: Descriptor, names: Mapping[str, str]) -> Schema:
    """No two members of a oneof together.

    `not` and `required` instead of `oneOf`: generators of clients ignore it and give one plain
    type, where a `oneOf` would give a union per combination; generators of test data need no second
    schema for it.

    names  of the fields that are shown: proto name to member
    """
    pairs = [
        {"required": [one, other]}
        for oneof in message.oneofs
        for one, other in combinations(
            [names[field.name] for field in oneof.fields if field.name in names], 2
        )
    ]
    if not pairs:
        return {}
    return {"not": pairs[0] if len(pairs) == 1 else {"anyOf": pairs}}
