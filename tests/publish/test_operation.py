"""publish/operation, responses: one endpoint as an operation (OA5, OA6, ER1, QP15, QP17)."""

import json
from typing import Any, cast

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from bff.compose.blueprint import Blueprint
from bff.contract.status import PROBLEMS
from bff.publish.openapi import document
from tests.publish.endpoints import TODO, endpoint, in_query, operation, written


def test_operation_ids_are_unique_oa5() -> None:
    """An endpoint of every method has an id per method, which may be another endpoint's name."""
    paths = written(endpoint("*", "/v1/a", name="A"), endpoint("PUT", "/v1/b", name="A_put"))[
        "paths"
    ]
    ids = [found["operationId"] for item in paths.values() for found in item.values()]

    assert ["A_get", "A_put_2", "A_post", "A_delete", "A_patch", "A_put"] == ids


def test_a_deprecated_endpoint_is_marked_oa5() -> None:
    assert operation(endpoint("GET", "/v1/old", deprecated=True))["deprecated"] is True


def test_comments_become_summary_and_description_oa5() -> None:
    found = operation(endpoint("GET", "/v1/a", summary="Short.", description="Long."))

    assert ("Short.", "Long.") == (found["summary"], found["description"])


def test_a_signed_in_endpoint_wants_a_bearer_and_tells_of_401_oa5() -> None:
    found = operation(endpoint("GET", "/v1/a"))

    assert [{"bearer": []}] == found["security"]
    assert "401" in found["responses"]


def test_a_session_needs_the_csrf_header_where_something_changes_and_a_token_never_oa5() -> None:
    """Required with the cookie alone: two choices, of which the second asks for both."""
    ones = [endpoint(method, "/v1/a", name=method) for method in ("GET", "POST")]
    ones.append(endpoint("GET", "/v1/b", access="public"))
    whole = document(Blueprint(ones, title="t", version="1", has_sessions=True))
    OpenAPIV31SpecValidator(json.loads(json.dumps(whole))).validate()
    found: Any = whole["paths"]

    assert [{"bearer": []}, {"session": []}] == found["/v1/a"]["get"]["security"]
    assert [{"bearer": []}, {"session": [], "csrf": []}] == found["/v1/a"]["post"]["security"]
    assert "security" not in found["/v1/b"]["get"]
    schemes = cast("Any", whole["components"])["securitySchemes"]
    assert {
        "bearer": (None, "http", None),
        "session": ("__Host-s", "apiKey", "cookie"),
        "csrf": ("X-CSRF", "apiKey", "header"),
    } == {name: (one.get("name"), one["type"], one.get("in")) for name, one in schemes.items()}


def test_a_public_endpoint_wants_nothing() -> None:
    whole = written(endpoint("GET", "/v1/a", access="public"))
    found = whole["paths"]["/v1/a"]["get"]

    assert (False, False) == ("security" in found, "401" in found["responses"])
    assert "securitySchemes" not in whole["components"]


def test_a_body_is_json_and_required_where_it_is() -> None:
    found = operation(endpoint("POST", "/v1/a", body={"$ref": TODO}, body_required=True))

    expected = {"content": {"application/json": {"schema": {"$ref": TODO}}}, "required": True}
    assert expected == found["requestBody"]


def test_raw_bytes_come_in_any_media_type_hb1_hb2() -> None:
    raw = {"type": "string", "format": "binary"}
    found = operation(endpoint("PUT", "/v1/a", body=raw, answer=raw))

    assert ["*/*"] == list(found["requestBody"]["content"])
    assert ["*/*"] == list(found["responses"]["200"]["content"])


def test_hb5_where_forms_are_on_a_file_may_come_in_one_with_the_query_beside_it() -> None:
    raw = {"type": "string", "format": "binary"}
    one = endpoint(
        "PUT", "/v1/a", body=raw, form_file="content", parameters=(in_query("note", {}),)
    )
    form = operation(one)["requestBody"]["content"]["multipart/form-data"]["schema"]

    assert {"content": raw, "note": {}} == form["properties"]
    assert ["content"] == form["required"]


