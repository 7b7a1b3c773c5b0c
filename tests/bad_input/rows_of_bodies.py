"""Rows 48-85 of bad-input.md as requests: bodies that no service must ever get.

Called by test_bodies.py. A row is (request, status, slug, pointer); the pointer is None where the
whole document is refused.
"""

import gzip
from collections.abc import Mapping

from tests.bad_input.raw import json_of, whole

Row = tuple[bytes, int, str, str | None]
URL = "type.googleapis.com"
_LIMIT_BYTES = 262_144
_FORM = "multipart/form-data; boundary=x"


def _typed(content_type: str, body: bytes | str = "{}") -> bytes:
    return whole("POST", "/v1/whole", body, f"Content-Type: {content_type}")


def _patched(content_type: str, body: str) -> bytes:
    return whole("PATCH", "/v1/things/a", body, f"Content-Type: {content_type}")


def _unsupported(*content_types: str) -> Mapping[str, Row]:
    return {
        f"row_48_{one.partition(';')[0]}": (_typed(one), 415, "unsupported-media-type", None)
        for one in content_types
    }


_UNREADABLE: Mapping[str, bytes | str] = {
    "row_50_utf_16": '{"text": "a"}'.encode("utf-16"),
    "row_50_utf_16_without_bom": '{"text": "a"}'.encode("utf-16-le"),
    "row_50_bom": b"\xef\xbb\xbf{}",
    "row_54_blank": " \r\n",
    "row_56_nan": '{"big": NaN}',
    "row_56_infinity": '{"big": Infinity}',
    "row_56_minus_infinity": '{"anything": [-Infinity]}',
    **{f"row_59_{text}": text for text in ("[]", "null", '"x"', "5", "false", "[{}]")},
    "row_60_two_documents": "{}{}",
    "row_60_trailing_text": "{} x",
    "row_60_trailing_comma": '{"text": "a",}',
    "row_60_comma_in_a_list": '{"words": ["a",]}',
    "row_60_comment": '{"text": "a" /* b */}',
    "row_60_line_comment": "{} // b",
    "row_60_single_quotes": "{'text': 'a'}",
    "row_60_no_quotes": '{text: "a"}',
    "row_60_half": '{"text": "a"',
    "row_60_raw_line_end": '{"text": "a\nb"}',
    "row_60_leading_zero": '{"i32": 01}',
    "row_60_plus": '{"i32": +1}',
    "row_60_no_fraction": '{"big": 1.}',
    "row_61_no_utf_8": b'{"text": "\xff"}',
    "row_61_cut": b'{"text": "\xe2\x82"}',
    "row_61_overlong": b'{"text": "\xc0\xaf"}',
    "row_61_surrogate": b'{"text": "\xed\xa0\x80"}',
    "row_61_escaped_surrogate": '{"text": "\\ud800"}',
    "row_61_low_surrogate_first": '{"text": "\\udc00\\ud800"}',
    "row_61_surrogate_in_a_name": '{"\\udfff": 1}',
    "row_61_surrogate_in_a_struct": '{"extra": {"a": "\\ud800"}}',
}

