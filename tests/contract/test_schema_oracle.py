"""contract/schema against what really writes JSON: protobuf's json_format, and our own codec.

Whatever either writes for a random message must be valid; a document that is wrong about one would
be wrong about every answer.
"""

import json
import math
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema.exceptions import ValidationError

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.json_text import parse
from bff.terms.errors import BadInput
from tests.contract.zoo import check, message, plain, pool
from tests.contract.zoo_messages import filled

ANIMAL = message("Animal")
MANY = settings(max_examples=25, suppress_health_check=list(HealthCheck), derandomize=True)
OPEN = JsonOptions(nul=True)
CLOSED = JsonOptions(any=False, open_enums=False, nonfinite=False)


@MANY
@given(data=st.data())
def test_whatever_json_format_writes_is_valid_pj8_emit(data: st.DataObject) -> None:
    one = data.draw(filled(GetMessageClass(ANIMAL)()))
    written = json_format.MessageToDict(
        one, always_print_fields_with_no_presence=True, descriptor_pool=pool()
    )
    schemas = plain()

    check(schemas, schemas.message(ANIMAL, writing=True), written)


@MANY
@given(data=st.data())
def test_whatever_json_format_writes_is_valid_pj8_omit_pj7_proto_names_pj5_numbers(
    data: st.DataObject,
) -> None:
    """json_format writes NullValue as 0 here, where PJ14 says null: those fields stay unset."""
    one = data.draw(filled(GetMessageClass(ANIMAL)(), skip=frozenset({"nowhere", "nothing"})))
    written = json_format.MessageToDict(
        one,
        preserving_proto_field_name=True,
        use_integers_for_enums=True,
        descriptor_pool=pool(),
    )
    schemas = plain(JsonOptions(defaults="omit", json_names="proto", enums="number"))

    check(schemas, schemas.message(ANIMAL, writing=True), written)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(JsonOptions(), id="the defaults"),
        pytest.param(JsonOptions(defaults="omit", enums="short"), id="omit, short enums"),
        pytest.param(JsonOptions(json_names="proto", int64="number"), id="proto names, numbers"),
        pytest.param(JsonOptions(defaults="omit", enums="number"), id="omit, enums as numbers"),
    ],
)
@MANY
@given(data=st.data())
def test_whatever_the_codec_writes_is_valid_oa4(data: st.DataObject, options: JsonOptions) -> None:
    one = data.draw(filled(GetMessageClass(ANIMAL)()))
    schemas = plain(options)

    check(schemas, schemas.message(ANIMAL, writing=True), json.loads(Codec(options).write(one)))


@MANY
@given(data=st.data())
def test_what_the_codec_writes_may_be_sent_back_to_an_open_route(data: st.DataObject) -> None:
    """The request's schema and the reader agree that it is welcome."""
    one = data.draw(filled(GetMessageClass(ANIMAL)()))
    text = Codec(OPEN).write(one)
    schemas = plain(OPEN)
    check(schemas, schemas.message(ANIMAL, writing=False), json.loads(text))
    again = GetMessageClass(ANIMAL)()
    Codec(OPEN).fill(again, parse(text, JsonLimits()))

    assert text == Codec(OPEN).write(again)


REFUSED: list[Any] = [
    {"i32": 2**31},
    {"u32": -1},
    {"i64": "1_000"},
    {"f": 3.5e38},
    {"d": "NaN"},
    {"b": "true"},
    {"mood": "MOOD_MADE_UP"},
    {"mood": 99},
    {"scores": [None]},
    {"byCage": {"x": {}}},
    {"flags": {"yes": ""}},
    {"cage": "7", "nowhere": None},
    {"nap": "5"},
    {"mother": []},
    {"any": {"@type": "type.googleapis.com/zoo.v1.Leaf"}},
    {"nobodyKnows": 1},
]
"""Rows 64 to 81 of bad-input: what a route that forbids them refuses."""


@pytest.mark.parametrize("value", REFUSED, ids=json.dumps)
def test_what_the_codec_refuses_is_invalid(value: Any) -> None:
    with pytest.raises(BadInput):
        Codec(CLOSED).fill(GetMessageClass(ANIMAL)(), value)
    schemas = plain(CLOSED)
    with pytest.raises(ValidationError):
        check(schemas, schemas.message(ANIMAL, writing=False), value)


NULLS = ["nick", "mother", "born", "extra", "anything", "wrapped", "wide", "empty"]


@pytest.mark.parametrize("name", NULLS)
def test_a_null_that_the_schema_allows_is_read_as_unset_pj10(name: str) -> None:
    schemas = plain()
    check(schemas, schemas.message(ANIMAL, writing=False), {name: None})
    one = GetMessageClass(ANIMAL)()
    Codec().fill(one, {name: None})

    assert (name == "anything") == one.HasField(name)


def test_nan_is_what_the_oracle_writes_as_text() -> None:
    """Guards the oracle: without this the tests above would say nothing about NaN."""
    assert {"d": "NaN"} == json_format.MessageToDict(GetMessageClass(ANIMAL)(d=math.nan))
