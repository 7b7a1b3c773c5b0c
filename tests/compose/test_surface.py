"""compose/surface: what clients see of a binding, made from what serves it (OA3, OA4, PA1, ER6)."""

from typing import Any

import pytest

from tests.openapi.documents import demo_document, echo_document

DOCUMENT = echo_document()
DEMO = demo_document()


def operation(method: str, path: str, document: Any = DOCUMENT) -> Any:
    return document["paths"][path][method]


def body(method: str, path: str, document: Any = DOCUMENT) -> Any:
    content = operation(method, path, document)["requestBody"]["content"]
    media = next(iter(content.values()))
    return media["schema"]


def component(name: str) -> Any:
    return DOCUMENT["components"]["schemas"][name]


def test_what_the_path_gives_is_no_member_of_the_body_oa2() -> None:
    assert [True, False, False] == [
        name in body("put", "/v1/text/{text}/number/{i64}")["properties"]
        for name in ("i32", "text", "i64")
    ]


def test_what_the_path_gives_inside_of_the_body_is_no_member_either_oa2() -> None:
    assert "name" not in body("patch", "/v1/things/{thing.name}")["properties"]


def test_a_patch_requires_no_field_and_at_least_one_oa4_pa1_pa6() -> None:
    schema = body("patch", "/v1/things/{thing.name}")

    assert ("required" in schema, schema["minProperties"]) == (False, 1)
    assert operation("patch", "/v1/things/{thing.name}")["requestBody"]["required"] is True


def test_a_message_inside_of_a_patch_may_be_partial_and_a_list_item_may_not_pa4() -> None:
    thing = body("patch", "/v1/things/{thing.name}")["properties"]

    assert "echo.v1.Part.Patch" in str(thing["part"])
    assert {"$ref": "#/components/schemas/echo.v1.Part.Input"} == thing["parts"]["items"]
    assert ("required" in component("echo.v1.Part.Patch"), ["code"]) == (
        False,
        component("echo.v1.Part.Input")["required"],
    )


def test_an_update_is_masked_or_complete_oa4_pa2() -> None:
    masked, complete = body("put", "/v1/things/{thing.name}")["anyOf"]

    assert ["updateMask"] == masked["required"]
    assert ["title"] == complete["properties"]["thing"]["required"]


def test_a_required_field_is_not_empty_oa4_row_83() -> None:
    members = component("echo.v1.Required.Input")["properties"]

    assert (1, 1) == (members["text"]["minLength"], members["words"]["minItems"])
    assert {"enum": [0, "MOOD_UNSPECIFIED"]} == members["mood"]["not"]
    assert "minLength" not in members["nick"]


def test_a_body_that_must_hold_something_is_required_oa4() -> None:
    required = [
        operation("post", path)["requestBody"].get("required", False)
        for path in ("/v1/required", "/v1/whole")
    ]

    assert [True, False] == required


def test_a_file_and_an_upload_may_be_empty_bd6_st8() -> None:
    file = operation("put", "/v1/files/{name}")["requestBody"]
    upload = operation("post", "/v1/todos:import", DEMO)["requestBody"]

    assert [False, False] == ["required" in file, "required" in upload]


def test_a_file_is_any_bytes_oa3_hb1() -> None:
    assert "binary" == body("put", "/v1/files/{name}")["format"]


@pytest.mark.parametrize(
    "path, kind",
    [
        pytest.param("/v1/list", "array", id="a list is written as it is"),
        pytest.param("/v1/scalar", None, id="a number as it is"),
        pytest.param("/v1/wrapped", ["string", "null"], id="BD12: an unset wrapper is null"),
        pytest.param("/v1/deep", ["string", "null"], id="BD12: inside of an unset message, too"),
    ],
)
def test_a_response_body_is_that_field_bd12(path: str, kind: object) -> None:
    answer = operation("post", path)["responses"]["200"]["content"]["application/json"]["schema"]

    assert kind == answer.get("type")


def test_an_input_only_field_is_asked_for_and_never_answered_aip_203() -> None:
    assert body("patch", "/v1/things/{thing.name}")["properties"]["secret"]["writeOnly"] is True
    assert "secret" not in component("echo.v1.Thing")["properties"]


def test_parameters_that_need_or_exclude_each_other_say_so_qp18() -> None:
    about = {one["name"]: one for one in operation("get", "/v1/query")["parameters"]}
    part = {one["name"]: one for one in operation("get", "/v1/required")["parameters"]}

    assert "Of the members of `home` only one may be sent." in about["street"]["description"]
    assert "Required beside any other `part.` parameter." in part["part.code"]["description"]
    assert (True, False) == (part["text"].get("required"), "required" in part["part.code"])


def test_a_number_may_be_nan_qp9_pj3() -> None:
    about = {one["name"]: one for one in operation("get", "/v1/query")["parameters"]}

    assert "NaN" in about["big"]["schema"]["anyOf"][1]["enum"]
    assert "NaN" in str(component("echo.v1.Rich.Input")["properties"]["big"])


def test_the_demo_tells_of_versions_and_resumption_ht8_st7() -> None:
    watch = operation("get", "/v1/todos:watch", DEMO)
    headers = [one["name"] for one in watch["parameters"] if one["in"] == "header"]

    assert ["Last-Event-Id"] == headers
