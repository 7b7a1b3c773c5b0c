"""The standard rules of buf.validate, one by one: HT12; row 83."""

from typing import Any

import pytest

from bff.contract.rules import Rules
from tests.contract.validated import catalog, kind

NAN, INFINITY = float("nan"), float("inf")

# Every row: a field, the rules on it, values that follow them, values that don't.
ROWS: list[tuple[str, str, list[Any], list[Any]]] = [
    ("string", 'string.const = "a"', ["a"], ["", "A"]),
    ("string", "string.len = 2", ["éé"], ["é", "abc"]),
    ("string", "string.min_len = 2", ["ab", "abc"], ["", "a"]),
    ("string", "string.max_len = 2", ["", "éé"], ["abc"]),
    ("string", "string.min_bytes = 2", ["é"], ["e"]),
    ("string", "string.len_bytes = 2", ["é"], ["e", "éé"]),
    ("string", "string.max_bytes = 2", ["é"], ["éa"]),
    ("string", 'string.pattern = "^[a-z]+$"', ["ab"], ["", "a1", "a\n"]),
    ("string", 'string.pattern = "b"', ["abc"], ["ac"]),
    ("string", r'string.pattern = "^\\d+$"', ["12"], ["١٢"]),
    ("string", 'string.prefix = "ab"', ["abc"], ["cab"]),
    ("string", 'string.suffix = "ab"', ["cab"], ["abc"]),
    ("string", 'string.contains = "ab"', ["cabc"], ["acb"]),
    ("string", 'string.not_contains = "ab"', ["acb"], ["cabc"]),
    ("string", 'string = {in: ["a", "b"]}', ["a", "b"], ["", "c"]),
    ("string", 'string = {not_in: ["a", "b"]}', ["", "c"], ["a"]),
    ("string", "string.email = true", ["a@b.example", "a.b+c@d"], ["", "a", "a@", "a@b..c"]),
    ("string", "string.email = false", ["", "a"], []),
    ("string", "string.hostname = true", ["a.example", "a-b.c."], ["", "-a", "a.1", "a" * 64]),
    ("string", "string.ip = true", ["10.0.0.1", "::1"], ["", "a", "10.0.0.256"]),
    ("string", "string.ipv4 = true", ["10.0.0.1"], ["::1", "10.0.0.01", "10.0.0.1/8"]),
    ("string", "string.ipv6 = true", ["::1", "fe80::1%en0%"], ["10.0.0.1", ":::", "::1%"]),
    ("string", "string.address = true", ["a.example", "::1"], ["", "a b"]),
    (
        "string",
        "string.uri = true",
        ["https://u@a.example:1/b?c=d#e", "urn:a:b", "http://[::1]/", "file:///a", "a:%20"],
        ["", "/a", "a b:c", "http://a b", "a:%2", "http://[::1/", "http://[g]/", "http://a:b"],
    ),
    (
        "string",
        "string.uuid = true",
        ["0f8fad5b-d9cb-469f-a165-70867728950E"],
        ["", "0f8fad5bd9cb469fa16570867728950e", "0f8fad5b-d9cb-469f-a165-70867728950e\n"],
    ),
    ("string", "string.tuuid = true", ["0f8fad5bd9cb469fa16570867728950e"], ["0"]),
    ("string", "required = true", ["a"], [""]),
    ("optional string", "required = true", ["", "a"], [None]),
    ("optional string", "string.min_len = 1", [None, "a"], [""]),
    ("string", "ignore = IGNORE_IF_ZERO_VALUE, V.string.min_len = 2", ["", "ab"], ["a"]),
    ("optional string", "ignore = IGNORE_IF_ZERO_VALUE, V.string.min_len = 2", [None], ["", "a"]),
    ("string", "ignore = IGNORE_ALWAYS, V.required = true", ["", "a"], []),
    ("bytes", "bytes.len = 2", [b"ab"], [b"a", b"abc"]),
    ("bytes", "bytes.min_len = 2", [b"ab"], [b"a"]),
    ("bytes", "bytes.max_len = 2", [b"ab"], [b"abc"]),
    ("bool", "bool.const = true", [True], [False]),
    ("Genre", "enum.const = 1", [1], [0, 2]),
    ("Genre", "enum.defined_only = true", [0, 2], [3]),
    ("Genre", "enum = {in: [1, 2]}", [1, 2], [0]),
    ("Genre", "enum = {not_in: [0]}", [1, 3], [0]),
    ("Genre", "required = true", [1], [0]),
    ("int32", "int32 = {gt: 0, lt: 10}", [1, 9], [0, 10]),
    ("int32", "int32 = {gt: 10, lt: 0}", [11, -1], [0, 5, 10]),
    ("int32", "int32 = {gte: 10, lte: 0}", [10, 0], [1, 9]),
    ("int32", "required = true", [1, -1], [0]),
    ("optional int32", "int32.gt = 0", [None, 1], [0]),
    ("float", "float.lte = 1.5", [1.5, -INFINITY], [1.6, NAN]),
    ("float", "float.finite = true", [1.5], [NAN, INFINITY]),
    ("double", "double = {gt: 1, lt: 0}", [2.0, -1.0], [0.5, NAN]),
    ("double", "double.finite = true", [0.0], [-INFINITY]),
    ("google.protobuf.StringValue", "string.min_len = 2", [None, "ab"], ["", "a"]),
    ("google.protobuf.Int64Value", "int64.gt = 2", [None, 3], [0, 2]),
    ("repeated int32", "repeated.min_items = 1", [[1]], [[]]),
    ("repeated int32", "repeated.max_items = 1", [[], [1]], [[1, 2]]),
    ("repeated string", "repeated.unique = true", [[], ["a", "b"]], [["a", "b", "a"]]),
    ("repeated int32", "repeated.items.int32.gt = 0", [[], [1]], [[1, 0]]),
    (
        "repeated int32",
        "repeated.items = {ignore: IGNORE_IF_ZERO_VALUE, int32: {gt: 1}}",
        [[0]],
        [[1]],
    ),
    ("repeated int32", "ignore = IGNORE_IF_ZERO_VALUE, V.repeated.min_items = 2", [[]], [[1]]),
    ("repeated google.protobuf.StringValue", "repeated.items.string.len = 1", [["a"]], [["ab"]]),
    ("map<string, int32>", "map.min_pairs = 1", [{"a": 1}], [{}]),
    ("map<string, int32>", "map.max_pairs = 1", [{}], [{"a": 1, "b": 2}]),
    ("map<string, int32>", "map.keys.string.min_len = 1", [{"a": 0}], [{"": 0}]),
    ("map<string, int32>", "map.values.int32.gt = 0", [{"a": 1}], [{"a": 0}]),
    *(
        row
        for number in "int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64"
        " float double".split()
        for row in [
            (number, f"{number}.const = 3", [3], [0, 4]),
            (number, f"{number}.lt = 3", [2], [3]),
            (number, f"{number}.lte = 3", [3], [4]),
            (number, f"{number}.gt = 3", [4], [3]),
            (number, f"{number}.gte = 3", [3], [2]),
            (number, f"{number} = {{in: [3, 4]}}", [4], [5]),
            (number, f"{number} = {{not_in: [3, 4]}}", [5], [4]),
        ]
    ),
]
CASES = [
    (index, value, holds)
    for index, (_, _, good, bad) in enumerate(ROWS)
    for holds, values in [(True, good), (False, bad)]
    for value in values
]
PROTO = "\n".join(
    f"message Row{index} {{ {field} f = 1 [V.{rules}]; }}"
    for index, (field, rules, _, _) in enumerate(ROWS)
).replace("V.", "(buf.validate.field).")


