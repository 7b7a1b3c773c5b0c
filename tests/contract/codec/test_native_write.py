"""The native engine writes the very bytes of the pure one, and declines no ordinary message."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.contract.codec.projection import Projected, Projection, projected_message
from bff.contract.json_options import JsonOptions
from tests.contract import zoo
from tests.contract.codec.engines import Engines, needs_native
from tests.contract.codec.test_differential import ROOTS, fill_randomly, made, many

pytestmark = needs_native
DEMO = Path(__file__).parents[3] / "generated" / "descriptors.binpb"
OPTIONS = st.builds(
    JsonOptions,
    json_names=st.sampled_from(["camel", "proto"]),
    defaults=st.sampled_from(["emit", "omit"]),
    int64=st.sampled_from(["string", "number"]),
    enums=st.sampled_from(["name", "number", "short"]),
)


@cache
def demo_types() -> dict[str, Descriptor]:
    """Every message of the demo's own protos, by full name."""
    pool = DescriptorPool()
    files = FileDescriptorSet.FromString(DEMO.read_bytes()).file
    for file in files:
        pool.Add(file)
    own = [pool.FindFileByName(f.name) for f in files if not f.name.startswith("google/")]
    found = [kind for file in own for kind in file.message_types_by_name.values()]
    return {kind.full_name: kind for kind in found}


def holds_any(message: Any) -> bool:
    if message.DESCRIPTOR.full_name == "google.protobuf.Any":
        return True
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            held = field.message_type.fields_by_name["value"].message_type
            values = [] if held is None else list(value.values())
        else:
            values = list(value) if field.is_repeated else [value]
        if any(map(holds_any, values)):
            return True
    return False


@pytest.mark.parametrize("root", ROOTS)
@settings(many, max_examples=80)
@given(data=st.data(), options=OPTIONS)
def test_both_engines_write_the_same_bytes(
    types: Any, root: str, data: st.DataObject, options: JsonOptions
) -> None:
    message = made(types, root, data)
    engines = Engines(types[root], options)
    wire = message.SerializePartialToString()
    expected = None if holds_any(message) else engines.pure(wire)

    assert expected == engines.native(wire)


@pytest.mark.parametrize("name", ["Animal", "House", "Rename", "Upload"])
@settings(many, max_examples=50)
@given(data=st.data(), options=OPTIONS)
def test_the_zoo_is_written_alike(name: str, data: st.DataObject, options: JsonOptions) -> None:
    message = GetMessageClass(zoo.message(name))()
    fill_randomly(data.draw, message, 3)
    engines = Engines(type(message), options)
    wire = message.SerializePartialToString()
    expected = None if holds_any(message) else engines.pure(wire)

    assert expected == engines.native(wire)


@pytest.mark.parametrize("name", sorted(demo_types()))
@settings(many, max_examples=10)
@given(data=st.data(), options=OPTIONS)
def test_every_message_of_the_demo_is_written_alike(
    name: str, data: st.DataObject, options: JsonOptions
) -> None:
    message = GetMessageClass(demo_types()[name])()
    fill_randomly(data.draw, message, 2)
    engines = Engines(type(message), options)
    wire = message.SerializePartialToString()
    expected = None if holds_any(message) else engines.pure(wire)

    assert expected == engines.native(wire)


@st.composite
def projections(draw: st.DrawFn, descriptor: Descriptor, depth: int = 3) -> Projection:
    """Some fields in any order, each under a name of its own, some of them projected inside."""
    fields = {field.name: field for field in descriptor.fields}
    names = st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=4)
    chosen = [fields[name] for name in draw(names)] if fields else []
    shown = []
    for index, field in enumerate(chosen):
        inside = projected_message(field)
        looks_in = inside is not None and inside.fields and depth and draw(st.booleans())
        shown.append(
            Projected(
                field.name,
                f'{index}"é',
                draw(projections(inside, depth - 1)) if inside and looks_in else None,
            )
        )
    return Projection(tuple(shown))


@pytest.mark.parametrize("root", ROOTS)
@settings(many, max_examples=80)
@given(data=st.data(), options=OPTIONS)
def test_any_projection_is_written_alike(
    types: Any, root: str, data: st.DataObject, options: JsonOptions
) -> None:
    message = made(types, root, data)
    projection = data.draw(projections(message.DESCRIPTOR))
    engines = Engines(types[root], options, projection=projection)
    wire = message.SerializePartialToString()
    written = engines.native(wire)

    assert engines.pure(wire) == (engines.pure(wire) if written is None else written)
    assert written is not None or holds_any(message)


PATHS = [
    ("scalars",),
    ("scalars", "i64"),
    ("optionals", "a_string"),
    ("optionals", "child", "a_double"),
    ("lists", "child"),
    ("lists", "color"),
    ("maps", "children"),
    ("choice", "some_text"),
    ("known", "time"),
    ("known", "null"),
    ("tree", "children"),
]


@pytest.mark.parametrize("path", PATHS)
@settings(many, max_examples=30)
@given(data=st.data(), options=OPTIONS)
def test_bd12_one_field_of_an_answer_is_written_alike(
    types: Any, path: tuple[str, ...], data: st.DataObject, options: JsonOptions
) -> None:
    message = made(types, "rich.v1.Everything", data)
    engines = Engines(types.Everything, options, path)
    wire = message.SerializePartialToString()
    written = engines.native(wire)

    assert engines.pure(wire) == (engines.pure(wire) if written is None else written)
    assert written is not None or holds_any(message)


def test_hidden_and_input_only_fields_stay_inside(types: Any) -> None:
    options = JsonOptions(
        defaults="omit",
        omit_sensitive=frozenset({"rich.v1.Scalars.password_hash"}),
        omit_written=frozenset({"rich.v1.Scalars.i32"}),
    )
    wire = types.Scalars(password_hash="x", i32=1, a_string="y").SerializePartialToString()

    assert b'{"aString":"y"}' == Engines(types.Scalars, options).native(wire)


def test_what_has_no_json_form_is_left_to_the_pure_engine(types: Any) -> None:
    """PJ12, PJ13, PJ15: it words the refusal."""
    late, mask, endless = types.Known(), types.Known(), types.Known()
    late.time.seconds = 253402300800
    mask.mask.paths.append("Not_snake")
    endless.value.number_value = float("inf")
    engines = Engines(types.Known)

    wires = [one.SerializePartialToString() for one in (late, mask, endless)]
    assert [None] * 3 == [engines.pure(wire) for wire in wires]
    assert [None] * 3 == [engines.native(wire) for wire in wires]


def test_a_type_of_five_hundred_fields_is_written_in_order() -> None:
    """More fields than a word has bits, declared from the last number to the first."""
    file = FileDescriptorSet().file.add(name="wide.proto", package="wide", syntax="proto3")
    message = file.message_type.add(name="Wide")
    for number in range(500, 0, -1):
        message.field.add(name=f"f{number}", number=number * 3, label=1, type=5)
    pool = DescriptorPool()
    pool.Add(file)
    kind = GetMessageClass(pool.FindMessageTypeByName("wide.Wide"))
    wire = kind(f500=1, f64=2, f65=3, f1=4).SerializePartialToString()

    for defaults in ("emit", "omit"):
        engines = Engines(kind, JsonOptions(defaults=defaults))
        assert engines.pure(wire) == engines.native(wire)
