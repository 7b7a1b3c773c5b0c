"""Bodies of requests in JSON, against protobuf's own reader.

Promise   BadInput, or a message: the same one that json_format reads, the same by the short way,
          and the same again from the JSON that we write of it.
Called by aims.py.
"""

import json
import re
from functools import cache
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

from bff.contract.codec import Codec
from bff.contract.codec.known import is_map, message_of
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.request.bind import Binder
from bff.terms.errors import BadInput
from tests.fuzz.aim import Aim
from tests.openapi.echo import SERVICE, catalog

JSON = "application/json"
_NULL_OF_A_NUMBER = re.compile(r"\b(?:nowhere|none): -?\d").search


@cache
def _codec() -> Codec:
    return Codec(JsonOptions())


@cache
def _binder() -> Binder:
    rpc = catalog().methods[f"{SERVICE}/Whole"]
    whole = next(one for one in rpc.bindings if one.body == "*")
    return Binder(rpc.request, whole, codec=_codec(), limits=JsonLimits())


def check(data: bytes) -> str:
    """An input is a body."""
    message = _bound(data)
    mine = message.reason if isinstance(message, BadInput) else _bytes(message)
    assert mine == _by_the_short_way(data)
    if isinstance(message, BadInput):
        return f"{mine!s} {_member(message)}".rstrip()
    theirs = _theirs(data)
    if isinstance(theirs, Message):
        assert mine == _bytes(theirs)
    if _NULL_OF_A_NUMBER(str(message)):  # it is written null, which is NULL_VALUE
        return "read, and written as another"
    again = _binder().bind((), "", _codec().write(message), content_type=JSON)
    assert mine == _bytes(again)
    alone = " ".join(field.name for field, _ in message.ListFields()[:1])
    return f"read {alone}, json_format {'too' if isinstance(theirs, Message) else theirs}"


def _member(bad: BadInput) -> str:
    """The outermost field that a refusal is about."""
    path = bad.violations[0].path if bad.violations else ""
    name = path.lstrip("/").partition("/")[0]
    return name if name in _names() else ""


def _bound(data: bytes) -> Message | BadInput:
    try:
        return _binder().bind((), "", data, content_type=JSON)
    except BadInput as bad:
        return bad


def _by_the_short_way(data: bytes) -> bytes | str:
    try:
        wire = _binder().wire((), "", data, content_type=JSON)
    except BadInput as bad:
        return bad.reason
    request: Any = catalog().methods[f"{SERVICE}/Whole"].request
    return _bytes(request.FromString(wire))


def _theirs(data: bytes) -> Message | str:
    """What json_format reads, or in a word why not."""
    request: Message = catalog().methods[f"{SERVICE}/Whole"].request()
    if not data:
        return request  # no body is an empty message (BD6)
    try:
        found: Message = json_format.Parse(data, request, descriptor_pool=catalog().pool)
    except json_format.ParseError as error:
        return str(error).partition(":")[0][:60]
    return found


def _bytes(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)


@cache
def _names() -> list[str]:
    fields = catalog().methods[f"{SERVICE}/Whole"].request.DESCRIPTOR.fields
    return [*(one.json_name for one in fields), *(one.name for one in fields)]


_TEXTS = st.one_of(
    st.sampled_from(
        [
            *("", "a", "1", "-0", "1e3", "01", " 1", "NaN", "-Infinity", "1e400", "true", "null"),
            *("9223372036854775808", "é", "\0", "YQ==", "_-8", "Y", "a.b,cD", "a_b"),
            *("MOOD_WILD", "mood_wild", "type.googleapis.com/echo.v1.Inner"),
            *("2024-02-29T23:59:59.5+01:00", "2023-02-29T00:00:00Z", "0001-01-01T00:00:00Z"),
            *("1.5s", "-315576000000.999999999s", "5"),
        ]
    ),
    st.text(max_size=4),
)
_TOKENS = st.sampled_from(
    "null true false 0 -0 1 -1 1.0 1.5 1e3 1E+2 1e-2 2147483648 4294967295 9223372036854775807 01"
    " 18446744073709551615 18446744073709551616 9007199254740993.0 1e39 3.5e38 1e400 NaN -".split()
)
_LEAVES = st.one_of(_TOKENS, _TEXTS.map(json.dumps), _TEXTS.map(lambda it: f'"{it}"'))
_KEYS = st.one_of(
    st.sampled_from("name size more a b 1 01 true @type value @custom __proto__ [x]".split()),
    st.deferred(lambda: st.sampled_from(_names())),
    _TEXTS,
)
_GAPS = st.sampled_from(["", "", "", " ", "\r\n", "\t", ",", "//"])


