"""Strict JSON text: docs/spec/bad-input.md rows 50-61 and 65."""

import json
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.contract.json_options import JsonLimits
from bff.contract.json_text import InexactFloat, parse
from bff.terms.errors import BadInput


def refusal(body: bytes, limits: JsonLimits | None = None) -> BadInput:
    with pytest.raises(BadInput) as caught:
        parse(body, limits or JsonLimits())
    return caught.value


def test_reads_every_kind_of_value():
    assert {"a": [None, True, 1, 2.5, "ü\n😀"], "b": {}} == parse(
        b' {"a": [null, true, 1, 2.5, "\\u00fc\\n\\ud83d\\ude00"], "b": {}} \r\n\t'
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="row 54: empty"),
        pytest.param(b" \n", id="row 54: blank"),
        pytest.param(b"\xef\xbb\xbf{}", id="row 50: BOM"),
        pytest.param("{}".encode("utf-16"), id="row 50: UTF-16 with BOM"),
        pytest.param("{}".encode("utf-16-le"), id="row 50: UTF-16"),
        pytest.param(b'{"v": NaN}', id="row 56: NaN"),
        pytest.param(b"[Infinity]", id="row 56: Infinity"),
        pytest.param(b"[-Infinity]", id="row 56: -Infinity"),
        pytest.param(b"{} {}", id="row 60: two documents"),
        pytest.param(b"{} x", id="row 60: trailing text"),
        pytest.param(b"[1,]", id="row 60: trailing comma"),
        pytest.param(b'{"a":1,}', id="row 60: trailing comma in an object"),
        pytest.param(b"{} // no", id="row 60: comment"),
        pytest.param(b"{'a': 1}", id="row 60: single quotes"),
        pytest.param(b"[01]", id="leading zero"),
        pytest.param(b"[+1]", id="plus"),
        pytest.param(b"[1.]", id="no digit after the point"),
        pytest.param("[٣]".encode(), id="digits of another script"),
        pytest.param(b'["\x01"]', id="raw control character"),
        pytest.param(b'["\\x41"]', id="unknown escape"),
        pytest.param(b'["a', id="unterminated string"),
        pytest.param(b'["\xff"]', id="row 61: no UTF-8"),
        pytest.param(b'["\xc0\xaf"]', id="row 61: overlong"),
        pytest.param(b'["\xed\xa0\x80"]', id="row 61: encoded surrogate"),
        pytest.param(b'["\\ud800"]', id="row 61: lone high surrogate"),
        pytest.param(b'{"\\udc00": 1}', id="row 61: lone low surrogate in a key"),
        pytest.param(b'["\\ude00\\ud83d"]', id="row 61: a pair the wrong way round"),
    ],
)
def test_what_is_no_json_is_malformed(body: bytes):
    assert "malformed-json" == refusal(body).reason


def test_an_escaped_backslash_before_u_is_no_surrogate():
    assert ["\\ud800"] == parse(b'["\\\\ud800"]')


@pytest.mark.parametrize(
    "body, pointer",
    [
        (b'{"a": 1, "a": 1}', "/a"),
        (b'{"a": 1, "\\u0061": 2}', "/a"),
        (b'{"x": [{}, {"a/b": {"k~": 1, "k~": 2}}]}', "/x/1/a~1b/k~0"),
    ],
)
def test_row_55_duplicate_keys_are_refused_at_any_depth(body: bytes, pointer: str):
    found = refusal(body)

    assert "duplicate-key" == found.reason
    assert [pointer] == [violation.path for violation in found.violations]


def test_a_duplicate_key_in_broken_json_is_malformed():
    assert "malformed-json" == refusal(b'{"x": {"a": 1, "a": 1}, nope').reason


def test_a_long_key_does_not_make_a_long_error():
    key = b"k" * 10_000
    assert len(refusal(b'{"%b": 1, "%b": 1}' % (key, key)).detail) < 200


