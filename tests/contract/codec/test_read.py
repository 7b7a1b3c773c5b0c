"""JSON to messages, what is accepted: docs/spec/transcoding.md PJ1-PJ20 and BD4."""

import base64
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bff.contract.codec import Codec
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import parse
from bff.terms.errors import BadInput
from tests.contract.codec.exchange import STRICT, read

LENIENT = Codec(JsonOptions(unknown_fields="ignore"))


def test_pj1_64_bit_integers_are_read_from_texts_and_numbers(types):
    assert types.Scalars(i64=2**53 + 1, u64=2**64 - 1) == read(
        types.Scalars, '{"i64": "9007199254740993", "u64": 18446744073709551615}'
    )


@pytest.mark.parametrize("text", ["100", '"100"', "100.0", "1e2", "1E+2", "10000e-2"])
def test_pj2_whole_numbers_are_read_in_every_exact_spelling(types, text: str):
    assert types.Scalars(i32=100) == read(types.Scalars, f'{{"i32": {text}}}')


@pytest.mark.parametrize(
    "field, lowest, highest",
    [
        ("i32", -(2**31), 2**31 - 1),
        ("sf32", -(2**31), 2**31 - 1),
        ("u32", 0, 2**32 - 1),
        ("i64", -(2**63), 2**63 - 1),
        ("f64", 0, 2**64 - 1),
    ],
)
def test_pj2_the_whole_range_is_read_and_one_more_is_not(
    types, field: str, lowest: int, highest: int
):
    assert types.Scalars(**{field: lowest}) == read(types.Scalars, f'{{"{field}": {lowest}}}')
    assert types.Scalars(**{field: highest}) == read(types.Scalars, f'{{"{field}": "{highest}"}}')
    for beyond in (lowest - 1, highest + 1):
        with pytest.raises(BadInput):
            read(types.Scalars, f'{{"{field}": {beyond}}}')


def test_integers_with_an_exponent_in_a_text_are_an_option(types):
    codec = Codec(JsonOptions(exponents=True))

    assert types.Scalars(i32=1000, u64=10**19) == read(
        types.Scalars, '{"i32": "1e3", "u64": "1e19"}', codec
    )
    for text in ("1e-1", "1e99999999999999999999", "1e20", "0x1", "1_0e1"):
        with pytest.raises(BadInput):
            read(types.Scalars, f'{{"u64": "{text}"}}', codec)


def test_pj3_floats_are_read_from_numbers_and_texts(types):
    assert types.Scalars(a_float=0.1, a_double=-1.5e300) == read(
        types.Scalars, '{"aFloat": 0.1, "aDouble": "-1.5e300"}'
    )


def test_pj3_negative_zero_keeps_its_sign(types):
    assert -1.0 == math.copysign(1, read(types.Scalars, '{"aDouble": -0.0}').a_double)


def test_pj3_the_largest_float_passes(types):
    assert types.Scalars(a_float=3.4028234663852886e38) == read(
        types.Scalars, '{"aFloat": 3.4028235e38}'
    )


def test_pj3_nonfinite_texts_are_read(types):
    """PJ3 rules over row 70 (transcoding 1.12)."""
    message = read(types.Scalars, '{"aFloat": "-Infinity", "aDouble": "NaN"}')

    assert (True, -math.inf) == (math.isnan(message.a_double), message.a_float)


@pytest.mark.parametrize("text", ["+/8=", "-_8=", "+/8", "-_8"])
def test_pj4_bytes_are_read_from_both_alphabets_padded_or_not(types, text: str):
    assert types.Scalars(a_bytes=b"\xfb\xff") == read(types.Scalars, f'{{"aBytes": "{text}"}}')


def test_pj5_pj6_enums_are_read_by_name_alias_and_known_number(types):
    assert [1, 1, 3, 0] == list(
        read(types.Lists, '{"color": ["COLOR_RED", "COLOR_CRIMSON", 3, 0]}').color
    )


