"""Made-up messages, ours against json_format, both ways: the two must mean the same."""

import json
import math
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bff.contract.codec import Codec
from bff.contract.codec.known import is_map
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import parse

OPEN: dict[str, Any] = {"nonfinite": True, "any": True, "nul": True, "open_enums": True}
ROOTS = ["rich.v1.Everything", "old.v1.Old", "edition.v1.Mixed"]
MASK_PATH = st.from_regex(r"[a-z]{1,3}(_[a-z]{1,3})?(\.[a-z]{1,3})?", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
    # json_format writes the greatest floats rounded up, and then refuses to read what it wrote
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32).filter(
        lambda number: not 3.4e38 < abs(number) < math.inf
    ),
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
}


def scalars(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.enum_type is not None:
        known = st.sampled_from([value.number for value in field.enum_type.values])
        is_null = field.enum_type.full_name == "google.protobuf.NullValue"
        return known if field.enum_type.is_closed or is_null else known | st.integers(0, 100)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return st.binary(max_size=8) if field.type == FieldDescriptor.TYPE_BYTES else TEXT
    return SCALARS[field.cpp_type]


def fill_randomly(draw: Any, message: Any, depth: int) -> None:
    """Some fields of any message; the well-known ones only with what has a JSON form."""
    descriptor: Descriptor = message.DESCRIPTOR
    match descriptor.full_name:
        case "google.protobuf.Timestamp":
            message.seconds = draw(st.integers(-62135596800, 253402300799))
            message.nanos = draw(st.integers(0, 999_999_999) | st.just(500_000_000) | st.just(0))
        case "google.protobuf.Duration":
            sign = draw(st.sampled_from([-1, 1]))
            message.seconds = sign * draw(st.integers(0, 315_576_000_000))
            message.nanos = sign * draw(st.integers(0, 999_999_999) | st.just(0))
        case "google.protobuf.FieldMask":
            message.paths.extend(draw(st.lists(MASK_PATH, max_size=3)))
        case "google.protobuf.Value":
            fill_value(draw, message, depth)
        case "google.protobuf.Any":
            pass
        case _:
            for field in descriptor.fields:
                if draw(st.integers(0, 2)) == 0:
                    fill_field(draw, message, field, depth=depth)


def fill_value(draw: Any, message: Any, depth: int) -> None:
    kind = draw(st.sampled_from(["null", "number", "string", "bool", "struct", "list"]))
    if kind == "number":
        message.number_value = draw(st.floats(allow_nan=False, allow_infinity=False))
    elif kind == "string":
        message.string_value = draw(TEXT)
    elif kind == "bool":
        message.bool_value = draw(st.booleans())
    elif kind in ("struct", "list") and depth:
        part = getattr(message, f"{kind}_value")
        part.SetInParent()
        fill_randomly(draw, part, depth - 1)
    else:
        message.null_value = 0


def fill_field(draw: Any, message: Any, field: FieldDescriptor, *, depth: int) -> None:
    if is_map(field):
        fill_map(draw, getattr(message, field.name), field, depth=depth)
    elif field.message_type is not None:
        for _ in range(draw(st.integers(0, 2)) if field.is_repeated else 1):
            if depth:
                child = getattr(message, field.name)
                child = child.add() if field.is_repeated else child
                child.SetInParent()
                fill_randomly(draw, child, depth - 1)
    elif field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(scalars(field), max_size=3)))
    else:
        setattr(message, field.name, draw(scalars(field)))


def fill_map(draw: Any, entries: Any, field: FieldDescriptor, *, depth: int) -> None:
    assert field.message_type is not None
    key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
    for name in draw(st.lists(scalars(key), max_size=3, unique=True)):
        if value.message_type is None:
            entries[name] = draw(scalars(value))
        elif depth:
            fill_randomly(draw, entries[name], depth - 1)


def made(types: Any, root: str, data: st.DataObject) -> Any:
    message = types[root]()
    fill_randomly(data.draw, message, 4)
    return message


def wire(message: Any) -> bytes:
    return bytes(message.SerializeToString(deterministic=True))


def same_numbers(tree: Any) -> Any:
    """-0.0 apart from 0.0, which Python finds equal."""
    if isinstance(tree, float):
        return (tree, math.copysign(1, tree))
    if isinstance(tree, list):
        return [same_numbers(item) for item in tree]
    if isinstance(tree, dict):
        return {key: same_numbers(item) for key, item in tree.items()}
    return tree


many = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("emit", [False, True])
@pytest.mark.parametrize("proto_names", [False, True])
@many
@given(data=st.data())
def test_we_write_what_json_format_writes(
    types: Any, root: str, emit: bool, proto_names: bool, data: st.DataObject
) -> None:
    message = made(types, root, data)
    codec = Codec(
        JsonOptions(
            defaults="emit" if emit else "omit", json_names="proto" if proto_names else "camel"
        )
    )
    theirs = json_format.MessageToDict(
        message,
        always_print_fields_with_no_presence=emit,
        preserving_proto_field_name=proto_names,
    )

    assert same_numbers(theirs) == same_numbers(json.loads(codec.write(message)))


@pytest.mark.parametrize("root", ROOTS)
@many
@given(data=st.data())
def test_we_read_what_json_format_writes(types: Any, root: str, data: st.DataObject) -> None:
    text = json_format.MessageToJson(made(types, root, data))
    theirs, ours = types[root](), types[root]()
    json_format.Parse(text, theirs)
    Codec(JsonOptions(**OPEN)).fill(ours, parse(text.encode()))

    assert wire(theirs) == wire(ours)


OPTIONS = st.builds(
    JsonOptions,
    json_names=st.sampled_from(["camel", "proto"]),
    defaults=st.sampled_from(["emit", "omit"]),
    int64=st.sampled_from(["string", "number"]),
    enums=st.sampled_from(["name", "number", "short"]),
    unknown_fields=st.sampled_from(["reject", "ignore"]),
    **{name: st.just(True) for name in OPEN},
)


@pytest.mark.parametrize("root", ROOTS)
@many
@given(data=st.data(), options=OPTIONS)
def test_we_read_back_what_we_write_under_any_options(
    types: Any, root: str, data: st.DataObject, options: JsonOptions
) -> None:
    """Not the message, but its JSON: NaN has many bit patterns, and JSON knows one."""
    message = made(types, root, data)
    codec = Codec(options)
    once, twice = types[root](), codec.write(message)
    codec.fill(once, parse(twice))

    assert twice == codec.write(once)
