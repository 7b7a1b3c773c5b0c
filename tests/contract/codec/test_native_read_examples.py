"""What the native reader must not leave to the pure one, what it must, and what both refuse."""

from typing import Any

import pytest

from bff.contract.json_options import JsonLimits, JsonOptions
from tests.contract.codec.engines import needs_native
from tests.contract.codec.native_reading import (
    agree,
    held,
    native,
    plan_of,
    pure,
)

pytestmark = needs_native

LENIENT = JsonOptions(unknown_fields="ignore")
OPEN = JsonOptions(nonfinite=True, nul=True, open_enums=True)
CLOSED = JsonOptions(nonfinite=False, any=False, open_enums=False)


@pytest.mark.parametrize(
    "name, text",
    [
        ("Scalars", "{}"),
        ("Scalars", ' \t\r\n{ "i32" : 1 } \n'),
        ("Scalars", '{"i32":-2147483648,"u32":4294967295,"s32":2147483647,"f32":7,"sf32":-1}'),
        ("Scalars", '{"i64":"-9223372036854775808","u64":"18446744073709551615","s64":"-1"}'),
        ("Scalars", '{"i64":9223372036854775807,"u64":18446744073709551615,"f64":1,"sf64":-1}'),
        ("Scalars", '{"i32":-0,"i64":"-0","u32":"0","aDouble":-0,"aFloat":-0.0}'),
        ("Scalars", '{"aDouble":1.7976931348623157e308,"aFloat":3.4028235e38}'),
        ("Scalars", '{"aDouble":"-0","aFloat":"1.5e-45"}'),
        ("Scalars", '{"aDouble":5e-324,"aFloat":1e-400}'),
        ("Scalars", '{"aDouble":0.1000000000000000055511151231257827021181583404541015625}'),
        ("Scalars", '{"aDouble":9007199254740993,"aFloat":16777217}'),
        ("Scalars", '{"aBool":true,"aString":"a\\u00e9\\ud83d\\ude00\\n\\/é😀","class":""}'),
        ("Scalars", '{"aBytes":"-_8=","@id":"x","HasField":"y"}'),
        ("Scalars", '{"a_bytes":"QUJD","renamed":"x","i_32":null}'.replace("i_32", "i32")),
        ("Scalars", '{"color":"COLOR_CRIMSON"}'),
        ("Scalars", '{"color":3}'),
        ("Scalars", '{"i32":null,"aString":null,"color":null}'),
        ("Optionals", '{"i32":0,"aString":"","color":0,"aDouble":0,"child":{}}'),
        ("Optionals", '{"child":null}'),
        ("Lists", '{"i32":[],"i64":["1",2],"aDouble":[1,"2",-0.0],"aString":[""],"aBytes":["QQ"]}'),
        ("Lists", '{"color":["COLOR_RED",0],"child":[{},{"i32":1}],"value":[null,1,[null]]}'),
        ("Lists", '{"i32":null,"child":null}'),
        ("Maps", '{"texts":{"":"","a":"b"},"i32":{"-1":2,"0":0},"bools":{"true":1,"false":2}}'),
        ("Maps", '{"u64":{"18446744073709551615":"QQ=="},"children":{"a":{"child":{"i32":1}}}}'),
        ("Maps", '{"values":{"a":null,"b":[1,{"c":null}]},"colors":{"a":"COLOR_RED"}}'),
        ("Choice", '{"someText":null,"number":"5","child":null}'),
        ("Choice", '{"null":null}'),
        ("Choice", '{"value":null}'),
        ("Known", '{"time":"2024-02-29T23:59:59.5+14:30","duration":"-0.000000001s"}'),
        ("Known", '{"mask":"aB,c.dE9","struct":{"a":[1,{"b":null}],"":true},"list":[[],{}]}'),
        ("Known", '{"empty":{},"aBool":false,"i64":"1","aString":"","aBytes":"","aFloat":1.5}'),
        ("Known", '{"time":null,"struct":null,"value":null,"list":null,"aString":null,"any":null}'),
        ("Tree", '{"children":[{"children":[{"children":[{"name":"x"}]}]}]}'),
        ("Tree", f'{{"name":"{"x" * 200}","scalars":{{"aString":"{"é" * 20_000}"}}}}'),
    ],
)
def test_ordinary_documents_are_not_declined(types, name, text):
    assert agree(types[f"rich.v1.{name}"], text.encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"nobody":[1,{"a":null,"b":"\\u0000"}],"i32":1}',
        '{"color":"COLOR_NEW","i32":1}',
        '{"passwordHash":"x","@type":"y"}',
    ],
)
def test_pj17_what_nobody_knows_is_skipped_where_options_say_so(types, text):
    assert agree(types.Scalars, text.encode(), LENIENT)