@pytest.mark.parametrize(
    "schema, expected",
    [
        pytest.param({"type": "string"}, {"schema": {"type": "string"}}, id="a scalar"),
        pytest.param(
            {"type": "array", "items": {"type": "string"}},
            {"schema": {"type": "array", "items": {"type": "string"}}},
            id="QP2: a list repeats its name, which is OpenAPI's default",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "string"}},
            {
                "style": "deepObject",
                "explode": True,
                "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            },
            id="QP17: a map is m[key]=value",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": True},
            {
                "content": {
                    "application/json": {"schema": {"type": "object", "additionalProperties": True}}
                }
            },
            id="QP15: a Struct is JSON text",
        ),
        pytest.param(
            {"description": "Any JSON value."},
            {"content": {"application/json": {"schema": {"description": "Any JSON value."}}}},
            id="QP15: a Value is JSON text",
        ),
    ],
)
def test_a_query_parameter_is_written_as_it_is_sent(schema: Any, expected: Any) -> None:
    one = endpoint("GET", "/v1/a", parameters=(in_query("p", schema),))

    assert [{"name": "p", "in": "query", **expected}] == operation(one)["parameters"]


def test_a_query_parameter_may_be_required_deprecated_and_described() -> None:
    parameter = in_query("p", {}, required=True, deprecated=True, description="Why.")
    (found,) = operation(endpoint("GET", "/v1/a", parameters=(parameter,)))["parameters"]

    assert (True, True, "Why.") == (found["required"], found["deprecated"], found["description"])


def test_every_other_failure_is_a_problem_er1_oa6() -> None:
    whole = written(endpoint("GET", "/v1/a"))
    default = whole["paths"]["/v1/a"]["get"]["responses"]["default"]
    problem = whole["components"]["responses"]["Problem"]

    assert {"$ref": "#/components/responses/Problem"} == default
    assert ["application/problem+json"] == list(problem["content"])


def test_the_problem_has_the_members_of_er1() -> None:
    schema = written()["components"]["schemas"]["Problem"]
    optional = ["reason", "domain"]
    required = "type title status detail instance code retryable errors details".split()

    assert ([*required, *optional], required) == (list(schema["properties"]), schema["required"])


def test_the_problem_lists_every_reason_with_its_status() -> None:
    text = written()["components"]["schemas"]["Problem"]["description"]
    missing = [
        reason for reason, kind in PROBLEMS.items() if f"`{reason}` | {kind.status} |" not in text
    ]

    assert [] == missing


def test_silence_of_a_service_is_told_with_retry_after_er3() -> None:
    whole = written(endpoint("GET", "/v1/a"))
    found = whole["paths"]["/v1/a"]["get"]["responses"]
    shared = whole["components"]["responses"]
    names = [found[status]["$ref"].rpartition("/")[2] for status in ("503", "504")]

    assert [True, True] == ["Retry-After" in shared[name]["headers"] for name in names]


def test_an_endpoint_that_calls_nobody_is_never_late() -> None:
    found = operation(endpoint("GET", "/v1/a", calls=()))["responses"]

    assert set() == {"503", "504"} & set(found)


def test_an_answer_with_gaps_has_a_header_that_tells() -> None:
    def header(soft: bool) -> bool:
        found = operation(endpoint("GET", "/v1/a", soft=soft))["responses"]["200"]
        return "X-BFF-Complete" in found["headers"]

    assert [True, False] == [header(True), header(False)]


def test_every_answer_names_its_request() -> None:
    assert "X-Request-Id" in operation(endpoint("GET", "/v1/a"))["responses"]["200"]["headers"]


def test_no_content_has_no_body_er6() -> None:
    found = operation(endpoint("DELETE", "/v1/a", answer=None, success_status=204))["responses"]

    assert "content" not in found["204"]


def test_a_get_has_an_etag_and_a_304_ht8() -> None:
    found = operation(endpoint("GET", "/v1/a"))["responses"]

    assert ("ETag" in found["200"]["headers"], "304" in found) == (True, True)
    assert "304" not in operation(endpoint("POST", "/v1/a"))["responses"]