def message(index: int, value: Any) -> Any:
    """A row's message with this value; None leaves the field alone."""
    made = kind(catalog(PROTO), f"Row{index}")()
    if value is None:
        return made
    if ROWS[index][0].startswith("google"):
        made.f.value = value
    elif ROWS[index][0] == "repeated google.protobuf.StringValue":
        for one in value:
            made.f.add(value=one)
    elif isinstance(value, list):
        made.f.extend(value)
    elif isinstance(value, dict):
        made.f.update(value)
    else:
        made.f = value
    return made


def faults(proto: str, name: str, **fields: Any) -> list[str]:
    found = catalog(proto)
    return [one.sentence for one in Rules(found.options).faults(kind(found, name)(**fields))]


def unchecked(proto: str) -> set[str]:
    found = catalog(proto)
    return set(Rules(found.options).unchecked(kind(found, "M").DESCRIPTOR))


@pytest.mark.parametrize(
    ("index", "value", "holds"),
    CASES,
    ids=[f"{ROWS[index][0]}-{ROWS[index][1]}-{value!r}" for index, value, _ in CASES],
)
def test_ht12_row_83_a_rule_of_buf_validate(index, value, holds):
    found = list(Rules(catalog(PROTO).options).faults(message(index, value)))
    assert holds == (not found), found