def test_pj17_unknown_enum_names_are_skipped_in_lists_and_maps(types):
    assert agree(types.Lists, b'{"color":["COLOR_NEW","COLOR_RED","X"]}', LENIENT)
    assert agree(types.Maps, b'{"colors":{"a":"COLOR_NEW","b":"COLOR_RED"}}', LENIENT)


@pytest.mark.parametrize(
    "text",
    [
        '{"aDouble":"NaN","aFloat":"-Infinity"}',
        '{"aString":"a\\u0000b"}',
        '{"color":99}',
    ],
)
def test_what_options_open_is_read(types, text):
    assert agree(types.Scalars, text.encode(), OPEN)
    assert (None, None) == (
        native(types.Scalars, text.encode(), CLOSED),
        pure(types.Scalars, text.encode(), CLOSED),
    )


def test_groups_and_closed_enums_are_read(types):
    assert agree(types["old.v1.Old"], b'{"data":{"text":"x"},"closed":"CLOSED_TWO","many":[1,2]}')
    assert agree(types["edition.v1.Mixed"], b'{"delimited":{"delimited":{"explicit":""}}}')
    assert not agree(types["old.v1.Old"], b'{"closed":3}', OPEN)


@pytest.mark.parametrize(
    "name, text",
    [
        ("Scalars", ""),
        ("Scalars", " "),
        ("Scalars", "null"),
        ("Scalars", "[]"),
        ("Scalars", "{}{}"),
        ("Scalars", "\ufeff{}"),
        ("Scalars", '{"i32":1,}'),
        ("Scalars", '{"i32":1,"i32":1}'),
        ("Scalars", '{"aBytes":null,"a_bytes":null}'),
        ("Scalars", '{"nobody":1}'),
        ("Scalars", '{"i32":2147483648}'),
        ("Scalars", '{"u32":-1}'),
        ("Scalars", '{"u64":"18446744073709551616"}'),
        ("Scalars", '{"aFloat":3.4028235677973366e38}'),
        ("Scalars", '{"aDouble":1e309}'),
        ("Scalars", '{"aDouble":"1_0"}'),
        ("Scalars", '{"color":"color_red"}'),
        ("Scalars", '{"color":99}'),
        ("Scalars", '{"aString":"\\ud83d"}'),
        ("Scalars", '{"aString":"\\u0000"}'),
        ("Scalars", '{"aBytes":"QQ="}'),
        ("Scalars", '{"aBool":"true"}'),
        ("Choice", '{"someText":"","number":1}'),
        ("Choice", '{"null":null,"value":null}'),
        ("Lists", '{"i32":[null]}'),
        ("Lists", '{"child":[null]}'),
        ("Maps", '{"texts":{"a":"","\\u0061":""}}'),
        ("Maps", '{"i32":{"01":1}}'),
        ("Maps", '{"i32":{"-0":1}}'),
        ("Maps", '{"texts":{"a":null}}'),
        ("Known", '{"time":"2023-02-29T00:00:00Z"}'),
        ("Known", '{"duration":"1"}'),
        ("Known", '{"mask":"a_b"}'),
        ("Known", '{"struct":{"a":1,"a":2}}'),
        ("Known", '{"struct":{"a":"\\u0000"}}'),
        ("Known", '{"value":1e999}'),
        ("Known", '{"any":{}}'),
    ],
)
def test_what_the_pure_engine_refuses_is_declined(types, name, text):
    kind = types[f"rich.v1.{name}"]

    assert (None, None) == (
        native(kind, text.encode(), CLOSED),
        pure(kind, text.encode(), CLOSED),
    )


@pytest.mark.parametrize(
    "skipped",
    ['{"a":1,"a":2}', "[1e999]", '["\\ud83d"]', "[01]", "[tru]", '{"a":{"b":1,"b":1}}', "[1,]"],
)
def test_row_55_what_is_skipped_is_read_as_strictly(types, skipped):
    text = b'{"nobody":%s}' % skipped.encode()

    assert (None, None) == (
        native(types.Scalars, text, LENIENT),
        pure(types.Scalars, text, LENIENT),
    )


def test_row_55_a_skipped_member_stands_once(types):
    text = b'{"nobody":1,"i32":2,"nobody":1}'

    assert (None, None) == (
        native(types.Scalars, text, LENIENT),
        pure(types.Scalars, text, LENIENT),
    )


@pytest.mark.parametrize(
    "name, text",
    [
        ("rich.v1.Scalars", '{"i32":1.0}'),
        ("rich.v1.Scalars", '{"i32":1e2}'),
        ("old.v1.Old", '{"[old.v1.note]":"x"}'),
        ("rich.v1.Known", '{"any":{"@type":"type.example/rich.v1.Scalars","i32":1}}'),
    ],
)
def test_the_rare_is_left_to_the_pure_engine(types, name, text):
    options = JsonOptions(any=True)

    assert native(types[name], text.encode(), options) is None
    assert pure(types[name], text.encode(), options) is not None