DOCUMENTS: Mapping[str, Row] = {
    **_unsupported("text/plain", "application/x-www-form-urlencoded", "text/json", "image/png"),
    "row_48_no_type_for_no_json": (whole("POST", "/v1/whole", "a=b"), 400, "malformed-json", None),
    "row_49_gzip": (
        whole(
            "POST",
            "/v1/whole",
            gzip.compress(b"{}"),
            "Content-Type: application/json",
            "Content-Encoding: gzip",
        ),
        415,
        "unsupported-encoding",
        None,
    ),
    "row_49_br": (
        whole(
            "POST",
            "/v1/whole",
            b"\x0b\x00\x80{}\x03",
            "Content-Type: application/json",
            "Content-Encoding: br",
        ),
        415,
        "unsupported-encoding",
        None,
    ),
    "row_49_twice": (
        whole(
            "POST",
            "/v1/whole",
            "{}",
            "Content-Type: application/json",
            "Content-Encoding: gzip, gzip",
        ),
        415,
        "unsupported-encoding",
        None,
    ),
    "row_50_charset": (
        _typed("application/json; charset=utf-16"),
        415,
        "unsupported-media-type",
        None,
    ),
    "row_51_html": (
        whole("POST", "/v1/whole", "{}", "Content-Type: application/json", "Accept: text/html"),
        406,
        "not-acceptable",
        None,
    ),
    "row_51_nothing": (
        whole("POST", "/v1/whole", "{}", "Content-Type: application/json", "Accept: */*;q=0"),
        406,
        "not-acceptable",
        None,
    ),
    "row_52_over": (json_of('{"text": "' + "a" * _LIMIT_BYTES + '"}'), 413, "body-too-large", None),
    "row_52_over_in_chunks": (
        b"POST /v1/whole HTTP/1.1\r\nHost: bff\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"".join(b"8000\r\n%b\r\n" % (b" " * 0x8000) for _ in range(9))
        + b"0\r\n\r\n",
        413,
        "body-too-large",
        None,
    ),
    "row_54_a_body_where_none_is": (
        whole("DELETE", "/v1/query", "{}", "Content-Type: application/json"),
        405,
        "method-not-allowed",
        None,
    ),
    **{name: (json_of(body), 400, "malformed-json", None) for name, body in _UNREADABLE.items()},
    "row_55_at_the_top": (json_of('{"text": "a", "text": "a"}'), 400, "duplicate-key", "/text"),
    "row_55_escaped": (json_of('{"text": "a", "te\\u0078t": "b"}'), 400, "duplicate-key", "/text"),
    "row_55_inside": (
        json_of('{"inner": {"more": [{"name": "", "name": ""}]}}'),
        400,
        "duplicate-key",
        "/inner/more/0/name",
    ),
    "row_55_in_a_struct": (
        json_of('{"extra": {"a": {"b": 1, "b": 2}}}'),
        400,
        "duplicate-key",
        "/extra/a/b",
    ),
    "row_57_33": (json_of('{"list": ' + "[" * 32 + "]" * 32 + "}"), 400, "too-deep", None),
    "row_57_100k": (json_of("[" * 100_000), 400, "too-deep", None),
    "row_57_objects": (json_of('{"twin":' * 40 + "{}" + "}" * 40), 400, "too-deep", None),
    "row_58_numbers": (
        json_of('{"numbers": [' + ",".join(["1"] * 20_001) + "]}"),
        400,
        "too-complex",
        None,
    ),
    "row_58_empty_objects": (
        json_of('{"inners": [' + ",".join(["{}"] * 20_001) + "]}"),
        400,
        "too-complex",
        None,
    ),
    "row_82_deep": (json_of('{"anything": ' + "[" * 40 + "]" * 40 + "}"), 400, "too-deep", None),
    "row_82_wide": (
        json_of('{"extra": {"a": [' + ",".join(["0"] * 20_001) + "]}}"),
        400,
        "too-complex",
        None,
    ),
    **{
        f"row_84_{name}": (_typed(given, body), 415, "unsupported-media-type", None)
        for name, given, body in (
            ("10_000_parts", _FORM, "--x\r\n\r\na\r\n" * 10_000 + "--x--\r\n"),
            ("no_boundary", "multipart/form-data", "--x\r\n\r\na\r\n--x--\r\n"),
            ("bad_header", _FORM, "--x\r\nContent-Disposition\r\n\r\na\r\n--x--\r\n"),
        )
    },
    **{
        f"row_85_{given}": (_patched(given, body), 415, "unsupported-media-type", None)
        for given, body in (
            ("application/json-patch+json", '[{"op": "add", "path": "/title", "value": "b"}]'),
            ("application/merge-patch+json", '{"title": null}'),
            ("Application/Merge-Patch+JSON; charset=utf-8", '{"title": "b"}'),
        )
    },
}

FIELDS: Mapping[str, tuple[str, str, str | None]] = {
    "row_62_unknown": ('{"nope": 1}', "unknown-field", "/nope"),
    "row_62_unknown_inside": (
        '{"twin": {"inner": {"nmae": ""}}}',
        "unknown-field",
        "/twin/inner/nmae",
    ),
    "row_62_proto": ('{"__proto__": {}}', "unknown-field", "/__proto__"),
    "row_63_both_spellings": ('{"by_name": {}, "byName": {}}', "duplicate-field", None),
    "row_64_two_arms": ('{"street": "a", "host": {}}', "oneof-conflict", None),
    "row_64_a_null_arm": ('{"street": "a", "nowhere": null}', "oneof-conflict", None),
    "row_76_two_spellings_of_a_key": (
        '{"byNumber": {"1": 0, "01": 0}}',
        "invalid-field",
        "/byNumber/01",
    ),
    "row_76_one_key_twice": ('{"byNumber": {"1": 0, "1": 0}}', "duplicate-key", "/byNumber/1"),
}

