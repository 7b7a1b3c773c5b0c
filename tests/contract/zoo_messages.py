"""Random messages of any type, within what ProtoJSON can write.

Called by the oracle tests of contract/schema.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

Inner = Callable[[FieldDescriptor], Message | None]


def scalars(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    kinds: dict[int, st.SearchStrategy[Any]] = {
        FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
        FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
        FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
        FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
        FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
        FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
        FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
        FieldDescriptor.CPPTYPE_ENUM: st.integers(0, 5),
        FieldDescriptor.CPPTYPE_STRING: st.binary(max_size=8)
        if field.type == FieldDescriptor.TYPE_BYTES
        else st.text(max_size=8),
    }
    return kinds[field.cpp_type]


@st.composite
def filled(
    draw: st.DrawFn, message: Message, depth: int = 2, skip: frozenset[str] = frozenset()
) -> Message:
    """A message with random fields set, well-known types within their legal ranges."""
    if draw_special(draw, message):
        return message

    def inner(held: FieldDescriptor) -> Message | None:
        made = GetMessageClass(held.message_type)()
        return draw(filled(made, depth - 1, skip)) if depth else None

    for field in message.DESCRIPTOR.fields:
        if field.name not in skip and draw(st.booleans()):
            fill(draw, message, field, inner)
    return message


def draw_special(draw: st.DrawFn, message: Message) -> bool:
    name = message.DESCRIPTOR.full_name.removeprefix("google.protobuf.")
    if name == "Timestamp":
        message.seconds, message.nanos = draw(st.integers(-62135596800, 253402300799)), draw(nanos)
    elif name == "Duration":
        message.seconds, message.nanos = draw(st.integers(0, 315576000000 - 1)), draw(nanos)
    elif name == "FieldMask":
        message.paths.extend(draw(st.lists(st.sampled_from(["display_name", "young.i64"]))))
    elif name in ("Struct", "Value", "ListValue"):
        json_format.ParseDict(draw(JSON[name]), message)
    elif name == "Any":
        message.Pack(type(message)())
    else:
        return False
    return True


nanos = st.sampled_from([0, 1, 1000, 500_000_000, 999_999_999])
texts = st.text(max_size=4)
values = st.none() | st.booleans() | texts | st.floats(-1e9, 1e9) | st.lists(texts, max_size=2)
JSON = {
    "Struct": st.dictionaries(texts, values, max_size=3),
    "Value": values,
    "ListValue": st.lists(values, max_size=3),
}


def fill(draw: st.DrawFn, message: Message, field: FieldDescriptor, inner: Inner) -> None:
    target = getattr(message, field.name)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
        if value.message_type is None:
            target[draw(scalars(key))] = draw(scalars(value))
        elif (made := inner(value)) is not None:
            target[draw(scalars(key))].CopyFrom(made)
    elif field.message_type is not None:
        if (made := inner(field)) is not None:
            target.append(made) if field.is_repeated else target.CopyFrom(made)
    elif field.is_repeated:
        target.extend(draw(st.lists(scalars(field), max_size=3)))
    else:
        setattr(message, field.name, draw(scalars(field)))
