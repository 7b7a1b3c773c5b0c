"""contract/schema: objects and whole bodies: what is always there, and what excludes what (OA4)."""

from typing import Any

import pytest
from jsonschema.exceptions import ValidationError

from bff.contract.json_options import JsonOptions
from bff.contract.schema import Described
from tests.contract.zoo import animal, check, component, message, plain


def test_an_answer_requires_what_is_always_written_oa4() -> None:
    """Scalars without presence: always. Messages, `optional`, wrappers: only when set."""
    rename = message("Rename")

    assert ["name", "count"] == component(plain(), rename, writing=True)["required"]


def test_lists_and_maps_are_always_written_and_oneofs_never_oa4() -> None:
    required = set(component(plain(), message("Animal"), writing=True)["required"])

    assert {"scores", "young", "friends", "nothing"} <= required
    assert set() == required & {"cage", "host", "nowhere", "nick", "mother", "wrapped"}


def test_an_answer_that_omits_defaults_requires_nothing_pj8() -> None:
    schemas = plain(JsonOptions(defaults="omit"))

    assert "required" not in component(schemas, message("Animal"), writing=True)


def test_a_proto2_required_field_is_required_both_ways() -> None:
    house = message("House")
    sides = [component(plain(), house, writing=writing)["required"] for writing in (True, False)]

    assert [["address"], ["address"]] == sides


def test_a_request_requires_what_field_behavior_requires_oa4() -> None:
    rename = message("Rename")
    schemas = plain(leaf=Described(behaviors=frozenset({"REQUIRED"})))

    assert ["leaf"] == component(schemas, rename, writing=False)["required"]


def test_output_only_is_read_only_and_input_only_write_only_oa4() -> None:
    rename = message("Rename")
    schemas = plain(
        count=Described(behaviors=frozenset({"OUTPUT_ONLY"})),
        name=Described(behaviors=frozenset({"INPUT_ONLY"})),
    )
    request = component(schemas, rename, writing=False)["properties"]
    answer = component(schemas, rename, writing=True)

    assert (True, True) == (request["count"]["readOnly"], request["name"]["writeOnly"])
    assert ["count"] == answer["required"]


def test_a_sensitive_field_is_in_no_schema() -> None:
    schemas = plain(secret=Described(sensitive=True))
    both = [
        component(schemas, message("Animal"), writing=writing)["properties"]
        for writing in (True, False)
    ]

    assert [False, False] == ["secret" in properties for properties in both]


def test_a_field_that_the_options_leave_out_is_in_no_schema() -> None:
    schemas = plain(JsonOptions(omit_sensitive=frozenset({"zoo.v1.Animal.secret"})))

    assert "secret" not in component(schemas, message("Animal"), writing=True)["properties"]


def test_an_any_is_sent_only_where_the_route_allows_it_row_81() -> None:
    def sent(options: JsonOptions) -> bool:
        return "any" in component(plain(options), message("Animal"), writing=False)["properties"]

    assert [False, True] == [sent(JsonOptions(any=False)), sent(JsonOptions())]


def test_an_unknown_field_is_refused_in_a_strict_request_and_welcome_in_an_answer_pj17() -> None:
    leaf = message("Leaf")
    sides = [plain().body(leaf, bound=[("none",)]), component(plain(), leaf, writing=True)]

    assert [False, None] == [side.get("additionalProperties") for side in sides]
    lenient = component(plain(JsonOptions(unknown_fields="ignore")), leaf, writing=False)
    assert "additionalProperties" not in lenient


def test_two_members_of_a_oneof_are_refused_row_64() -> None:
    schemas = plain(JsonOptions(defaults="omit"))
    ref = schemas.message(message("Animal"), writing=True)

    check(schemas, ref, {"cage": "7"})
    with pytest.raises(ValidationError):
        check(schemas, ref, {"cage": "7", "nowhere": None})


def test_an_optional_field_is_no_oneof() -> None:
    flat = message("Flat")

    assert "not" not in component(plain(), flat, writing=True)


def test_null_unsets_what_can_be_unset_pj10_pa5() -> None:
    rename = message("Rename")
    schemas = plain()
    ref = schemas.message(rename, writing=False)

    check(schemas, ref, {"leaf": None, "note": None})
    with pytest.raises(ValidationError):
        check(schemas, ref, {"name": None})


def test_a_wrapper_is_a_nullable_scalar_oa3() -> None:
    rename = message("Rename")
    sides = [component(plain(), rename, writing=writing)["properties"] for writing in (True, False)]

    assert [{"type": ["string", "null"]}] * 2 == [side["note"] for side in sides]


def test_comments_and_deprecation_are_told_beside_a_reference() -> None:
    flat = message("Flat")
    schemas = plain(leaf=Described("Green.", deprecated=True))

    ref = "#/components/schemas/zoo.v1.Leaf"
    assert {"$ref": ref, "description": "Green.", "deprecated": True} == component(
        schemas, flat, writing=True
    )["properties"]["leaf"]


def test_an_explicit_json_name_is_the_key_pj7() -> None:
    assert "@custom" in component(plain(), message("Animal"), writing=True)["properties"]


# Whole bodies -------------------------------------------------------------------------------------


def test_what_the_path_gives_is_not_asked_for_in_the_body() -> None:
    rename = message("Rename")
    schemas = plain(name=Described(behaviors=frozenset({"REQUIRED"})))
    body: Any = schemas.body(rename, bound=[("name",), ("leaf", "text")])

    assert ["leaf", "count", "note"] == list(body["properties"])
    assert ("required" in body, {}) == (False, body["properties"]["leaf"]["properties"])


def test_a_partial_body_requires_nothing_pa1() -> None:
    rename = message("Rename")
    schemas = plain(name=Described(behaviors=frozenset({"REQUIRED"})))

    assert "required" in component(schemas, rename, writing=False)
    assert "required" not in schemas.body(rename, bound=[], partial=True)


def test_a_raw_body_is_binary_hb1_and_a_field_of_that_type_is_json() -> None:
    upload = message("Upload")
    schemas = plain()
    raw = schemas.field(upload.fields_by_name["file"], writing=False)
    inside = component(schemas, upload, writing=True)["properties"]["file"]

    assert "binary" == raw["format"]
    assert {"$ref": "#/components/schemas/google.api.HttpBody"} == inside


def test_an_unset_message_as_response_body_is_null_bd12() -> None:
    schemas = plain()
    ref = {"$ref": "#/components/schemas/zoo.v1.Animal"}

    assert {"anyOf": [ref, {"type": "null"}]} == schemas.response_body(animal("mother"))
    assert {"type": "array", "items": ref} == schemas.response_body(animal("young"))