VALUES: Mapping[str, tuple[str, str]] = {
    "row_65_digits": ('{"i64": ' + "9" * 5_000 + "}", "/i64"),
    "row_65_digits_in_a_text": ('{"i64": "' + "9" * 5_000 + '"}', "/i64"),
    "row_65_mantissa": ('{"big": 1.' + "0" * 200_000 + "}", "/big"),
    "row_66_over": ('{"i32": 2147483648}', "/i32"),
    "row_66_half": ('{"i32": 1.5}', "/i32"),
    "row_66_bool": ('{"i32": true}', "/i32"),
    "row_66_empty": ('{"i32": ""}', "/i32"),
    "row_66_hex": ('{"i32": "0x10"}', "/i32"),
    "row_66_space": ('{"i32": " 1"}', "/i32"),
    "row_67_underscore": ('{"i64": "1_000"}', "/i64"),
    "row_67_other_script": ('{"i64": "٣"}', "/i64"),
    "row_67_plus": ('{"i64": "+5"}', "/i64"),
    "row_67_exponent": ('{"i64": "1e3"}', "/i64"),
    "row_68_negative": ('{"u32": -1}', "/u32"),
    "row_68_rounded": ('{"i64": 9007199254740993.0}', "/i64"),
    "row_68_over": ('{"i64": "9223372036854775808"}', "/i64"),
    "row_69_float_over_in_a_text": ('{"real": "1e39"}', "/real"),
    "row_69_inf": ('{"real": "inf"}', "/real"),
    "row_69_underscore": ('{"real": "1_0.0"}', "/real"),
    "row_69_float_over": ('{"real": 3.5e38}', "/real"),
    "row_69_double_over": ('{"big": 1e999}', "/big"),
    "row_70_nan": ('{"big": "NaN"}', "/big"),
    "row_70_infinity": ('{"real": "-Infinity"}', "/real"),
    "row_71_text": ('{"flag": "true"}', "/flag"),
    "row_71_one": ('{"flag": 1}', "/flag"),
    "row_71_zero": ('{"flag": 0}', "/flag"),
    "row_72_number": ('{"text": 5}', "/text"),
    "row_72_array": ('{"text": ["a"]}', "/text"),
    "row_72_nul": ('{"text": "a\\u0000b"}', "/text"),
    "row_72_nul_in_a_struct": ('{"extra": {"a": "\\u0000"}}', "/extra/a"),
    "row_73_no_base64": ('{"raw": "!!!"}', "/raw"),
    "row_73_star": ('{"raw": "Y*Q=="}', "/raw"),
    "row_73_line_end": ('{"raw": "YW\\nJj"}', "/raw"),
    "row_74_unknown": ('{"mood": "MOOD_BLUE"}', "/mood"),
    "row_74_bool": ('{"mood": true}', "/mood"),
    "row_74_float": ('{"mood": 1.0}', "/mood"),
    "row_74_text": ('{"mood": "1"}', "/mood"),
    "row_74_99": ('{"mood": 99}', "/mood"),
    "row_75_scalar": ('{"numbers": 1}', "/numbers"),
    "row_75_null": ('{"words": ["a", null]}', "/words/1"),
    "row_75_null_in_a_map": ('{"labels": {"a": null}}', "/labels/a"),
    "row_76_no_int": ('{"byNumber": {"x": 0}}', "/byNumber/x"),
    "row_76_no_bool": ('{"byFlag": {"1": 0}}', "/byFlag/1"),
    "row_77_list": ('{"inner": []}', "/inner"),
    "row_77_false": ('{"twin": {"inner": false}}', "/twin/inner"),
    "row_78_no_zone": ('{"at": "2024-01-01T00:00:00"}', "/at"),
    "row_78_second_60": ('{"at": "2024-01-01T00:00:60Z"}', "/at"),
    "row_78_year_0": ('{"at": "0000-01-01T00:00:00Z"}', "/at"),
    "row_78_year_10000": ('{"at": "10000-01-01T00:00:00Z"}', "/at"),
    "row_78_ten_digits": ('{"at": "2024-01-01T00:00:00.1234567890Z"}', "/at"),
    "row_78_number": ('{"at": 5}', "/at"),
    "row_78_offset": ('{"at": "2024-01-01T00:00:00+99:99"}', "/at"),
    "row_79_no_s": ('{"span": "5"}', "/span"),
    "row_79_exponent": ('{"span": "1e3s"}', "/span"),
    "row_79_out_of_range": ('{"span": "315576000001s"}', "/span"),
    "row_79_space": ('{"span": " 5s"}', "/span"),
    "row_80_snake": ('{"mask": "a_b"}', "/mask"),
    "row_80_empty_parts": ('{"mask": "a..b,,"}', "/mask"),
    "row_81_any": (f'{{"any": {{"@type": "{URL}/echo.v1.Inner"}}}}', "/any"),
    "row_81_unknown": (f'{{"any": {{"@type": "{URL}/no.Such"}}}}', "/any"),
    "row_82_huge": ('{"anything": 1' + "0" * 400 + "}", "/anything"),
    "row_81_inside_itself": (
        f'{{"any": {{"@type": "{URL}/google.protobuf.Any", "value": {{}}}}}}',
        "/any",
    ),
    "row_83_wrapper": ('{"sure": {"value": true}}', "/sure"),
}
