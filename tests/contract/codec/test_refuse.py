"""JSON to messages, what is refused and how it is said: docs/spec/bad-input.md rows 59-83."""

from typing import Any

import pytest

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.json_text import parse
from bff.terms.errors import BadInput

STRICT = Codec(JsonOptions(nonfinite=False, any=False, open_enums=False))
"""A route that forbids what rows 70, 74 and 81 speak of."""
ANY = Codec(JsonOptions(any=True))
URL = "type.googleapis.com"


def refusal(kind: Any, text: str, codec: Codec = STRICT) -> BadInput:
    with pytest.raises(BadInput) as caught:
        codec.fill(kind(), parse(text.encode()))
    return caught.value


def said(error: BadInput) -> tuple[str, list[str]]:
    return error.reason, [violation.path for violation in error.violations]


@pytest.mark.parametrize("text", ["[]", "null", '"x"', "5", "false"])
def test_row_59_the_body_must_be_an_object(types, text: str):
    assert ("malformed-json", [""]) == said(refusal(types.Scalars, text))


@pytest.mark.parametrize("field, text", [("child", "[]"), ("child", "null"), ("i32", "null")])
def test_row_59_so_must_a_body_that_is_one_message_field(types, field: str, text: str):
    message = types.Optionals()
    with pytest.raises(BadInput) as caught:
        STRICT.fill_field(message, message.DESCRIPTOR.fields_by_name[field], parse(text.encode()))

    assert ("malformed-json", [""]) == said(caught.value)


