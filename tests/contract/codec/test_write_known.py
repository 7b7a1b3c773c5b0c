"""Well-known messages to JSON: docs/spec/transcoding.md PJ12-PJ15."""

from typing import Any

import pytest
from google.protobuf.descriptor_pool import DescriptorPool

from bff.contract.codec import Codec
from bff.terms.codes import Code
from bff.terms.errors import ServiceSilent
from tests.contract.codec.exchange import OMIT, shown


def test_pj12_timestamps_have_0_3_6_or_9_digits(types):
    known = types.Known
    times = [0, 500_000_000, 500_000, 5]

    assert [
        "1970-01-01T00:00:01Z",
        "1970-01-01T00:00:01.500Z",
        "1970-01-01T00:00:01.000500Z",
        "1970-01-01T00:00:01.000000005Z",
    ] == [shown(known(time={"seconds": 1, "nanos": nanos}))["time"] for nanos in times]


def test_pj12_the_first_and_the_last_timestamp(types):
    assert ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"] == [
        shown(types.Known(time={"seconds": seconds, "nanos": nanos}))["time"]
        for seconds, nanos in [(-62135596800, 0), (253402300799, 999_999_999)]
    ]


def test_pj12_durations_carry_their_sign_before_the_digits(types):
    assert ["1s", "-0.500s", "-1.000000001s", "0s"] == [
        shown(types.Known(duration={"seconds": seconds, "nanos": nanos}))["duration"]
        for seconds, nanos in [(1, 0), (0, -500_000_000), (-1, -1), (0, 0)]
    ]


def test_pj13_field_masks_are_camel(types):
    assert {"mask": "title,dueTime.seconds"} == shown(
        types.Known(mask={"paths": ["title", "due_time.seconds"]})
    )


def test_pj14_wrappers_are_bare_and_structs_are_natural(types):
    message = types.Known(a_bool={"value": False}, i64={"value": 5}, a_bytes={"value": b"\xff"})
    message.struct.update({"b": [1, "x", None, True], "a": {}})
    message.value.null_value = 0
    message.list.extend([2.5])
    message.empty.SetInParent()

    assert {
        "aBool": False,
        "i64": "5",
        "aBytes": "/w==",
        "struct": {"a": {}, "b": [1, "x", None, True]},
        "value": None,
        "list": [2.5],
        "empty": {},
    } == shown(message)


def test_pj14_a_well_known_message_may_be_the_whole_answer(types):
    assert [b'"1970-01-01T00:00:00Z"', b'"5"', b"{}", b"null"] == [
        OMIT.write(types[f"google.protobuf.{name}"](**fields))
        for name, fields in [
            ("Timestamp", {}),
            ("Int64Value", {"value": 5}),
            ("Empty", {}),
            ("Value", {}),
        ]
    ]


def test_pj15_any_shows_its_type_and_fields(types):
    message = types.Known()
    message.any.Pack(types.Optionals(i32=5))

    assert {"any": {"@type": "type.googleapis.com/rich.v1.Optionals", "i32": 5}} == shown(message)


def test_pj15_a_well_known_type_in_any_is_its_value(types):
    message = types.Known()
    message.any.Pack(types["google.protobuf.Duration"](seconds=1))

    assert {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"} == shown(
        message
    )["any"]


def test_pj15_an_empty_any_is_an_empty_object(types):
    message = types.Known()
    message.any.SetInParent()

    assert {"any": {}} == shown(message)


def test_pj15_the_pool_says_which_types_any_may_hold(types):
    message = types.Known()
    message.any.Pack(types.Optionals())

    with pytest.raises(ServiceSilent):
        Codec(pool=DescriptorPool()).write(message)


UNWRITABLE = {
    "PJ12: year 10000": {"time": {"seconds": 253402300800}},
    "PJ12: year 0": {"time": {"seconds": -62135596801}},
    "PJ12: negative nanos": {"time": {"nanos": -1}},
    "PJ12: a whole second of nanos": {"time": {"nanos": 1_000_000_000}},
    "PJ12: duration out of range": {"duration": {"seconds": 315576000001}},
    "PJ12: duration of two signs": {"duration": {"seconds": 1, "nanos": -1}},
    "PJ13: camel in a mask": {"mask": {"paths": ["fooBar"]}},
    "PJ13: digit after underscore": {"mask": {"paths": ["foo_3"]}},
    "PJ13: two underscores": {"mask": {"paths": ["foo__bar"]}},
    "PJ13: empty path": {"mask": {"paths": ["a", ""]}},
    "PJ14: NaN in a Value": {"value": {"number_value": float("nan")}},
    "PJ14: infinity in a Value": {"list": {"values": [{"number_value": float("inf")}]}},
    "PJ15: unknown type": {"any": {"type_url": "type.googleapis.com/no.Such", "value": b""}},
    "PJ15: no URL": {"any": {"type_url": "rich.v1.Scalars", "value": b""}},
    "PJ15: undecodable": {"any": {"type_url": "x/rich.v1.Scalars", "value": b"\xff"}},
}


@pytest.mark.parametrize("fields", UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_an_answer_without_json_form_is_the_services_fault(types, fields: dict[str, Any]):
    with pytest.raises(ServiceSilent) as caught:
        OMIT.write(types.Known(**fields))

    assert ("upstream-invalid-response", Code.INTERNAL) == (caught.value.reason, caught.value.code)
