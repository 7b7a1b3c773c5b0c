"""How each kind of field reads a text of the query: QP5-QP16, QP25; rows 31, 43, 44, 45."""

import math
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.terms.errors import BadInput
from tests.contract.bindings import binder, query, refused_query


def value(field: str, text: str, **options: object) -> object:
    """What Animal's field holds after `?field=text`."""
    return getattr(query(f"{field}={quote(text, safe='')}", **options), field)


def fails(field: str, text: str, **options: object) -> bool:
    expected = "invalid-field-mask" if field == "mask" else "invalid-field"
    return (expected, field) == refused_query(f"{field}={quote(text, safe='')}", **options)


@pytest.mark.parametrize(
    ("text", "number"), [("MOOD_WILD", 2), ("2", 2), ("0", 0), ("99", 99), ("-1", -1)]
)
def test_qp5_an_enum_by_name_or_number(text, number):
    assert number == value("mood", text)


@pytest.mark.parametrize("text", ["mood_wild", "WILD", "01", "2.0", "", " 2", "true"])
def test_qp5_an_enums_name_is_exact_and_its_number_an_integer(text):
    assert fails("mood", text)


def test_qp5_settings_of_enums_hold_for_the_query_too():
    assert fails("mood", "99", open_enums=False)
    assert 2 == value("mood", "WILD", enums="short")
    assert 2 == value("mood", "mood_Wild", enum_case="any")


def test_qp5_an_unknown_enum_name_is_not_dropped_even_where_leniency_rules():
    assert fails("mood", "NEWER", unknown_fields="ignore")


@pytest.mark.parametrize("text", ["1", "t", "T", "TRUE", "true", "True"])
def test_qp6_true(text):
    assert value("b", text) is True


@pytest.mark.parametrize("text", ["0", "f", "F", "FALSE", "false", "False"])
def test_qp6_false(text):
    assert value("b", text) is False


@pytest.mark.parametrize("text", ["yes", "no", "on", "tRUE", "2", "", " true", "null"])
def test_qp6_row_44_nothing_else_is_a_bool(text):
    assert fails("b", text)
    assert fails("tame", text)


@pytest.mark.parametrize("flag", ["x", "x="])
@pytest.mark.parametrize("field", ["b", "i32", "u64", "d", "mood", "born", "nap", "wide", "extra"])
def test_qp7_a_flag_without_a_value_is_no_number(field, flag):
    assert "invalid-field" == refused_query(flag.replace("x", field))[0]


@pytest.mark.parametrize("flag", ["display_name", "display_name=", "raw", "wrapped="])
def test_qp7_a_flag_without_a_value_is_an_empty_string(flag):
    assert query(flag) is not None


@pytest.mark.parametrize(
    ("field", "lowest", "highest"),
    [
        ("i32", -(2**31), 2**31 - 1),
        ("u32", 0, 2**32 - 1),
        ("i64", -(2**63), 2**63 - 1),
        ("u64", 0, 2**64 - 1),
    ],
)
def test_qp8_integers_up_to_their_range(field, lowest, highest):
    assert (lowest, highest) == (value(field, str(lowest)), value(field, str(highest)))
    assert fails(field, str(lowest - 1))
    assert fails(field, str(highest + 1))


@pytest.mark.parametrize(
    "text",
    ["+5", " 5", "5 ", "٣", "1_0", "1e3", "1.0", "0x10", "007", "--1", "-", "", "1" * 5_000],
)
def test_qp8_row_43_only_plain_digits_are_integers(text):
    assert fails("i32", text)
    assert fails("wide", text)
    assert fails("scores", text)


def test_qp8_digits_stay_plain_where_a_body_may_have_exponents():
    assert fails("i32", "1e3", exponents=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.5", 1.5), ("-0", -0.0), ("1e3", 1000.0), ("Infinity", math.inf), ("-Infinity", -math.inf)],
)
def test_qp9_floats(text, expected):
    found = value("d", text)
    assert (expected, math.copysign(1, expected)) == (found, math.copysign(1, found))


def test_qp9_nan_needs_no_leave_in_a_query():
    assert math.isnan(value("f", "NaN"))


@pytest.mark.parametrize("text", ["1e400", "nan", "inf", "+1", ".5", "1.", "1_0.0", "0x1p3", ""])
def test_qp9_what_is_no_finite_number(text):
    assert fails("d", text)


def test_qp9_a_float_has_less_room_than_a_double():
    assert fails("f", "1e39")


@pytest.mark.parametrize("text", ["+/8=", "+/8", "-_8", "-_8="])
def test_qp10_base64_of_either_alphabet_padded_or_not(text):
    assert b"\xfb\xff" == value("raw", text)


