"""Walk a dotted field path, `todo.owner.id`, through descriptors; say what is wrong with it.

Why       Path variables, `body` and `response_body` name fields; boot must tell a wrong name.
Called by bff/contract/routes/http_rule.py.
Never     accepts JSON names: google.api.http speaks of fields by their proto names (BD2).
Source    googleapis/googleapis google/api/http.proto; docs/spec/transcoding.md PT7-PT9, BD2, BD5.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from google.protobuf.descriptor import Descriptor, FieldDescriptor

# Messages whose JSON form is one string, number or bool, so that a path segment can hold them.
_SCALAR_MESSAGES = frozenset(
    f"google.protobuf.{name}"
    for name in (
        "BoolValue",
        "BytesValue",
        "DoubleValue",
        "Duration",
        "FieldMask",
        "FloatValue",
        "Int32Value",
        "Int64Value",
        "StringValue",
        "Timestamp",
        "UInt32Value",
        "UInt64Value",
    )
)


def walk(message: Descriptor, path: Sequence[str]) -> tuple[FieldDescriptor, ...]:
    """The fields along a path of proto names, outermost first.

    Raises ValueError with a sentence when a name is no field, or one on the way is no message.
    """
    fields: list[FieldDescriptor] = []
    for name in path:
        if fields:
            message = _inside(fields[-1])
        fields.append(_field(message, name))
    return tuple(fields)


def path_misfit(field: FieldDescriptor) -> str:
    """What keeps a field's value out of one path variable; "" for nothing (PT8)."""
    if is_map(field):
        return "is a map"
    if field.is_repeated:
        return "is repeated"
    inner = field.message_type
    if inner is not None and inner.full_name not in _SCALAR_MESSAGES:
        return f"is a message, {inner.full_name}"
    return ""


def is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _field(message: Descriptor, name: str) -> FieldDescriptor:
    field = message.fields_by_name.get(name)
    if field is None:
        near = _nearest(message, name)
        hint = f"; did you mean `{near}`?" if near else ""
        raise ValueError(f"{message.full_name} has no field `{name}`{hint}")
    return field


def _nearest(message: Descriptor, name: str) -> str:
    """The field whose JSON name this is, else the one that is spelled most like it, else ""."""
    names = [field.name for field in message.fields]
    in_json = [field.name for field in message.fields if field.json_name == name]
    return next(iter(in_json or get_close_matches(name, names, n=1)), "")


def _inside(field: FieldDescriptor) -> Descriptor:
    inner = field.message_type
    if inner is None:
        raise ValueError(f"`{field.full_name}` is a scalar; a path ends there")
    if field.is_repeated:
        raise ValueError(f"`{field.full_name}` is repeated; a path can't lead through it")
    return inner