def test_pj5_unknown_numbers_are_read_for_open_enums_only(types):
    """PJ5 rules over row 74 (transcoding 1.12)."""
    assert types.Scalars(color=99) == read(types.Scalars, '{"color": 99}')
    for kind, text in [
        (types["old.v1.Old"], '{"closed": 99}'),
        (types.Scalars, '{"color": 2147483648}'),
    ]:
        with pytest.raises(BadInput):
            read(kind, text)


def test_pj5_unknown_names_are_skipped_where_unknown_fields_are(types):
    assert types.Scalars(i32=1) == read(types.Scalars, '{"color": "PINK", "i32": 1}', LENIENT)
    assert types.Lists(color=[1]) == read(types.Lists, '{"color": ["PINK", "COLOR_RED"]}', LENIENT)
    assert types.Maps(colors={"b": 1}) == read(
        types.Maps, '{"colors": {"a": "PINK", "b": "COLOR_RED"}}', LENIENT
    )


def test_pj20_short_names_are_read_beside_the_full_ones(types):
    codec = Codec(JsonOptions(enums="short"))

    assert types.Lists(color=[1, 1, 3]) == read(
        types.Lists, '{"color": ["RED", "COLOR_RED", "COLOR_3D"]}', codec
    )


@pytest.mark.parametrize("json_names", ["camel", "proto"])
def test_pj7_both_spellings_are_read(types, json_names: Any):
    codec = Codec(JsonOptions(json_names=json_names))
    expected = types.Scalars(a_string="x", renamed="y", **{"class": "z", "HasField": "w"})

    assert expected == read(
        types.Scalars, '{"aString": "x", "@id": "y", "class": "z", "HasField": "w"}', codec
    )
    assert expected == read(
        types.Scalars, '{"a_string": "x", "renamed": "y", "class": "z", "HasField": "w"}', codec
    )


def test_pj8_an_optional_set_to_its_zero_is_present(types):
    message = read(types.Optionals, '{"i32": 0, "aString": "", "child": {}}')

    assert types.Optionals(i32=0, a_string="", child={}) == message
    assert [True, True, True, False] == [
        message.HasField(name) for name in ("i32", "a_string", "child", "color")
    ]


def test_pj10_null_leaves_every_kind_of_field_unset(types):
    names = ["optionals", "lists", "maps", "choice", "known", "tree", "scalars"]
    nothing = "{" + ", ".join(f'"{name}": null' for name in names) + "}"

    assert types.Everything() == read(types.Everything, nothing)
    assert types.Lists() == read(types.Lists, '{"i32": null, "child": null}')
    assert types.Known() == read(
        types.Known, '{"time": null, "aBool": null, "any": null, "struct": null}'
    )


def test_pj10_null_is_a_value_of_value_and_null_value(types):
    known = types.Known()
    known.value.null_value = 0

    assert known == read(types.Known, '{"value": null, "null": null}')
    assert ["null_value", "null_value"] == [
        value.WhichOneof("kind") for value in read(types.Lists, '{"value": [null, null]}').value
    ]


def test_pj11_a_null_beside_an_arm_is_no_conflict(types):
    assert types.Choice(number=5) == read(
        types.Choice, '{"someText": null, "number": 5, "child": null}'
    )


def test_pj11_null_sets_an_arm_that_takes_null(types):
    assert ["null", "value"] == [
        read(types.Choice, f'{{"{arm}": null, "someText": null}}').WhichOneof("kind")
        for arm in ("null", "value")
    ]


def test_pj16_map_keys_of_every_kind(types):
    expected = types.Maps(
        texts={"": "x"},
        i32={-1: 1},
        i64={2**53 + 1: 2},
        bools={True: 0.5, False: 1},
        u64={2**64 - 1: b""},
    )
    expected.children["k"].i32 = 0
    expected.values["v"].null_value = 0

    assert expected == read(
        types.Maps,
        '{"texts": {"": "x"}, "i32": {"-1": 1}, "i64": {"9007199254740993": "2"}, '
        '"bools": {"true": 0.5, "false": 1}, "u64": {"18446744073709551615": ""}, '
        '"children": {"k": {"i32": 0}}, "values": {"v": null}}',
    )


