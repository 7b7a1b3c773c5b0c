"""The native reader against the pure one: the same message, or it declines and the pure one reads.

Every type of the demo, of the zoo and of the codec's own protos; texts made from messages, then
spoilt in their members, their scalars and their bytes.
"""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bff.contract.codec import Codec, known
from bff.contract.json_options import JsonOptions
from tests.contract import zoo
from tests.contract.codec.engines import needs_native
from tests.contract.codec.native_reading import (
    agree,
    held,
    native,
    plan_of,
    pure,
    spoil,
    spoil_text,
    text_of,
    tree_of,
)
from tests.contract.codec.test_differential import OPEN, ROOTS, fill_randomly

pytestmark = needs_native

DESCRIPTORS = Path(__file__).parents[3] / "generated" / "descriptors.binpb"
ZOO = ["Animal", "Flat", "Same", "Upload", "Rename", "House"]
WIDE = JsonOptions(**OPEN)
READING = st.builds(
    JsonOptions,
    defaults=st.sampled_from(["emit", "omit"]),
    enums=st.sampled_from(["name", "number", "short"]),
    unknown_fields=st.sampled_from(["reject", "ignore"]),
    enum_case=st.sampled_from(["exact", "any"]),
    **{name: st.booleans() for name in (*OPEN, "exponents")},
)
many = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
few = settings(many, max_examples=25)


@cache
def demo_types() -> list[Any]:
    """Every message of the demo's services, but map entries."""
    pool, found = DescriptorPool(), []
    files = FileDescriptorSet.FromString(DESCRIPTORS.read_bytes()).file
    for file in files:
        pool.Add(file)
    for file in files:
        types = list(pool.FindFileByName(file.name).message_types_by_name.values())
        while types:
            one = types.pop()
            types.extend(one.nested_types)
            if one.file.package.split(".")[0] != "google" and not one.GetOptions().map_entry:
                found.append(GetMessageClass(one))
    return found


@cache
def zoo_types() -> list[Any]:
    return [GetMessageClass(zoo.message(name)) for name in ZOO]


def own_types(types: Any) -> list[Any]:
    wrappers = sorted(known.WELL_KNOWN - {known.ANY})
    return [types[name] for name in (*ROOTS, "rich.v1.Tree", "rich.v1.Choice", *wrappers)]


def made(kind: Any, data: st.DataObject, options: JsonOptions = WIDE) -> bytes:
    """The JSON of a random message of that type; Any, which is declined, stays unset."""
    message = kind()
    fill_randomly(data.draw, message, 3)
    text = Codec(options).write(message)
    assume(b'"any":{}' not in text)
    return text


def any_type(types: Any, data: st.DataObject) -> Any:
    return data.draw(st.sampled_from(own_types(types) + zoo_types() + demo_types()))


@pytest.mark.parametrize("root", ROOTS)
@many
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_what_we_write_is_read_natively(types, root, data, random: Random):
    """Ordinary documents are never declined, in whatever spelling of JSON."""
    text = made(types[root], data)

    assert agree(types[root], text, WIDE)
    assert agree(types[root], text_of(tree_of(text), random).encode(), WIDE)


@few
@given(data=st.data())
def test_what_we_write_of_any_demo_type_is_read_natively(types, data):
    kind = data.draw(st.sampled_from(demo_types() + zoo_types()))

    text = made(kind, data)
    assert agree(kind, text, WIDE) or b'"extensions":[{' in text  # HttpBody's: Any is declined


@many
@given(data=st.data(), random=st.randoms(use_true_random=False), options=READING)
def test_spoilt_documents_mean_the_same_or_are_declined(types, data, random: Random, options):
    kind = any_type(types, data)
    tree = tree_of(made(kind, data))
    for _ in range(20):
        spoil(tree, random)
        agree(kind, text_of(tree, random).encode("utf-8", "surrogatepass"), options)


@many
@given(data=st.data(), random=st.randoms(use_true_random=False), options=READING)
def test_spoilt_bytes_mean_the_same_or_are_declined(types, data, random: Random, options):
    kind = any_type(types, data)
    text = made(kind, data)
    for _ in range(20):
        agree(kind, spoil_text(text, random), options)


@few
@given(data=st.data())
def test_no_beginning_of_a_document_is_a_document(types, data):
    kind = types["rich.v1.Everything"]
    text = made(kind, data).rstrip()

    assert {None} == {native(kind, text[:end], WIDE) for end in range(len(text))}


@many
@given(text=st.binary(max_size=64) | st.text(max_size=32).map(lambda text: text.encode()))
def test_any_bytes_mean_the_same_or_are_declined(types, text):
    for name in (known.VALUE, known.STRUCT, "rich.v1.Maps", "rich.v1.Scalars"):
        agree(types[name], text, JsonOptions(unknown_fields="ignore"))


@few
@given(data=st.data(), random=st.randoms(use_true_random=False), options=READING)
def test_one_field_alone_means_the_same_or_is_declined(types, data, random: Random, options):
    """body: "field", whose JSON is that of the field."""
    kind = types[data.draw(st.sampled_from(ROOTS))]
    plan, index = plan_of(kind, options)
    for name, value in tree_of(made(kind, data)):
        field = kind.DESCRIPTOR.fields_by_camelcase_name[name]
        tree = [value]
        if random.random() < 0.7:
            spoil(tree, random)
        text = text_of(tree[0] if tree else None, random).encode("utf-8", "surrogatepass")
        wire = plan.read_field(index, field.number, text)
        if wire is not None:
            assert pure(kind, b'{"%s":%s}' % (name.encode(), text), options) == held(
                kind.FromString(wire)
            )
