"""JSON to well-known messages, what is accepted: docs/spec/transcoding.md PJ12-PJ15."""

from bff.contract.codec import Codec
from bff.contract.json_options import JsonOptions
from tests.contract.codec.exchange import read


def test_pj12_timestamps_of_any_offset(types):
    assert {"2024-02-29T23:30:00Z"} == {
        read(types.Known, f'{{"time": "{text}"}}').time.ToJsonString()
        for text in [
            "2024-02-29T23:30:00Z",
            "2024-03-01T01:00:00+01:30",
            "2024-02-29T15:30:00.000-08:00",
        ]
    }


def test_pj12_nanos_are_kept(types):
    assert types.Known(
        time={"seconds": 1, "nanos": 1}, duration={"seconds": -1, "nanos": -500_000_000}
    ) == read(types.Known, '{"time": "1970-01-01T00:00:01.000000001Z", "duration": "-1.5s"}')


def test_pj13_field_masks_are_snake_inside(types):
    assert types.Known(mask={"paths": ["title", "due_time.seconds"]}) == read(
        types.Known, '{"mask": "title,dueTime.seconds"}'
    )
    assert types.Known(mask={}) == read(types.Known, '{"mask": ""}')


def test_pj14_wrappers_are_bare_and_keep_their_zero(types):
    assert types.Known(
        a_bool={"value": False}, i64={"value": 2**53 + 1}, a_string={}, a_float={"value": 0.5}
    ) == read(
        types.Known, '{"aBool": false, "i64": "9007199254740993", "aString": "", "aFloat": 0.5}'
    )


def test_pj14_structs_take_any_json(types):
    expected = types.Known(empty={})
    expected.struct.update({"n": 1, "s": "x", "l": [True, None, {}], "__proto__": {"a": []}})
    expected.list.extend([1.5, []])
    expected.value.struct_value.update({"a": None})

    assert expected == read(
        types.Known,
        '{"struct": {"n": 1, "s": "x", "l": [true, null, {}], "__proto__": {"a": []}}, '
        '"list": [1.5, []], "value": {"a": null}, "empty": {}}',
    )


def test_pj14_a_well_known_message_may_be_the_whole_body(types):
    assert (
        "1970-01-01T00:00:05Z"
        == read(types["google.protobuf.Timestamp"], '"1970-01-01T00:00:05Z"').ToJsonString()
    )
    assert 5 == read(types["google.protobuf.Int64Value"], '"5"').value
    assert [1.0] == list(read(types["google.protobuf.ListValue"], "[1]"))


def test_pj15_any_is_an_option(types):
    codec = Codec(JsonOptions(any=True))
    plain, known, nested = types.Known(), types.Known(), types.Known()
    plain.any.Pack(types.Optionals(i32=5))
    known.any.Pack(types["google.protobuf.Duration"](seconds=1))
    nested.any.Pack(known.any)

    url = "type.googleapis.com"
    assert plain == read(
        types.Known, f'{{"any": {{"i32": 5, "@type": "{url}/rich.v1.Optionals"}}}}', codec
    )
    inner = f'{{"@type": "{url}/google.protobuf.Duration", "value": "1s"}}'
    assert known == read(types.Known, f'{{"any": {inner}}}', codec)
    assert nested == read(
        types.Known, f'{{"any": {{"@type": "{url}/google.protobuf.Any", "value": {inner}}}}}', codec
    )
    assert types.Known(any={}) == read(types.Known, '{"any": {}}', codec)