# One row each: (row, message, JSON, pointer). The reason of all is invalid-field.
INVALID = [
    ("66 int32 over", "Scalars", '{"i32": 2147483648}', "/i32"),
    ("66 half", "Scalars", '{"i32": 1.5}', "/i32"),
    ("66 bool", "Scalars", '{"i32": true}', "/i32"),
    ("66 empty", "Scalars", '{"i32": ""}', "/i32"),
    ("66 hex", "Scalars", '{"i32": "0x10"}', "/i32"),
    ("66 space before", "Scalars", '{"i32": " 1"}', "/i32"),
    ("PJ2 space after", "Scalars", '{"i32": "1 "}', "/i32"),
    ("66 object", "Scalars", '{"i32": {}}', "/i32"),
    ("67 underscore", "Scalars", '{"i32": "1_000"}', "/i32"),
    ("67 other script", "Scalars", '{"i32": "٣"}', "/i32"),
    ("67 plus", "Scalars", '{"i32": "+5"}', "/i32"),
    ("67 exponent in a text", "Scalars", '{"i32": "1e3"}', "/i32"),
    ("67 fraction in a text", "Scalars", '{"i32": "1.0"}', "/i32"),
    ("67 leading zero", "Scalars", '{"i32": "01"}', "/i32"),
    ("68 negative uint32", "Scalars", '{"u32": -1}', "/u32"),
    ("68 int64 that a double rounds", "Scalars", '{"i64": 9007199254740993.0}', "/i64"),
    ("68 int64 that only looks whole", "Scalars", '{"i64": 1.00000000000000000001}', "/i64"),
    ("68 int64 over in a text", "Scalars", '{"i64": "9223372036854775808"}', "/i64"),
    ("68 int64 over in a list", "Lists", '{"i64": [1, 9223372036854775808]}', "/i64/1"),
    ("65 long digits in a text", "Scalars", '{"i64": "' + "9" * 5_000 + '"}', "/i64"),
    ("65 a long double in a text", "Scalars", '{"aDouble": "1.' + "0" * 5_000 + '"}', "/aDouble"),
    ("69 float over in a text", "Scalars", '{"aFloat": "1e39"}', "/aFloat"),
    ("69 inf", "Scalars", '{"aFloat": "inf"}', "/aFloat"),
    ("69 nan", "Scalars", '{"aDouble": "nan"}', "/aDouble"),
    ("69 underscore", "Scalars", '{"aFloat": "1_0.0"}', "/aFloat"),
    ("69 float over", "Scalars", '{"aFloat": 3.5e38}', "/aFloat"),
    ("69 double over", "Scalars", '{"aDouble": 1e999}', "/aDouble"),
    ("69 double over in a text", "Scalars", '{"aDouble": "1e999"}', "/aDouble"),
    ("69 double over as an int", "Scalars", '{"aDouble": 1' + "0" * 400 + "}", "/aDouble"),
    ("69 bool", "Scalars", '{"aDouble": true}', "/aDouble"),
    ("69 spaces", "Scalars", '{"aDouble": " 1"}', "/aDouble"),
    ("69 empty", "Scalars", '{"aDouble": ""}', "/aDouble"),
    ("70 NaN", "Scalars", '{"aDouble": "NaN"}', "/aDouble"),
    ("70 Infinity", "Scalars", '{"aFloat": "Infinity"}', "/aFloat"),
    ("71 text", "Scalars", '{"aBool": "true"}', "/aBool"),
    ("71 one", "Scalars", '{"aBool": 1}', "/aBool"),
    ("71 zero", "Scalars", '{"aBool": 0}', "/aBool"),
    ("72 number", "Scalars", '{"aString": 5}', "/aString"),
    ("72 array", "Scalars", '{"aString": ["x"]}', "/aString"),
    ("72 NUL", "Scalars", '{"aString": "a\\u0000b"}', "/aString"),
    ("72 NUL in a list", "Lists", '{"aString": ["\\u0000"]}', "/aString/0"),
    ("72 NUL in a map key", "Maps", '{"texts": {"k\\u0000": ""}}', "/texts/k\0"),
    ("72 NUL in a Struct", "Known", '{"struct": {"a": ["\\u0000"]}}', "/struct/a/0"),
    ("72 NUL in a StringValue", "Known", '{"aString": "\\u0000"}', "/aString"),
    ("73 no base64", "Scalars", '{"aBytes": "!!!"}', "/aBytes"),
    ("73 star", "Scalars", '{"aBytes": "Y*Q=="}', "/aBytes"),
    ("73 newline", "Scalars", '{"aBytes": "YW\\nJj"}', "/aBytes"),
    ("73 half a byte", "Scalars", '{"aBytes": "Y"}', "/aBytes"),
    ("73 too little padding", "Scalars", '{"aBytes": "YQ="}', "/aBytes"),
    ("73 too much padding", "Scalars", '{"aBytes": "YWI=="}', "/aBytes"),
    ("73 only padding", "Scalars", '{"aBytes": "===="}', "/aBytes"),
    ("73 padding inside", "Scalars", '{"aBytes": "YQ==YQ=="}', "/aBytes"),
    ("73 non-ASCII", "Scalars", '{"aBytes": "YWJé"}', "/aBytes"),
    ("73 array of numbers", "Scalars", '{"aBytes": [1]}', "/aBytes"),
    ("74 unknown name", "Scalars", '{"color": "PINK"}', "/color"),
    ("74 lower case", "Scalars", '{"color": "color_red"}', "/color"),
    ("74 bool", "Scalars", '{"color": true}', "/color"),
    ("74 float", "Scalars", '{"color": 1.0}', "/color"),
    ("74 number in a text", "Scalars", '{"color": "1"}', "/color"),
    ("74 unknown number", "Scalars", '{"color": 99}', "/color"),
    ("75 scalar for a list", "Lists", '{"i32": 1}', "/i32"),
    ("75 null item", "Lists", '{"i32": [1, null]}', "/i32/1"),
    ("75 null message item", "Lists", '{"child": [{}, null]}', "/child/1"),
    ("75 null time", "Lists", '{"time": [null]}', "/time/0"),
    ("75 list for a scalar", "Scalars", '{"i32": [1]}', "/i32"),
    ("75 null map value", "Maps", '{"texts": {"a": null}}', "/texts/a"),
    ("75 null map message", "Maps", '{"children": {"a": null}}', "/children/a"),
    ("75 list for a map", "Maps", '{"texts": []}', "/texts"),
    ("76 leading zero", "Maps", '{"i32": {"01": 1}}', "/i32/01"),
    ("76 minus zero", "Maps", '{"i32": {"-0": 1}}', "/i32/-0"),
    ("76 bool key", "Maps", '{"bools": {"1": 1}}', "/bools/1"),
    ("76 int key", "Maps", '{"i32": {"x": 1}}', "/i32/x"),
    ("76 int key over", "Maps", '{"i32": {"2147483648": 1}}', "/i32/2147483648"),
    ("77 list for a message", "Optionals", '{"child": []}', "/child"),
    ("77 false for a message", "Optionals", '{"child": false}', "/child"),
    ("77 list for Empty", "Known", '{"empty": []}', "/empty"),
    ("78 no zone", "Known", '{"time": "2024-01-01T00:00:00"}', "/time"),
    ("78 second 60", "Known", '{"time": "2024-01-01T00:00:60Z"}', "/time"),
    ("78 year 0", "Known", '{"time": "0000-01-01T00:00:00Z"}', "/time"),
    ("78 year 10000", "Known", '{"time": "10000-01-01T00:00:00Z"}', "/time"),
    ("78 beyond by its offset", "Known", '{"time": "9999-12-31T23:59:59-00:01"}', "/time"),
    ("78 before by its offset", "Known", '{"time": "0001-01-01T00:00:00+00:01"}', "/time"),
    ("78 ten digits", "Known", '{"time": "2024-01-01T00:00:00.1234567890Z"}', "/time"),
    ("78 number", "Known", '{"time": 5}', "/time"),
    ("78 offset 99:99", "Known", '{"time": "2024-01-01T00:00:00+99:99"}', "/time"),
    ("78 offset of 60 minutes", "Known", '{"time": "2024-01-01T00:00:00+01:60"}', "/time"),
    ("78 30th of February", "Known", '{"time": "2024-02-30T00:00:00Z"}', "/time"),
    ("78 lower case", "Known", '{"time": "2024-01-01t00:00:00z"}', "/time"),
    ("78 space", "Known", '{"time": "2024-01-01T00:00:00Z "}', "/time"),
    ("78 newline", "Known", '{"time": "2024-01-01T00:00:00Z\\n"}', "/time"),
    ("78 other script", "Known", '{"time": "٢٠٢٤-01-01T00:00:00Z"}', "/time"),
    ("79 no s", "Known", '{"duration": "5"}', "/duration"),
    ("79 exponent", "Known", '{"duration": "1e3s"}', "/duration"),
    ("79 out of range", "Known", '{"duration": "315576000001s"}', "/duration"),
    ("79 space", "Known", '{"duration": " 5s"}', "/duration"),
    ("79 plus", "Known", '{"duration": "+5s"}', "/duration"),
    ("79 underscore", "Known", '{"duration": "1_0s"}', "/duration"),
    ("79 number", "Known", '{"duration": 5}', "/duration"),
    ("80 snake", "Known", '{"mask": "a_b"}', "/mask"),
    ("80 empty parts", "Known", '{"mask": "a..b,,"}', "/mask"),
    ("80 star", "Known", '{"mask": "*"}', "/mask"),
    ("80 space", "Known", '{"mask": "a, b"}', "/mask"),
    ("80 array", "Known", '{"mask": ["a"]}', "/mask"),
    (
        "81 Any where it is forbidden",
        "Known",
        f'{{"any": {{"@type": "{URL}/rich.v1.Tree"}}}}',
        "/any",
    ),
    ("81 even an empty one", "Known", '{"any": {}}', "/any"),
    ("82 huge number", "Known", '{"value": 1' + "0" * 400 + "}", "/value"),
    ("82 list for a Struct", "Known", '{"struct": []}', "/struct"),
    ("82 object for a ListValue", "Known", '{"list": {}}', "/list"),
    ("83 wrapper as object", "Known", '{"aBool": {"value": true}}', "/aBool"),
    ("83 wrapper over its range", "Known", '{"i64": "9223372036854775808"}', "/i64"),
    (
        "deep inside",
        "Tree",
        '{"children": [{}, {"scalars": {"i32": "x"}}]}',
        "/children/1/scalars/i32",
    ),
    ("in a map of messages", "Maps", '{"children": {"a/b": {"i32": "x"}}}', "/children/a~1b/i32"),
]