@pytest.mark.parametrize("text", ["!!!", "Y*Q=", "YQ\n==", "Y", "YQ===", " /8="])
def test_qp10_what_is_no_base64(text):
    assert fails("raw", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-06T07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2024-05-06T07:08:09+02:00", datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_qp11_timestamps(text, expected):
    assert expected == value("born", text).ToDatetime(UTC)


def test_qp11_nine_digits_of_a_second():
    assert 123_456_789 == value("born", "2024-05-06T07:08:09.123456789Z").nanos


def test_qp11_an_offsets_plus_is_sent_escaped():
    """A bare `+` is a space (QP22); to guess otherwise would read other times wrongly."""
    assert ("invalid-field", "born") == refused_query("born=2024-05-06T07:08:09+02:00")


@pytest.mark.parametrize(
    "text", ["2024-05-06", "2024-05-06T07:08:09", "0000-01-01T00:00:00Z", "1715000000"]
)
def test_qp11_what_is_no_timestamp(text):
    assert fails("born", text)


def test_qp12_durations_in_seconds_alone():
    assert timedelta(seconds=-1.5) == value("nap", "-1.5s").ToTimedelta()
    assert [True, True, True] == [fails("nap", text) for text in ("1h", "90", "1m30s")]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a.b,cD", ["a.b", "c_d"]),
        ("display_name", ["display_name"]),
        ("line_2,dueTime.next_day", ["line_2", "due_time.next_day"]),
        ("line2", ["line2"]),
    ],
)
def test_qp13_a_field_mask_in_either_spelling(text, paths):
    assert paths == list(value("mask", text).paths)


@pytest.mark.parametrize(
    "text", ["", ",", "a,,b", "a..b", "a.", "*", "A", "a_B", "a b", "_a", "a/b", "ä", "a," * 1_000]
)
def test_qp13_row_45_a_mask_that_is_none(text):
    assert fails("mask", text)


def test_qp13_row_45_a_mask_has_a_hundred_paths_at_most():
    assert 100 == len(value("mask", ",".join(["a"] * 100)).paths)
    assert fails("mask", ",".join(["a"] * 1_000))


@pytest.mark.parametrize(
    ("field", "text", "inner"), [("wide", "0", 0), ("wrapped", "", ""), ("tame", "false", False)]
)
def test_qp14_a_wrapper_is_its_scalar_and_a_zero_is_set(field, text, inner):
    assert inner == value(field, text).value
    assert query(f"{field}={text}").HasField(field)


def test_qp14_a_list_of_wrappers():
    assert [b"a", b""] == [one.value for one in query("blobs=YQ==&blobs=").blobs]


@pytest.mark.parametrize(
    ("field", "text"), [("extra", '{"a": [1, null]}'), ("anything", "[1]"), ("list", "[true]")]
)
def test_qp15_an_open_value_is_json_text(field, text):
    assert query(f"{field}={quote(text)}").HasField(field)


def test_qp15_open_values_of_every_kind():
    made = query("things=1&things=%22x%22&things=null&things={}".replace("{}", "%7B%7D"))
    kinds = [one.WhichOneof("kind") for one in made.things]
    assert ["number_value", "string_value", "null_value", "struct_value"] == kinds


@pytest.mark.parametrize(
    ("field", "text"),
    [("extra", "[1]"), ("extra", "x"), ("list", "{}"), ("anything", "{'a':1}"), ("anything", "")],
)
def test_qp15_what_is_no_json_of_that_kind(field, text):
    assert fails(field, text)


def test_qp15_json_texts_keep_the_limits_of_bodies():
    assert fails("anything", "[" * 101 + "]" * 101)
    assert fails("anything", '{"a":1,"a":2}')


def test_qp16_null_and_nothing():
    made = query("nothing=null&empty=&nowhere=null")
    assert (0, True, "nowhere") == (made.nothing, made.HasField("empty"), made.WhichOneof("home"))
    assert fails("nothing", "0")
    assert fails("empty", "x")


def test_row_72_nul_in_a_text():
    assert fails("display_name", "a\0b")
    assert fails("wrapped", "a\0b")
    assert "a\0b" == value("display_name", "a\0b", nul=True)


SENTENCES = re.compile(r"[a-zA-Z0-9_]+: (send |this |the key |there is |it )[ -~]*")


@given(
    field=st.sampled_from("b i32 u32 i64 u64 f d raw mood scores born nap mask extra wide".split()),
    text=st.text() | st.from_regex(r"[-+0-9.eE_x]*", fullmatch=True),
)
def test_qp25_a_refusal_names_the_parameter_and_quotes_neither_parser_nor_client(field, text):
    refused = maybe_refused(f"{field}={quote(text, safe='')}")
    if refused is not None:
        assert [field] == [one.path for one in refused.violations]
        assert SENTENCES.fullmatch(refused.detail)


def maybe_refused(text: str) -> BadInput | None:
    try:
        binder("Animal").bind((), text, b"")
    except BadInput as refused:
        return refused
    return None
