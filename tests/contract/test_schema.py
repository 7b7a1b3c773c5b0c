"""contract/schema: fields, enums and the names of components (OA3, PJ1 to PJ20)."""

import re

import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from bff.contract.json_options import JsonOptions
from bff.contract.schema import Described, Schema
from tests.contract.zoo import animal, check, component, message, plain, pool


def field(name: str, options: JsonOptions | None = None, **kw: bool) -> Schema:
    return plain(options).field(animal(name), writing=kw.get("writing", True))


def test_int64_is_a_string_of_digits_pj1() -> None:
    assert {"type": "string", "format": "int64", "pattern": "^(0|-?[1-9][0-9]{0,18})$"} == field(
        "i64"
    )


def test_int64_is_a_number_where_the_route_says_so_pj20() -> None:
    assert {"type": "integer", "format": "uint64", "minimum": 0} == field(
        "u64", JsonOptions(int64="number")
    )


def test_bytes_are_base64_pj4() -> None:
    assert {"type": "string", "format": "byte", "contentEncoding": "base64"} == field("raw")


def test_a_double_of_an_answer_may_be_nan_pj3() -> None:
    special = {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}
    assert {"anyOf": [{"type": "number", "format": "double"}, special]} == field("d")


def test_a_double_of_a_request_is_finite_only_where_the_route_says_so_row_70() -> None:
    closed = field("d", JsonOptions(nonfinite=False), writing=False)
    open_ = field("d", writing=False)

    assert ({"type": "number", "format": "double"}, True) == (closed, "anyOf" in open_)


def test_a_map_says_what_its_keys_look_like_pj16() -> None:
    keys = [field(name).get("propertyNames") for name in ("friends", "flags")]

    assert [None, {"enum": ["true", "false"]}] == keys


def test_a_number_as_a_map_key_is_in_its_range_pj16() -> None:
    """A pattern is all that JSON Schema has to say it."""
    pattern = str(field("by_cage")["propertyNames"]["pattern"])
    texts = ["0", "2147483647", "-2147483648", "2147483648", "-2147483649", "01", "-0", "x"]

    assert texts[:3] == [text for text in texts if re.search(pattern, text)]


def test_timestamp_is_a_date_time_oa3() -> None:
    assert ("string", "date-time") == tuple(field("born")[key] for key in ("type", "format"))


def test_a_field_mask_comes_with_an_example_oa3() -> None:
    assert ["displayName", "title,author.displayName"] == field("mask")["examples"]


def test_an_enum_of_an_answer_may_be_a_number_that_nobody_knows_yet_pj5() -> None:
    schemas = plain()
    ref = schemas.field(animal("mood"), writing=True)

    check(schemas, ref, 99)
    check(schemas, ref, "MOOD_WILD")
    with pytest.raises(ValidationError):
        check(schemas, ref, "MOOD_MADE_UP")


def test_an_enum_of_a_request_is_a_known_name_where_others_are_forbidden_row_74() -> None:
    schemas = plain(JsonOptions(open_enums=False))
    schemas.field(animal("mood"), writing=False)

    names = ["MOOD_UNSPECIFIED", "MOOD_CALM", "MOOD_WILD"]
    assert {"type": "string", "enum": names} == schemas.components["zoo.v1.Mood.Input"]


def test_an_enum_can_be_short_pj20() -> None:
    schemas = plain(JsonOptions(enums="short", open_enums=False))
    schemas.field(animal("mood"), writing=False)

    assert ["UNSPECIFIED", "CALM", "WILD"] == schemas.components["zoo.v1.Mood.Input"]["enum"]


def test_a_closed_enum_is_the_same_both_ways_pj18() -> None:
    schemas = plain()
    door = message("House").fields_by_name["door"]

    assert schemas.field(door, writing=True) == schemas.field(door, writing=False)
    assert ["DOOR_OPEN", "DOOR_SHUT"] == schemas.components["zoo.v1.Door"]["enum"]


def test_the_values_of_an_enum_are_explained() -> None:
    label = FieldDescriptorProto.DESCRIPTOR.fields_by_name["label"]
    schemas = plain(JsonOptions(enums="number"), LABEL_REQUIRED=Described("Always there."))
    schemas.field(label, writing=True)

    text = schemas.components["google.protobuf.FieldDescriptorProto.Label"]["description"]
    assert "- `2`: LABEL_REQUIRED. Always there." in str(text)


# Names --------------------------------------------------------------------------------------------


def test_one_component_serves_both_sides_where_they_are_equal() -> None:
    leaf = message("Leaf")
    schemas = plain(
        JsonOptions(unknown_fields="ignore"), text=Described(behaviors=frozenset({"REQUIRED"}))
    )
    required_in_requests_only = [
        schemas.message(leaf, writing=writing) for writing in (True, False)
    ]
    twins = plain(JsonOptions(unknown_fields="ignore"))
    struct_like = pool().FindMessageTypeByName("google.protobuf.Empty")

    assert required_in_requests_only[0] != required_in_requests_only[1]
    assert twins.message(struct_like, writing=True) == twins.message(struct_like, writing=False)


def test_a_type_differs_where_anything_that_it_reaches_differs() -> None:
    schemas = plain(JsonOptions(unknown_fields="ignore", defaults="omit"))
    flat = message("Flat")

    assert {"$ref": "#/components/schemas/zoo.v1.Flat.Input"} == schemas.message(
        flat, writing=False
    )


def test_names_do_not_depend_on_the_order_of_questions() -> None:
    one, other = plain(), plain()
    one.message(message("Animal"), writing=True)
    one.message(message("Animal"), writing=False)
    other.message(message("Animal"), writing=False)
    other.message(message("Animal"), writing=True)

    assert one.components == other.components
    assert list(one.components) == sorted(one.components)


def test_a_message_with_an_input_inside_keeps_both_names_apart() -> None:
    same = message("Same")

    assert "#/components/schemas/zoo.v1.Same-Input" == plain().message(same, writing=False)["$ref"]


def test_a_recursive_message_refers_to_itself_oa3() -> None:
    mother = component(plain(), message("Animal"), writing=True)["properties"]["mother"]

    assert {"$ref": "#/components/schemas/zoo.v1.Animal"} == mother


@pytest.mark.parametrize("writing", [True, False])
def test_every_component_is_valid_json_schema_oa1(writing: bool) -> None:
    schemas = plain()
    schemas.message(message("Animal"), writing=writing)

    assert len(schemas.components) > 2
    for schema in schemas.components.values():
        Draft202012Validator.check_schema(schema)
