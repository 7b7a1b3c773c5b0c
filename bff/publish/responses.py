"""What an endpoint answers, as OpenAPI responses: the success, and who must act when there is none.

Called by publish/operation.py, publish/openapi.py, publish/session_paths.py.
Never     lists a status by heart: `contract/status.py` says which failure has which.
Source    OpenAPI 3.1 "Responses Object"; RFC 9110; docs/spec/transcoding.md OA6, ER1, ER3, ER6,
          HB2, HT6, HT8, ST9.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import cast

from bff.compose.endpoint import Endpoint, Schema
from bff.compose.frames import EVENTS
from bff.contract.media.types import HTML
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.status import NOT_MODIFIED, PROBLEMS
from bff.publish.streams import answer_content, described, event_of_view, is_conversation

JSON = "application/json"
_SWITCHING_PROTOCOLS = 101
_TEXT: Schema = {"type": "string"}
BYTES: Schema = {"type": "string", "format": "binary"}
PAGE: Schema = {"type": "string", "description": "The same as a page, or as a part of one."}
_REQUEST_ID: Schema = {
    "description": "Names this request; tell it to us when you ask about it.",
    "schema": _TEXT,
}
_RETRY_AFTER: Schema = {
    "description": "Seconds to wait before the next try; there where `retryable` is true.",
    "schema": {"type": "integer", "minimum": 1},
}
_CHALLENGE: Schema = {
    "description": "Which credentials are wanted (RFC 6750).",
    "schema": _TEXT,
}
_COMPLETE: Schema = {
    "description": "false: a part is missing, which `errors` in the body names.",
    "schema": {"type": "string", "enum": ["true", "false"]},
}
_ETAG: Schema = {
    "description": "Names this version: sent back as If-None-Match with a GET, it makes the answer"
    " a 304 while nothing changed.",
    "schema": _TEXT,
}
_LOCATION: Schema = {
    "description": "Where it is.",
    "schema": {"type": "string", "format": "uri-reference"},
}
_BY_NAME: Mapping[str, Schema] = MappingProxyType({"Location": _LOCATION, "ETag": _ETAG})
_WAITING: Mapping[str, Schema] = MappingProxyType({"Retry-After": _RETRY_AFTER})
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "BadRequest": "invalid-field",
        "Unauthenticated": "unauthenticated",
        "Forbidden": "permission-denied",
        "NotFound": "not-found",
        "TooLarge": "body-too-large",
        "WrongMediaType": "unsupported-media-type",
        "UpgradeRequired": "upgrade-required",
        "Unavailable": "unavailable",
        "Late": "deadline-exceeded",
    }
)
"""Responses that many operations share -> the reason that stands for them."""
_SAID: Mapping[str, str] = MappingProxyType(
    {"BadRequest": "The request is wrong: `errors` says where"}
)


def shared_responses(errors: ErrorDocuments, *, usual: bool = True) -> dict[str, Schema]:
    """By the names that `responses_of` refers to.

    errors  tells every failure of the API, or (not `usual`) of endpoints with a shape of their own
    """
    kind = errors.media_type
    schema = "Problem" if usual else other_name("Problem", errors)
    found = {
        name: _failure(_SAID.get(name, PROBLEMS[reason].title), kind, _more(reason), schema)
        for name, reason in _REASONS.items()
    }
    found = {"Problem": _failure("Any other failure", kind, _WAITING, schema), **found}
    return found if usual else {other_name(name, errors): one for name, one in found.items()}


def other_name(name: str, errors: ErrorDocuments) -> str:
    """What a shared component is called in the shape that is not the API's usual one."""
    return f"{name}As{errors.shape.title()}"


def or_pages(responses: Mapping[str, Schema]) -> dict[str, Schema]:
    """The same responses for endpoints that tell their failures as pages, too."""
    return {
        f"{name}OrPage": {**one, "content": {**_content_of(one), HTML: {"schema": PAGE}}}
        for name, one in responses.items()
    }


def responses_of(endpoint: Endpoint) -> dict[str, Schema]:
    """Responses by status; `default` is every failure that has no line of its own."""
    found = dict(_successes(endpoint))
    for name in _failures(endpoint):
        found[str(PROBLEMS[_REASONS[name]].status)] = _shared(name, endpoint)
    return found | {"default": _shared("Problem", endpoint)}