@pytest.mark.parametrize(
    "kind, text, pointer", [row[1:] for row in INVALID], ids=[row[0] for row in INVALID]
)
def test_a_value_that_does_not_fit_is_an_invalid_field(types, kind: str, text: str, pointer: str):
    assert ("invalid-field", [pointer]) == said(refusal(getattr(types, kind), text))


def test_row_62_an_unknown_field_is_named_and_nothing_else_is(types):
    error = refusal(types.Tree, '{"children": [{"nmae": "hunter2"}]}')

    assert ("unknown-field", ["/children/0/nmae"]) == said(error)
    assert [] == [name for name in ("scalars", "known", "rich", "hunter2") if name in error.detail]


@pytest.mark.parametrize(
    "kind, text",
    [
        ("rich.v1.Scalars", '{"[old.v1.note]": "x"}'),
        ("old.v1.Old", '{"[old.v1.nope]": "x"}'),
        ("old.v1.Old", '{"[old.v1.elsewhere]": "x"}'),
        ("old.v1.Old", '{"old.v1.note": "x"}'),
        ("old.v1.Old", '{"[]": "x"}'),
        ("rich.v1.Scalars", '{"": "x"}'),
        ("rich.v1.Scalars", '{"AString": "x"}'),
    ],
)
def test_row_62_what_is_no_extension_here_is_unknown_too(types, kind: str, text: str):
    assert "unknown-field" == refusal(types[kind], text).reason