def test_ht12_every_rule_of_the_table_is_followed():
    found = catalog(PROTO)
    rules = Rules(found.options)
    left = [rules.unchecked(kind(found, f"Row{index}").DESCRIPTOR) for index in range(len(ROWS))]
    assert {frozenset()} == set(left)


ONEOF = """message M { oneof who { option (buf.validate.oneof).required = true;
  string by_id = 1; int32 by_number = 2 [(buf.validate.field).int32.gt = 0]; } }"""


def test_ht12_a_required_oneof():
    assert ["one of these is required: byId, byNumber"] == faults(ONEOF, "M")
    assert [] == faults(ONEOF, "M", by_id="")
    assert ["send a number greater than 0"] == faults(ONEOF, "M", by_number=0)


LISTED = """message M {
  option (buf.validate.message).oneof = { fields: ["a", "b"], required: true };
  string a = 1 [(buf.validate.field).string.min_len = 2];
  repeated string b = 2 [(buf.validate.field).repeated.min_items = 2];
}"""


def test_ht12_a_messages_list_of_fields_that_exclude_each_other():
    """Those that are unset need not follow their own rules."""
    assert ["one of these is required: a, b"] == faults(LISTED, "M")
    assert [] == faults(LISTED, "M", a="ab")
    assert ["send at least 2 characters"] == faults(LISTED, "M", a="a")
    assert ["send only one of a, b"] == faults(LISTED, "M", a="ab", b=["x", "y"])


INNER = """message In { string s = 1 [(buf.validate.field).string.min_len = 1]; }
message M { In one = 1 [(buf.validate.field).ignore = IGNORE_ALWAYS]; repeated In many = 2 [
  (buf.validate.field).repeated.items.ignore = IGNORE_ALWAYS]; In seen = 3; M more = 4; }"""


def test_ht12_what_is_ignored_always_is_not_looked_into():
    assert [] == faults(INNER, "M", one={}, many=[{}])
    assert ["send at least 1 character"] == faults(INNER, "M", more={"seen": {}})


def test_ht12_what_is_left_to_the_service_is_named():
    proto = """message In {
  int32 n = 1 [(buf.validate.field).cel = {id: "x", expression: "true"}];
}
message M {
  option (buf.validate.message).cel = {id: "y", expression: "true"};
  string ref = 1 [(buf.validate.field).string.uri_ref = true];
  google.protobuf.Timestamp at = 2 [(buf.validate.field).timestamp.lt_now = true];
  string loops = 3 [(buf.validate.field).string.pattern = "^(a+)+$"];
  string kind = 4 [(buf.validate.field).int32.gt = 1];
  repeated In many = 5 [(buf.validate.field).repeated.items.cel = {id: "z", expression: "true"}];
}"""
    assert {
        "ruled.v1.In.n: cel",
        "ruled.v1.M: cel",
        "ruled.v1.M.ref: string.uri_ref",
        "ruled.v1.M.at: timestamp",
        "ruled.v1.M.loops: string.pattern",
        "ruled.v1.M.kind: int32",
        "ruled.v1.M.many: items.cel",
    } == unchecked(proto)
