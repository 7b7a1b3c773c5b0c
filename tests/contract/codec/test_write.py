"""Messages to JSON: docs/spec/transcoding.md PJ1-PJ11, PJ16-PJ20 and BD12."""

from typing import Any

import pytest

from bff.contract.codec import Codec
from bff.contract.json_options import JsonOptions
from bff.terms.codes import Code
from bff.terms.errors import ServiceSilent
from tests.contract.codec.exchange import OMIT, shown


def wire_of(message: Any) -> bytes:
    return message.SerializeToString()


def test_the_json_is_compact_utf8(types):
    assert '{"aString":"ü","color":"COLOR_RED"}'.encode() == OMIT.write(
        types.Scalars(a_string="ü", color=1)
    )


def test_pj1_every_64_bit_integer_is_a_string(types):
    big = types.Scalars(i64=-(2**63), u64=2**64 - 1, s64=2**53 + 1, f64=1, sf64=-1)

    assert {
        "i64": "-9223372036854775808",
        "u64": "18446744073709551615",
        "s64": "9007199254740993",
        "f64": "1",
        "sf64": "-1",
    } == shown(big)


def test_pj1_or_a_number_if_so_chosen(types):
    codec = Codec(JsonOptions(defaults="omit", int64="number"))

    assert b'{"i64":9007199254740993,"u64":18446744073709551615}' == codec.write(
        types.Scalars(i64=2**53 + 1, u64=2**64 - 1)
    )
    assert {"i64": [1, 2]} == shown(types.Lists(i64=[1, 2]), codec)


def test_pj3_floats_that_are_no_numbers_are_texts(types):
    inf = float("inf")

    assert {"aFloat": "-Infinity", "aDouble": "NaN"} == shown(
        types.Scalars(a_float=-inf, a_double=float("nan"))
    )
    assert {"aDouble": [1.5, "Infinity", "NaN"], "aFloat": ["Infinity"]} == shown(
        types.Lists(a_double=[1.5, inf, float("nan")], a_float=[inf])
    )


@pytest.mark.parametrize(
    "text", ["0.1", "3.4028235e+38", "1e-45", "16777216.0", "-2.5", "0.33333334", "1.1754944e-38"]
)
def test_pj3_a_float_is_the_shortest_number_that_is_the_same_float(types, text: str):
    message = types.Scalars(a_float=float(text))
    written = shown(message)["aFloat"]

    assert message == types.Scalars(a_float=written)
    assert len(repr(written)) <= len("-1.2345678e-38")


def test_pj3_one_tenth_is_written_as_one_tenth(types):
    assert {"aFloat": 0.1} == shown(types.Scalars(a_float=0.1))


def test_pj3_negative_zero_is_not_the_default(types):
    assert b'{"aFloat":-0.0,"aDouble":-0.0}' == OMIT.write(
        types.Scalars(a_float=-0.0, a_double=-0.0)
    )


def test_pj4_bytes_are_standard_base64_with_padding(types):
    assert {"aBytes": "+/8="} == shown(types.Scalars(a_bytes=b"\xfb\xff"))


def test_pj5_an_enum_is_its_name_and_of_aliases_the_first(types):
    assert {"color": "COLOR_RED"} == shown(types.Scalars(color=1))


def test_pj5_a_number_without_a_name_is_a_number(types):
    assert {"color": 77} == shown(types.Scalars(color=77))


def test_pj5_enums_as_numbers_if_so_chosen(types):
    codec = Codec(JsonOptions(defaults="omit", enums="number"))

    assert {"color": [1, 3, 77]} == shown(types.Lists(color=[1, 3, 77]), codec)


def test_pj20_short_enums_lose_their_own_prefix_unless_no_name_is_left(types):
    codec = Codec(JsonOptions(defaults="emit", enums="short"))

    assert ["UNSPECIFIED", "RED", "COLOR_3D", 9] == shown(types.Lists(color=[0, 1, 3, 9]), codec)[
        "color"
    ]


def test_pj7_names_are_camel_or_declared_or_as_the_proto_writes_them(types):
    message = types.Scalars(a_string="x", renamed="y", password_hash="z")

    assert {"aString": "x", "@id": "y", "passwordHash": "z"} == shown(message)
    assert {"a_string": "x", "renamed": "y", "password_hash": "z"} == shown(
        message, Codec(JsonOptions(defaults="omit", json_names="proto"))
    )


def test_pj7_field_names_may_be_python_keywords_or_hide_methods(types):
    assert {"class": "x", "HasField": "y"} == shown(
        types.Scalars(**{"class": "x", "HasField": "y"})
    )


def test_pj8_emit_writes_every_field_without_presence(types):
    assert {
        "i32": [], "i64": [], "aDouble": [], "aFloat": [], "aString": [], "aBytes": [],
        "color": [], "child": [], "value": [], "time": [],
    } == shown(types.Lists(), Codec())  # fmt: skip
    assert 20 == len(shown(types.Scalars(), Codec()))


def test_pj8_unset_optionals_oneofs_and_messages_are_never_written(types):
    assert {} == shown(types.Optionals(), Codec())
    assert {"beside": ""} == shown(types.Choice(), Codec())
    assert {"null": None} == shown(types.Known(), Codec())


def test_pj8_set_to_zero_an_optional_or_a_oneof_is_written(types):
    assert {"i32": 0, "aString": "", "color": "COLOR_UNSPECIFIED"} == shown(
        types.Optionals(i32=0, a_string="", color=0)
    )
    assert {"number": "0"} == shown(types.Choice(number=0))


