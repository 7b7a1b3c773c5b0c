"""What an endpoint answers, as OpenAPI responses: the success, and who must act when there is none.

Called by publish/operation.py, publish/openapi.py.
Source    OpenAPI 3.1 "Responses Object"; RFC 9110; docs/spec/transcoding.md OA6, ER1, ER3, HB2,
          HT8.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bff.compose.endpoint import Endpoint, Schema
from bff.contract.status import NOT_MODIFIED, PROBLEMS

PROBLEM_MEDIA_TYPE = "application/problem+json"
_REQUEST_ID: Mapping[str, object] = {
    "description": "Names this request; tell it to us when you ask about it.",
    "schema": {"type": "string"},
}
_RETRY_AFTER: Mapping[str, object] = {
    "description": "Seconds to wait before the next try; there where `retryable` is true.",
    "schema": {"type": "integer", "minimum": 1},
}
_CHALLENGE: Mapping[str, object] = {
    "description": "Which credentials are wanted (RFC 6750).",
    "schema": {"type": "string"},
}
_COMPLETE: Mapping[str, object] = {
    "description": "false: a part is missing, which `errors` in the body names.",
    "schema": {"type": "string", "enum": ["true", "false"]},
}
_ETAG: Mapping[str, object] = {
    "description": "Send it back as If-None-Match; the answer is 304 while nothing changed.",
    "schema": {"type": "string"},
}


def _problem(description: str, headers: Mapping[str, Schema]) -> Schema:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": description,
        "headers": {"X-Request-Id": _REQUEST_ID, **headers},
        "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}},
    }


SHARED_RESPONSES: Mapping[str, Schema] = MappingProxyType(
    {
        "Problem": _problem("Any other failure", {"Retry-After": _RETRY_AFTER}),
        "Unauthenticated": _problem(
            PROBLEMS["unauthenticated"].title, {"WWW-Authenticate": _CHALLENGE}
        ),
        "Unavailable": _problem(PROBLEMS["unavailable"].title, {"Retry-After": _RETRY_AFTER}),
        "Late": _problem(PROBLEMS["deadline-exceeded"].title, {"Retry-After": _RETRY_AFTER}),
    }
)


def responses_of(endpoint: Endpoint) -> dict[str, Schema]:
    """Responses by status; `default` is every failure that has no line of its own."""
    found: dict[str, Schema] = {str(endpoint.success_status): _success(endpoint)}
    if _has_etag(endpoint):
        found[str(NOT_MODIFIED)] = {
            "description": "Nothing changed since the answer whose ETag you sent",
            "headers": {"X-Request-Id": _REQUEST_ID, "ETag": _ETAG},
        }
    if endpoint.access == "signed_in":
        found[str(PROBLEMS["unauthenticated"].status)] = _shared("Unauthenticated")
    # A screen names no calls, for it chooses them while it runs.
    if endpoint.calls or endpoint.soft:
        found[str(PROBLEMS["unavailable"].status)] = _shared("Unavailable")
        found[str(PROBLEMS["deadline-exceeded"].status)] = _shared("Late")
    return found | {"default": _shared("Problem")}


def content(schema: Schema) -> Schema:
    """JSON, or any media type for raw bytes (google.api.HttpBody)."""
    if schema.get("format") == "binary":
        return {"*/*": {"schema": schema}}
    return {"application/json": {"schema": schema}}


def _success(endpoint: Endpoint) -> Schema:
    headers: dict[str, Schema] = {"X-Request-Id": _REQUEST_ID}
    if endpoint.soft:
        headers["X-BFF-Complete"] = _COMPLETE
    if _has_etag(endpoint):
        headers["ETag"] = _ETAG
    whole: dict[str, object] = {"description": _described(endpoint), "headers": headers}
    return whole if endpoint.answer is None else {**whole, "content": content(endpoint.answer)}


def _described(endpoint: Endpoint) -> str:
    if endpoint.answer is None:
        return "Done; there is nothing to read"
    return "The answer, whole or with gaps" if endpoint.soft else "The answer"


def _has_etag(endpoint: Endpoint) -> bool:
    return endpoint.method == "GET" and endpoint.success_status == 200


def _shared(name: str) -> Schema:
    return {"$ref": f"#/components/responses/{name}"}