def test_row_52_a_body_over_the_limit_is_too_large():
    limits = JsonLimits(body_bytes=10)

    assert "body-too-large" == refusal(b'"12345678 "', limits).reason
    assert "12345678" == parse(b'"12345678"', limits)


@pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}")])
def test_row_57_bd9_depth_100_passes_and_101_is_too_deep(opening: bytes, closing: bytes):
    """BD9 rules over row 57 (transcoding 1.12)."""
    parse(opening * 100 + b"1" + closing * 100)

    assert "too-deep" == refusal(opening * 101 + b"1" + closing * 101).reason


def test_row_57_brackets_inside_strings_have_no_depth():
    assert ["[" * 100 + '\\"{'] == parse(b'["' + b"[" * 100 + b'\\\\\\"{"]')


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 40_000])
def test_row_57_hostile_nesting_is_refused_at_once(body: bytes):
    assert "too-deep" == refusal(body).reason

    assert min(seconds_to_refuse(body) for _ in range(5)) < 0.005


def test_row_57_escaped_quotes_without_end_are_refused_in_linear_time():
    assert min(seconds_to_refuse(b'["' + b'\\"' * 130_000) for _ in range(3)) < 0.05


def test_a_limit_beyond_the_interpreters_stack_is_still_too_deep():
    limits = JsonLimits(depth=1_000_000, body_bytes=1_000_000, nodes=1_000_000)

    assert "too-deep" == refusal(b"[" * 200_000 + b"]" * 200_000, limits).reason


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"1," * 19_999 + b"1]",
        b"[" + b"{}," * 19_999 + b"{}]",
        b'{"a":[' + b'"",' * 20_000 + b'""]}',
    ],
)
def test_row_58_more_than_20_000_values_are_too_complex(body: bytes):
    assert "too-complex" == refusal(body).reason


def test_row_58_exactly_20_000_values_pass():
    """The array itself and 19,999 items."""
    assert [{}] * 19_998 + [1] == parse(b"[" + b"{ } , " * 19_998 + b"1]")


def test_row_58_commas_inside_strings_are_no_values():
    assert ["," * 50_000] == parse(b'["' + b"," * 50_000 + b'"]')


@pytest.mark.parametrize(
    "body, pointer",
    [
        pytest.param(b'{"n": ' + b"9" * 5_000 + b"}", "/n", id="row 65: 5,000 digits"),
        pytest.param(b'{"n": [0, 1.' + b"0" * 200_000 + b"]}", "/n/1", id="row 65: mantissa"),
        pytest.param(b'{"n": 1e999}', "/n", id="row 69: beyond double"),
        pytest.param(b"-1e400", "", id="row 69: at the top"),
    ],
)
def test_a_number_that_nothing_holds_is_an_invalid_field(body: bytes, pointer: str):
    found = refusal(body)

    assert ("invalid-field", [pointer]) == (found.reason, [v.path for v in found.violations])


@pytest.mark.parametrize(
    "text",
    ["9007199254740993.0", "1.00000000000000000001", "1e-400", "-1e-500", "123456789012345678e1"],
)
def test_row_68_a_float_that_lost_digits_says_so(text: str):
    assert InexactFloat is type(parse(text.encode()))


@pytest.mark.parametrize(
    "text", ["1.0", "1e2", "9007199254740994.0", "1e18", "0e999999", "2.5", "0.1"]
)
def test_a_float_that_kept_its_value_is_a_plain_float(text: str):
    assert float is type(parse(text.encode()))


def test_a_refusal_does_not_repeat_the_document():
    assert "hunter2" not in repr(refusal(b'{"password": "hunter2", nope}'))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(JSON)
def test_reads_back_what_the_standard_library_writes(value: object):
    assert value == parse(json.dumps(value, ensure_ascii=False).encode())
    assert value == parse(json.dumps(value, indent=2).encode())


def seconds_to_refuse(body: bytes) -> float:
    started = perf_counter()
    refusal(body)
    return perf_counter() - started