def test_pj9_an_empty_map_is_an_object(types):
    assert {"texts": {}, "i32": {}} == {
        name: value
        for name, value in shown(types.Maps(), Codec()).items()
        if name in ("texts", "i32")
    }


def test_pj16_map_keys_are_sorted_texts(types):
    assert (
        b'{"texts":{"a":"2","b":"1"},"i32":{"-1":1,"2":2,"10":3},"bools":{"false":0.5,"true":1.0}}'
        == OMIT.write(
            types.Maps(
                texts={"b": "1", "a": "2"}, i32={10: 3, 2: 2, -1: 1}, bools={True: 1, False: 0.5}
            )
        )
    )


def test_pj16_map_values_of_every_kind(types):
    message = types.Maps(i64={5: 6}, colors={"c": 1, "d": 9}, u64={1: b"\xff"})
    message.children["x"].i32 = 1

    assert {
        "i64": {"5": "6"},
        "colors": {"c": "COLOR_RED", "d": 9},
        "children": {"x": {"i32": 1}},
        "u64": {"1": "/w=="},
    } == shown(message)


def test_pj18_unknown_wire_fields_are_dropped(types):
    newer = wire_of(types.Scalars(a_string="new", i32=1))

    assert b'{"i32":1}' == OMIT.wire_to_json(types.Optionals, newer)


def test_pj19_extensions_are_written_with_their_full_names(types):
    old = types["old.v1.Old"]()
    extension = types.pool.FindExtensionByName
    old.Extensions[extension("old.v1.note")] = "hi"
    old.Extensions[extension("old.v1.numbers")].extend([1, 2])
    old.Extensions[extension("old.v1.nested")].number = 0

    assert {
        "[old.v1.note]": "hi", "[old.v1.numbers]": ["1", "2"], "[old.v1.nested]": {"number": 0},
    } == shown(old)  # fmt: skip


def test_pj19_proto2_has_presence_everywhere_and_groups(types):
    old = types["old.v1.Old"](number=7, closed=1)
    old.data.text = ""

    assert {} == shown(types["old.v1.Old"](), OMIT)
    assert {"number": 7, "closed": "CLOSED_ONE", "data": {"text": ""}} == shown(old)


def test_pj19_editions_choose_presence_per_field(types):
    assert {"implicit": ""} == shown(types["edition.v1.Mixed"](), Codec())
    assert {"explicit": "", "delimited": {}} == shown(
        types["edition.v1.Mixed"](explicit="", delimited={})
    )


def test_sensitive_fields_are_never_written(types):
    codec = Codec(
        JsonOptions(
            defaults="omit",
            omit_sensitive=frozenset({"rich.v1.Scalars.password_hash", "old.v1.secret_note"}),
        )
    )
    old = types["old.v1.Old"](number=1)
    old.Extensions[types.pool.FindExtensionByName("old.v1.secret_note")] = "hush"

    assert {"aString": "x"} == shown(types.Scalars(a_string="x", password_hash="y"), codec)
    assert {"number": 1} == shown(old, codec)


def test_a_field_that_is_read_only_by_us_is_never_written(types):
    """AIP-203 INPUT_ONLY: clients send it, and never get it back."""
    codec = Codec(JsonOptions(omit_written=frozenset({"rich.v1.Scalars.a_string"})))
    message = types.Scalars()
    codec.fill(message, {"aString": "x"})

    assert ("x", False) == (message.a_string, "aString" in shown(message, codec))


def test_a_message_may_hold_itself(types):
    tree = types.Tree(name="a", children=[{"name": "b", "children": [{"name": "c"}]}])

    assert {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]} == shown(tree)


@pytest.mark.parametrize(
    "path, json_text",
    [
        (("i64",), b'["5"]'),
        (("a_string",), b"[]"),
        (("child",), b'[{"i32":1}]'),
    ],
)
def test_bd12_one_field_alone(types, path: tuple[str, ...], json_text: bytes):
    assert json_text == OMIT.write(types.Lists(i64=[5], child=[{"i32": 1}]), path)


def test_bd12_an_unset_message_or_optional_is_null(types):
    assert [b"null", b"null", b'""'] == [
        OMIT.write(types.Optionals(), ("child",)),
        OMIT.write(types.Optionals(), ("i32",)),
        OMIT.write(types.Scalars(), ("a_string",)),
    ]


def test_bd12_a_path_may_go_through_messages(types):
    assert b'"x"' == OMIT.write(types.Optionals(child={"a_string": "x"}), ("child", "a_string"))
    assert b"null" == OMIT.write(types.Optionals(), ("child", "a_string"))


def test_undecodable_wire_is_the_services_fault(types):
    with pytest.raises(ServiceSilent) as caught:
        OMIT.wire_to_json(types.Scalars, b"\xff\xff")

    assert ("upstream-invalid-response", Code.INTERNAL) == (caught.value.reason, caught.value.code)


def test_a_message_nested_too_deep_for_json_is_refused_and_not_a_crash(types):
    root = tree = types.Tree()
    for _ in range(2_000):
        tree = tree.children.add()

    with pytest.raises(ServiceSilent):
        OMIT.write(root)


def test_the_repr_tells_how_much_is_compiled(types):
    codec = Codec()
    codec.write(types.Optionals())

    assert repr(codec).startswith("<Codec <Writers ")