def test_row_63_two_spellings_of_one_field(types):
    for text in ('{"a_string": "x", "aString": "x"}', '{"aString": null, "a_string": "x"}'):
        assert "duplicate-field" == refusal(types.Scalars, text).reason


@pytest.mark.parametrize(
    "text",
    [
        '{"someText": "x", "number": 1}',
        '{"some_text": "x", "number": 1}',
        '{"number": 1, "beside": "", "child": {}}',
        '{"null": null, "number": 1}',
        '{"number": 1, "null": null}',
        '{"value": null, "null": null}',
        '{"someText": "", "number": 0}',
    ],
)
def test_row_64_two_arms_of_a_oneof(types, text: str):
    assert "oneof-conflict" == refusal(types.Choice, text).reason


def test_row_64_two_spellings_of_one_arm_are_a_duplicate(types):
    assert "duplicate-field" == refusal(types.Choice, '{"some_text": "x", "someText": "x"}').reason


@pytest.mark.parametrize(
    "inner, reason, pointer",
    [
        ('{"@type": "x/no.Such"}', "invalid-field", "/any/@type"),
        ('{"@type": "rich.v1.Scalars"}', "invalid-field", "/any/@type"),
        ('{"@type": 5}', "invalid-field", "/any/@type"),
        ('{"i32": 5}', "invalid-field", "/any/@type"),
        ("[]", "invalid-field", "/any"),
        ('{"@type": "x/google.protobuf.Duration"}', "invalid-field", "/any"),
        ('{"@type": "x/google.protobuf.Duration", "value": "1s", "x": 1}', "invalid-field", "/any"),
        ('{"@type": "x/google.protobuf.Duration", "value": "1"}', "invalid-field", "/any/value"),
        ('{"@type": "x/rich.v1.Optionals", "nope": 1}', "unknown-field", "/any/nope"),
        (
            '{"@type": "x/google.protobuf.Any", "value": {"@type": "x/no.Such"}}',
            "invalid-field",
            "/any/value/@type",
        ),
    ],
)
def test_row_81_any_where_it_is_read(types, inner: str, reason: str, pointer: str):
    assert (reason, [pointer]) == said(refusal(types.Known, f'{{"any": {inner}}}', ANY))


def test_sensitive_fields_are_unknown_in_every_spelling(types):
    hidden = frozenset({"rich.v1.Scalars.password_hash", "old.v1.secret_note"})
    codec = Codec(JsonOptions(omit_sensitive=hidden))

    assert ["unknown-field"] * 3 == [
        refusal(types.Scalars, '{"passwordHash": "x"}', codec).reason,
        refusal(types.Scalars, '{"password_hash": "x"}', codec).reason,
        refusal(types["old.v1.Old"], '{"[old.v1.secret_note]": "x"}', codec).reason,
    ]


def test_pj5_closed_enums_refuse_what_they_do_not_name(types):
    assert (
        "/many/1" == refusal(types["old.v1.Old"], '{"many": ["CLOSED_ONE", 3]}').violations[0].path
    )


def test_pointers_begin_where_the_caller_says(types):
    with pytest.raises(BadInput) as caught:
        STRICT.fill(types.Scalars(), {"i32": "x"}, at="/todo")

    assert ("invalid-field", ["/todo/i32"]) == said(caught.value)


def test_a_list_instead_of_an_object_below_the_top_is_an_invalid_field(types):
    with pytest.raises(BadInput) as caught:
        STRICT.fill(types.Scalars(), [], at="/todo")

    assert ("invalid-field", ["/todo"]) == said(caught.value)


def test_the_error_never_repeats_the_value(types):
    for kind, text in [(types.Scalars, '{"i32": "hunter2"}'), (types.Known, '{"time": "hunter2"}')]:
        assert "hunter2" not in repr(refusal(kind, text))


def test_row_57_at_depth_100_a_document_is_read_and_refused_without_a_crash(types):
    limits = JsonLimits(depth=202)
    deep = '{"children": [' * 100 + '{"name": 5}' + "]}" * 100
    with pytest.raises(BadInput) as caught:
        STRICT.fill(types.Tree(), parse(deep.encode(), limits))

    assert "/children/0" * 100 + "/name" == caught.value.violations[0].path
