"""Wire as any service may send it, by hand: the native engine reads it as upb does, or declines.

What a test calls ordinary is answered; the rest may be declined, and never read otherwise.
"""

from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.contract.json_options import JsonOptions
from tests.contract.codec.engines import Engines, needs_native
from tests.contract.codec.test_differential import ROOTS, made, many
from tests.contract.codec.wires import block, group, nested, number, parts, tag, varint

pytestmark = needs_native
OMIT = JsonOptions(defaults="omit")
INNER = number(1, 5) + block(2, "a")  # of Optionals


ORDINARY: dict[str, tuple[str, bytes, bytes]] = {
    "a list in parts": (
        "Lists",
        block(5, "a") + number(1, 1) + block(5, "b") + number(1, 2) + block(5),
        b'{"i32":[1,2],"aString":["a","b",""]}',
    ),
    "packed and not packed": (
        "Lists",
        number(1, 1) + block(1, varint(2) + varint(-3)) + number(1, 4) + block(1),
        b'{"i32":[1,2,-3,4]}',
    ),
    "a packed list of nothing is no list": ("Lists", block(1) + block(3), b"{}"),
    "messages in pieces are merged": (
        "Optionals",
        block(5, number(1, 1)) + number(1, 7) + block(5, block(14, "x") + number(1, 2)),
        b'{"i32":7,"child":{"i32":2,"aString":"x"}}',
    ),
    "the last scalar counts": (
        "Scalars",
        number(1, 1) + block(14, "a") + number(1, 2) + block(14, "b"),
        b'{"i32":2,"aString":"b"}',
    ),
    "the last may be nothing": ("Scalars", number(1, 1) + number(1, 0), b"{}"),
    "the last arm of a oneof counts": (
        "Choice",
        block(1, "a") + number(2, 3) + block(7, "b") + block(3, INNER),
        b'{"child":{"i32":5,"aString":"a"},"beside":"b"}',
    ),
    "an arm that comes back begins anew": (
        "Choice",
        block(3, number(1, 5)) + number(2, 3) + block(3, block(2, "a")),
        b'{"child":{"aString":"a"}}',
    ),
    "an arm that stays is merged": (
        "Choice",
        block(3, number(1, 5)) + block(3, block(2, "a")),
        b'{"child":{"i32":5,"aString":"a"}}',
    ),
    "the last of equal keys counts, and keys are sorted": (
        "Maps",
        block(1, block(1, "b") + block(2, "1"))
        + block(1, block(1, "a") + block(2, "2"))
        + block(1, block(1, "b") + block(2, "3")),
        b'{"texts":{"a":"2","b":"3"}}',
    ),
    "an entry in any order, with parts missing or doubled": (
        "Maps",
        block(1, block(2, "v") + block(1, "k"))
        + block(1)
        + block(6, block(1, "m") + block(2, number(1, 1)) + block(2, block(2, "x")))
        + block(6, block(1, "n")),
        b'{"texts":{"":"","k":"v"},"children":{"m":{"i32":1,"aString":"x"},"n":{}}}',
    ),
    "number keys are sorted by number": (
        "Maps",
        b"".join(block(2, number(1, key)) for key in (10, -1, 9)),
        b'{"i32":{"-1":0,"9":0,"10":0}}',
    ),
    "unknown fields are skipped": (
        "Optionals",
        number(90, 1) + block(91, "x") + group(92, group(93, number(1, 1))) + number(1, 3)
        + tag(94, 1) + b"12345678" + tag(95, 5) + b"1234",
        b'{"i32":3}',
    ),
    "a field of another wire type is unknown": (
        "Optionals", block(1, "x") + number(2, 1) + number(5, 1) + group(5), b"{}",
    ),
    "over-long varints": (
        "Scalars",
        number(1, 1, least_bytes=9) + number(13, 2**63)
        + number(3, 2**32 + 7) + number(5, 2**32 + 1),
        b'{"i32":1,"u32":7,"s32":-1,"aBool":true}',
    ),
    "an open enum keeps a number that it does not name": (
        "Scalars", number(16, -1), b'{"color":-1}',
    ),
    "Struct and Value in pieces": (
        "Known",
        block(4, block(1, block(1, "b") + block(2, block(6, block(1, number(4, 1))))))
        + block(4, block(1, block(1, "a") + block(2, number(1, 0)))),
        b'{"struct":{"a":null,"b":[true]}}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_wire_is_answered(types: Any, name: str) -> None:
    kind, wire, expected = ORDINARY[name]
    engines = Engines(types[f"rich.v1.{kind}"], OMIT)

    assert expected == engines.native(wire)
    assert expected == engines.pure(wire)


OLD: dict[str, tuple[str, bytes, bytes]] = {
    "a closed enum's unknown number is no value": (
        "old.v1.Old", number(2, 1) + number(2, 9), b'{"closed":"CLOSED_ONE"}',
    ),
    "... nor one of a list": (
        "old.v1.Old",
        number(3, 9) + block(3, varint(1) + varint(8) + varint(2)),
        b'{"many":["CLOSED_ONE","CLOSED_TWO"]}',
    ),
    "... even if nothing is left": ("old.v1.Old", block(3, varint(8)), b"{}"),
    "groups": (
        "old.v1.Old", group(4, block(1, "a")) + number(1, 0), b'{"number":0,"data":{"text":"a"}}',
    ),
    "groups in pieces": (
        "old.v1.Old", group(4, block(1, "a")) + group(4), b'{"data":{"text":"a"}}',
    ),
    "delimited messages inside of each other": (
        "edition.v1.Mixed",
        group(4, group(4, block(1, "a")) + number(3, 1)),
        b'{"delimited":{"closed":"CLOSED_ONE","delimited":{"explicit":"a"}}}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OLD)
def test_what_only_proto2_and_editions_have_is_answered(types: Any, name: str) -> None:
    kind, wire, expected = OLD[name]
    engines = Engines(types[kind], OMIT)

    assert expected == engines.native(wire)
    assert expected == engines.pure(wire)


REFUSED: dict[str, tuple[str, bytes]] = {
    "field number 0": ("Scalars", b"\0\0"),
    "wire type 6": ("Scalars", b"\x0e"),
    "wire type 7, in a field that is not known": ("Scalars", tag(90, 7)),
    "an end of no group": ("Scalars", tag(1, 4)),
    "a group that does not end": ("Scalars", tag(90, 3) + number(1, 1)),
    "a group that another's end ends": ("Scalars", tag(90, 3) + tag(91, 4)),
    "a varint of eleven bytes": ("Scalars", tag(1, 0) + b"\x80" * 10 + b"\1"),
    "a tag of six bytes": ("Scalars", b"\x88\x80\x80\x80\x80\x00\x01"),
    "a length beyond the end": ("Scalars", tag(14, 2) + b"\x05abcd"),
    "a length of 2^63": ("Scalars", tag(14, 2) + varint(2**63)),
    "half a packed double": ("Lists", block(3, b"1234")),
    "bad UTF-8": ("Scalars", block(14, b"\xff")),
    "a surrogate in UTF-8": ("Scalars", block(14, b"\xed\xa0\x80")),
    "bad UTF-8 in a string that a later one replaces": (
        "Scalars", block(14, b"\xff") + block(14, b"a"),
    ),
    "bad UTF-8 in an arm that loses": ("Choice", block(1, b"\xff") + number(2, 1)),
    "... deep in it": ("Choice", block(3, block(2, b"\xff")) + number(2, 1)),
    "bad UTF-8 in a value whose key comes again": (
        "Maps", block(1, block(1, "a") + block(2, b"\xff")) + block(1, block(1, "a")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_upb_refuses_is_declined(types: Any, name: str) -> None:
    kind, wire = REFUSED[name]
    engines = Engines(types[f"rich.v1.{kind}"], OMIT)

    assert (None, None) == (engines.pure(wire), engines.native(wire))


def test_what_is_not_written_must_be_sound_all_the_same(types: Any) -> None:
    hidden = frozenset({"rich.v1.Optionals.child", "rich.v1.Optionals.a_string"})
    engines = Engines(types.Optionals, JsonOptions(defaults="omit", omit_sensitive=hidden))
    sound = number(1, 1) + block(2, "a") + block(5, block(14, "b"))

    assert b'{"i32":1}' == engines.native(sound) == engines.pure(sound)
    for wire in (block(2, b"\xff"), block(5, block(14, b"\xff")), block(5, b"\x08")):
        assert (None, None) == (engines.pure(wire), engines.native(wire))


def test_messages_go_as_deep_as_upb_lets_them(types: Any) -> None:
    engines = Engines(types.Tree, OMIT)

    assert engines.pure(nested(2, 100)) == engines.native(nested(2, 100))
    assert (None, None) == (engines.pure(nested(2, 101)), engines.native(nested(2, 101)))


def test_groups_in_groups_are_left_to_the_pure_engine_beyond_eight(types: Any) -> None:
    """Each is looked through once more for every one around it."""
    engines = Engines(types["edition.v1.Mixed"], OMIT)
    eight = deep = b""
    for _ in range(8):
        eight = group(4, eight)
    for _ in range(99):
        deep = group(4, deep)

    assert engines.pure(eight) == engines.native(eight)
    assert engines.pure(deep) is not None
    assert engines.native(deep) is None


def test_extensions_and_any_are_left_to_the_pure_engine(types: Any) -> None:
    old = block(100, "a")
    assert b'{"[old.v1.note]":"a"}' == Engines(types["old.v1.Old"], OMIT).pure(old)
    assert Engines(types["old.v1.Old"], OMIT).native(old) is None
    assert b'{"any":{}}' == Engines(types.Known, OMIT).pure(block(14))
    assert Engines(types.Known, OMIT).native(block(14)) is None


def test_a_map_of_a_closed_enum_loses_entries_that_it_does_not_name() -> None:
    engines = Engines(shop_type(), OMIT)
    known, unknown, odd = (
        block(1, block(1, key) + content)
        for key, content in (("a", number(2, 2)), ("b", number(2, 9)), ("c", b""))
    )

    assert b'{"kinds":{"a":"TWO"}}' == engines.pure(known) == engines.native(known)
    assert b'{"kinds":{"a":"TWO"}}' == engines.pure(known + unknown)
    assert [None, None] == [engines.native(unknown), engines.native(odd)]


def shop_type() -> type[Message]:
    """proto2: enum Two { NONE = 0; TWO = 2; } message Shop { map<string, Two> kinds = 1; }"""
    file = FileDescriptorProto(name="shop.proto", package="shop", syntax="proto2")
    two = file.enum_type.add(name="Two")
    two.value.add(name="NONE", number=0)
    two.value.add(name="TWO", number=2)
    shop = file.message_type.add(name="Shop")
    entry = shop.nested_type.add(name="KindsEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, label=1, type=9)
    entry.field.add(name="value", number=2, label=1, type=14, type_name=".shop.Two")
    shop.field.add(name="kinds", number=1, label=3, type=11, type_name=".shop.Shop.KindsEntry")
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("shop.Shop"))


def test_an_entry_that_upb_throws_away_is_declined(types: Any) -> None:
    """One with an unknown field in it."""
    wire = block(1, block(1, "a") + block(2, "b") + number(3, 1))
    engines = Engines(types.Maps, OMIT)

    assert b"{}" == engines.pure(wire)
    assert engines.native(wire) is None


@pytest.mark.parametrize("root", ROOTS)
@settings(many, max_examples=60)
@given(data=st.data())
def test_a_message_cut_off_anywhere_is_never_read_otherwise(
    types: Any, root: str, data: st.DataObject
) -> None:
    wire = made(types, root, data).SerializeToString()
    engines = Engines(types[root], OMIT)

    assert [] == [at for at in range(len(wire)) if not engines.agree(wire[:at])]


@pytest.mark.parametrize("root", ROOTS)
@settings(many, max_examples=60)
@given(data=st.data())
def test_fields_in_any_order_and_messages_merged(
    types: Any, root: str, data: st.DataObject
) -> None:
    both = made(types, root, data).SerializeToString() + made(types, root, data).SerializeToString()
    shuffled = b"".join(data.draw(st.permutations(list(parts(both)))))

    assert Engines(types[root], OMIT).agree(shuffled)


@pytest.mark.parametrize("root", ROOTS)
@settings(many, max_examples=60)
@given(data=st.data(), noise=st.binary(max_size=6))
def test_noise_inside_of_a_message_is_never_read_otherwise(
    types: Any, root: str, data: st.DataObject, noise: bytes
) -> None:
    wire = made(types, root, data).SerializeToString()
    at = data.draw(st.integers(0, len(wire)))
    gone = data.draw(st.integers(0, 3))

    assert Engines(types[root], OMIT).agree(wire[:at] + noise + wire[at + gone :])