def nested(depth: int) -> bytes:
    """An object with lists in it, `depth` deep in all."""
    return b'{"struct":{"a":' + b"[" * (depth - 2) + b"]" * (depth - 2) + b"}}"


@pytest.mark.parametrize("member", [b"struct", b"nobody"])
@pytest.mark.parametrize("depth", [3, 32])
def test_row_57_depth_counts_as_in_the_pure_engine(types, depth, member):
    limits = JsonLimits(depth=depth)
    at, beyond = (nested(deep).replace(b"struct", member) for deep in (depth, depth + 1))

    assert agree(types.Known, at, LENIENT, limits)
    assert (None, None) == (
        native(types.Known, beyond, LENIENT, limits),
        pure(types.Known, beyond, LENIENT, limits),
    )


@pytest.mark.parametrize("deep", [45, 60, 98, 120, 600, 100_000])
def test_row_57_what_no_service_could_read_is_not_written(types, deep):
    """Deeper than upb reads, or than a C stack should be asked for, whatever the limits say."""
    limits = JsonLimits(depth=10_000_000, nodes=10_000_000, body_bytes=10_000_000)
    wire = native(types.Known, nested(deep), JsonOptions(), limits)

    assert (deep <= 45) == (wire is not None)
    if wire is not None:
        types.Known.FromString(wire)


@pytest.mark.parametrize("member", [b"i32", b"nobody"])
def test_row_58_nodes_count_as_in_the_pure_engine(types, member):
    limits = JsonLimits(nodes=50)
    at, beyond = (b'{"%s":[%s]}' % (member, b",".join([b"1"] * n)) for n in (48, 49))

    assert agree(types.Lists, at, LENIENT, limits)
    assert (None, None) == (
        native(types.Lists, beyond, LENIENT, limits),
        pure(types.Lists, beyond, LENIENT, limits),
    )


def test_lengths_of_every_width_are_written(types):
    """A length is one byte until the message turns out to be longer; here inside one another."""
    for size in (0, 1, 100, 124, 125, 126, 127, 128, 16_370, 16_383, 16_384, 100_000):
        text = b'{"children":[{"children":[{"name":"%s"},{"name":"b"}]}],"name":"c"}' % (
            b"a" * size
        )
        assert agree(types.Tree, text)


def test_one_field_is_read_alone(types):
    """body: "field"."""
    plan, index = plan_of(types.Known)
    struct, value, text = (
        types.Known.DESCRIPTOR.fields_by_name[name].number
        for name in ("struct", "value", "a_string")
    )

    assert types.Known(a_string={"value": "x"}) == read_alone(
        types, plan.read_field(index, text, b'"x"')
    )
    assert types.Known(struct={"a": None}) == read_alone(
        types, plan.read_field(index, struct, b'{"a":null}')
    )
    assert types.Known(value=None) != read_alone(types, plan.read_field(index, value, b"null"))
    assert [None, None] == [plan.read_field(index, struct, one) for one in (b"null", b"[]")]


def read_alone(types: Any, wire: bytes) -> Any:
    return types.Known.FromString(wire)


def test_members_that_must_be_seen_as_json_are_declined_even_as_null(types):
    """PA1: a binder that needs the JSON of some members asks for it only when they are there."""
    plan, index = plan_of(types.Tree)
    scalars = types.Tree.DESCRIPTOR.fields_by_name["scalars"].number

    def is_read(text: bytes) -> bool:
        return plan.read(index, text, (scalars, 99)) is not None

    assert [True, True] == [is_read(b'{"name":"x"}'), is_read(b'{"children":[{"scalars":{}}]}')]
    assert [False, False] == [is_read(b'{"scalars":null}'), is_read(b'{"scalars":{}}')]
    assert plan.read(index, b'{"scalars":{}}', ()) is not None


def test_a_codec_of_short_enums_reads_both_spellings(types):
    options = JsonOptions(enums="short")

    assert agree(types.Scalars, b'{"color":"RED"}', options)
    assert agree(types.Scalars, b'{"color":"COLOR_RED"}', options)


def test_hidden_fields_are_unknown(types):
    """PJ17, omit_sensitive: what is never shown can't be sent either."""
    secret = JsonOptions(omit_sensitive=frozenset({"rich.v1.Scalars.password_hash"}))
    text = b'{"passwordHash":"x"}'

    assert (None, None) == (native(types.Scalars, text, secret), pure(types.Scalars, text, secret))
    assert held(types.Scalars(password_hash="x")) == native(types.Scalars, text)