def refusals(*names: str) -> dict[str, Schema]:
    """Those of the shared responses, by status, and any other failure."""
    found = {str(PROBLEMS[_REASONS[name]].status): name for name in names} | {"default": "Problem"}
    return {status: {"$ref": f"#/components/responses/{name}"} for status, name in found.items()}


def content(schema: Schema) -> Schema:
    """JSON, or any media type for raw bytes (google.api.HttpBody)."""
    return {"*/*" if is_raw(schema) else JSON: {"schema": schema}}


def _more(reason: str) -> Mapping[str, Schema]:
    if reason == "unauthenticated":
        return {"WWW-Authenticate": _CHALLENGE}
    return _WAITING if PROBLEMS[reason].retryable else {}


def _failure(description: str, media_type: str, headers: Mapping[str, Schema], name: str) -> Schema:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {
        "description": description,
        "headers": {"X-Request-Id": _REQUEST_ID, **headers},
        "content": {media_type: {"schema": schema}},
    }


def _failures(endpoint: Endpoint) -> Iterator[str]:
    yield "BadRequest"
    if not endpoint.access.is_public:
        yield "Unauthenticated"
    if endpoint.access.demands:
        yield "Forbidden"
    if endpoint.template.variables:
        yield "NotFound"
    if endpoint.body is not None:
        yield "TooLarge"
        if not is_raw(endpoint.body):
            yield "WrongMediaType"
    if is_conversation(endpoint):
        yield "UpgradeRequired"
    # A screen names no calls, for it chooses them while it runs.
    if endpoint.calls or endpoint.soft:
        yield "Unavailable"
        yield "Late"


def _successes(endpoint: Endpoint) -> Iterator[tuple[str, Schema]]:
    if is_conversation(endpoint):
        yield str(_SWITCHING_PROTOCOLS), {"description": described(endpoint)}
        return
    yield str(endpoint.success_status), _success(endpoint)
    if _revalidates(endpoint):
        headers = {"X-Request-Id": _REQUEST_ID, "ETag": _ETAG}
        said = "Nothing changed since the answer whose ETag you sent"
        yield str(NOT_MODIFIED), {"description": said, "headers": headers}


def _success(endpoint: Endpoint) -> Schema:
    headers: dict[str, Schema] = {"X-Request-Id": _REQUEST_ID}
    if endpoint.soft:
        headers["X-BFF-Complete"] = _COMPLETE
    if _revalidates(endpoint):
        headers["ETag"] = _ETAG
    headers |= {name: _BY_NAME[name] for name in endpoint.answer_headers}
    whole: dict[str, object] = {"description": _described(endpoint), "headers": headers}
    return whole if endpoint.answer is None else {**whole, "content": _content(endpoint)}


def _content(endpoint: Endpoint) -> Schema:
    """By the media types that `Accept` may ask for (HT6)."""
    answer = endpoint.answer or {}
    if is_raw(answer):
        return content(answer)
    if endpoint.streams:
        return answer_content(endpoint, answer)
    kinds = {JSON: answer, HTML: PAGE, EVENTS: event_of_view(answer)}
    return {kind: {"schema": kinds.get(kind, BYTES)} for kind in endpoint.produces}


def _content_of(response: Schema) -> Mapping[str, object]:
    return cast("Mapping[str, object]", response["content"])


def _described(endpoint: Endpoint) -> str:
    if endpoint.answer is None:
        return "Done; there is nothing to read"
    if endpoint.streams:
        return described(endpoint)
    return "The answer, whole or with gaps" if endpoint.soft else "The answer"


def is_raw(schema: Schema) -> bool:
    """Bytes of any media type (google.api.HttpBody)."""
    return schema.get("format") == "binary"


def _revalidates(endpoint: Endpoint) -> bool:
    """A GET whose answer is whole when it starts has an ETag (HT8)."""
    return endpoint.method == "GET" and endpoint.success_status == 200 and not endpoint.streams


def _shared(name: str, endpoint: Endpoint) -> Schema:
    called = name if endpoint.errors is None else other_name(name, endpoint.errors)
    called = called if endpoint.page is None else f"{called}OrPage"
    return {"$ref": f"#/components/responses/{called}"}
