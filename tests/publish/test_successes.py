"""publish/responses: successes that are not one JSON document, and declared failures (OA3, OA6)."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from bff.compose.endpoint import Conversation
from tests.publish.endpoints import TODO, endpoint, operation

STREAM = ("application/x-ndjson", "text/event-stream", "application/json")


def success(**changes: Any) -> Any:
    return operation(endpoint("GET", "/v1/a", **changes))["responses"]["200"]


async def nothing(*_: Any) -> AsyncGenerator[bytes, None]:
    return
    yield b""


def test_a_stream_has_each_of_its_media_types_oa3() -> None:
    assert list(STREAM) == list(success(streams=True, produces=STREAM)["content"])


def test_a_line_of_a_stream_is_a_result_or_an_error_oa3_st4() -> None:
    content = success(streams=True, produces=STREAM)["content"]
    line = content["application/x-ndjson"]["schema"]

    assert {"result": {"$ref": TODO}, "error": {"$ref": "#/components/schemas/Problem"}} == (
        line["properties"]
    )
    assert (1, 1) == (line["minProperties"], line["maxProperties"])


def test_a_stream_as_an_array_is_an_array_of_messages_oa3() -> None:
    schema = success(streams=True, produces=STREAM)["content"]["application/json"]["schema"]

    assert {"type": "array", "items": {"$ref": TODO}} == schema


def test_a_stream_has_no_etag_ht8() -> None:
    found = operation(endpoint("GET", "/v1/a", streams=True, produces=STREAM))["responses"]

    assert (False, False) == ("ETag" in found["200"]["headers"], "304" in found)


def test_an_upload_is_lines_or_an_array_oa3_st8() -> None:
    one = endpoint("POST", "/v1/a", body={"$ref": TODO}, takes_pieces=True)
    content = operation(one)["requestBody"]["content"]

    assert ["application/x-ndjson", "application/json"] == list(content)
    assert {"type": "array", "items": {"$ref": TODO}} == content["application/json"]["schema"]


def test_a_conversation_is_told_to_be_a_websocket_st9() -> None:
    talk = Conversation(run=nothing, most_frames=None)
    found = operation(endpoint("GET", "/v1/a", produces=(), converse=talk))["responses"]

    assert ("101", True, False) == (min(found), "426" in found, "200" in found)


def test_an_answer_may_come_as_protobuf_ht6() -> None:
    content = success(produces=("application/json", "application/x-protobuf"))["content"]

    assert "binary" == content["application/x-protobuf"]["schema"]["format"]
    assert {"schema": {"$ref": TODO}} == content["application/json"]


def test_headers_of_the_rpcs_options_are_told_er6_ht8() -> None:
    made = endpoint("POST", "/v1/a", success_status=201, answer_headers=("Location", "ETag"))

    headers = operation(made)["responses"]["201"]["headers"]
    assert ["ETag", "Location", "X-Request-Id"] == sorted(headers)


@pytest.mark.parametrize(
    "changes, expected",
    [
        pytest.param({"access": "public"}, {"400", "503", "504"}, id="public"),
        pytest.param({}, {"400", "401", "503", "504"}, id="signed in"),
        pytest.param({"path": "/v1/{a}"}, {"400", "401", "404", "503", "504"}, id="names a thing"),
        pytest.param(
            {"body": {"$ref": TODO}}, {"400", "401", "413", "415", "503", "504"}, id="has a body"
        ),
        pytest.param(
            {"body": {"type": "string", "format": "binary"}},
            {"400", "401", "413", "503", "504"},
            id="takes any bytes",
        ),
    ],
)
def test_failures_that_can_happen_are_declared_oa6(changes: Any, expected: set[str]) -> None:
    """Beside `default`, which is all others."""
    path = changes.pop("path", "/v1/a")
    found = operation(endpoint("POST", path, **changes))["responses"]

    assert expected == set(found) - {"200", "default"}