def test_pj17_unknown_fields_are_skipped_if_so_chosen(types):
    assert types.Optionals(i32=1, child={}) == read(
        types.Optionals, '{"nope": {"a": [1]}, "i32": 1, "child": {"[no.ext]": 1}}', LENIENT
    )


def test_pj19_extensions_are_read_by_full_name(types):
    old = types["old.v1.Old"]
    expected = old()
    extension = types.pool.FindExtensionByName
    expected.Extensions[extension("old.v1.note")] = ""
    expected.Extensions[extension("old.v1.numbers")].extend([1, 2])
    expected.Extensions[extension("old.v1.nested")].number = 3

    assert expected == read(
        old, '{"[old.v1.note]": "", "[old.v1.numbers]": ["1", 2], "[old.v1.nested]": {"number": 3}}'
    )


def test_pj19_groups_and_delimited_fields_are_objects(types):
    old = types["old.v1.Old"]()
    old.data.text = "x"

    assert old == read(types["old.v1.Old"], '{"data": {"text": "x"}}')
    assert types["edition.v1.Mixed"](delimited={"explicit": ""}, implicit="") == read(
        types["edition.v1.Mixed"], '{"delimited": {"explicit": ""}, "implicit": ""}'
    )


def test_nul_in_texts_is_an_option(types):
    codec = Codec(JsonOptions(nul=True))
    text = (
        '{"scalars": {"aString": "\\u0000"}, "maps": {"texts": {"\\u0000": ""}},'
        ' "known": {"value": "\\u0000"}}'
    )

    assert "\0" == read(types.Everything, text, codec).scalars.a_string


def test_a_message_that_holds_itself_is_read(types):
    assert types.Tree(name="a", children=[{"name": "b", "children": [{}]}]) == read(
        types.Tree, '{"name": "a", "children": [{"name": "b", "children": [{}]}]}'
    )


@pytest.mark.parametrize(
    "kind, field, text, expected",
    [
        ("Scalars", "a_string", '"hello"', {"a_string": "hello"}),
        ("Scalars", "color", '"COLOR_RED"', {"color": 1}),
        ("Optionals", "child", '{"i32": 5}', {"child": {"i32": 5}}),
        ("Lists", "i32", "[1, 2]", {"i32": [1, 2]}),
        ("Maps", "texts", '{"a": "b"}', {"texts": {"a": "b"}}),
        ("Known", "a_bool", "false", {"a_bool": {}}),
        ("Known", "value", "null", {"value": {"null_value": 0}}),
    ],
)
def test_bd4_a_body_may_be_one_field_of_any_kind(
    types, kind: str, field: str, text: str, expected: dict[str, Any]
):
    message = getattr(types, kind)()
    STRICT.fill_field(message, message.DESCRIPTOR.fields_by_name[field], parse(text.encode()))

    assert getattr(types, kind)(**expected) == message


def test_every_length_of_base64_is_read(types):
    for length in range(6):
        value = bytes(range(250, 250 + length))
        padded = base64.b64encode(value).decode()
        for text in (padded, padded.rstrip("=")):
            assert value == read(types.Scalars, f'{{"aBytes": "{text}"}}').a_bytes


def test_field_json_names_are_as_written(types):
    fields = types.Scalars.DESCRIPTOR.fields_by_name
    note = types.pool.FindExtensionByName("old.v1.note")

    assert ["aString", "@id", "[old.v1.note]", "a_string"] == [
        STRICT.field_json_name(fields["a_string"]),
        STRICT.field_json_name(fields["renamed"]),
        STRICT.field_json_name(note),
        Codec(JsonOptions(json_names="proto")).field_json_name(fields["a_string"]),
    ]


def test_threads_never_see_half_a_plan(types):
    """Every thread meets a codec that has compiled nothing; a half-made table would refuse."""
    text = '{"tree": {"children": [{"children": [{"known": {"mask": "a"}}]}]}}'
    for _ in range(20):
        codec = Codec()
        with ThreadPoolExecutor(8) as pool:
            readings = [pool.submit(read, types.Everything, text, codec) for _ in range(8)]

        assert 1 == len({reading.result().SerializeToString() for reading in readings})