def _holders(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.lists(st.builds(lambda k, v: f"{json.dumps(k)}:{v}", _KEYS, inside), max_size=4)
    return st.one_of(
        st.builds(
            lambda gap, held: f"[{gap}{','.join(held)}]", _GAPS, st.lists(inside, max_size=4)
        ),
        st.builds(lambda gap, held: f"{{{gap}{','.join(held)}}}", _GAPS, members),
    )


_ANY = st.recursive(_LEAVES, _holders, max_leaves=12)
_FITTING: dict[str, str] = {
    "Timestamp": '"2024-02-29T23:59:59.5+01:00" "1970-01-01T00:00:00Z"',
    "Duration": '"1.5s" "-3s" "0s"',
    "FieldMask": '"a.b,cD" ""',
    "Struct": '{} {"a":[1,null,{"b":"c"}]}',
    "Value": 'null 1.5 "a" [] {"a":true}',
    "ListValue": '[] [1,"a",null]',
    "Any": '{} {"@type":"type.googleapis.com/echo.v1.Inner","name":"a"}',
    "Empty": "{}",
    "StringValue": '"" "a" null',
    "Int64Value": '0 "-5" null',
    "DoubleValue": '0 1.5 "NaN"',
    "BoolValue": "false true null",
    "BytesValue": '"" "YQ=="',
    "Inner": '{} {"name":"a","size":0,"more":[{"name":"b"}]}',
    "Rich": '{} {"text":"a","twin":{"i32":1}}',
    "Mood": '"MOOD_WILD" 1 99 0',
    "NullValue": "null",
}
_BY_KIND: dict[int, str] = {
    FieldDescriptor.CPPTYPE_STRING: '"" "a" "YWJj" "YQ"',
    FieldDescriptor.CPPTYPE_BOOL: "true false",
    FieldDescriptor.CPPTYPE_FLOAT: '1.5 -0.0 "NaN" "-Infinity" 3.4028235e38 "1e3" 1e-50',
    FieldDescriptor.CPPTYPE_DOUBLE: '1.5 -0.0 "Infinity" 1e308 5e-324 "1e3" 123456789012345678',
}
_KEYS_BY_KIND: dict[int, str] = {
    FieldDescriptor.CPPTYPE_STRING: '"a" "" "é"',
    FieldDescriptor.CPPTYPE_BOOL: '"true" "false"',
}


def _fitting(field: FieldDescriptor) -> str:
    kind = field.message_type or field.enum_type
    if kind is not None:
        return _FITTING[kind.name]
    return _BY_KIND.get(field.cpp_type, '0 1 "2" 2147483647 1.0 1e3 "7"')


@st.composite
def _meant(draw: st.DrawFn, field: FieldDescriptor) -> str:
    """A member with a value that may fit; one in eight has any other."""
    name = draw(st.sampled_from([field.json_name, field.json_name, field.name]))
    if not draw(st.integers(0, 7)):
        return f'"{name}":{draw(_ANY)}'
    if not is_map(field):
        one = st.sampled_from(_fitting(field).split(" "))
        text = f"[{','.join(draw(st.lists(one, max_size=3)))}]" if field.is_repeated else draw(one)
        return f'"{name}":{text}'
    key, value = (message_of(field).fields_by_name[part] for part in ("key", "value"))
    keys = st.sampled_from(_KEYS_BY_KIND.get(key.cpp_type, '"1" "20"').split(" "))
    pair = st.tuples(keys, st.sampled_from(_fitting(value).split(" "))).map(":".join)
    return f'"{name}":{{{",".join(draw(st.lists(pair, max_size=2)))}}}'


def _message() -> st.SearchStrategy[str]:
    fields = catalog().methods[f"{SERVICE}/Whole"].request.DESCRIPTOR.fields
    chosen = st.lists(st.sampled_from([*fields]), max_size=6, unique_by=lambda one: one.name)
    members = chosen.flatmap(lambda found: st.tuples(*map(_meant, found)))
    return members.map(lambda held: f"{{{','.join(held)}}}")


_INPUTS = st.one_of(st.deferred(_message), st.deferred(_message), _ANY).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)

BODIES = Aim("bodies", _INPUTS, check)
