"""Streams in OpenAPI: every media type that they come in, and what one record of each is.

Why       OpenAPI 3.1 knows bodies, not streams: the schema is of one record where the body is
          many, which the description says.
Called by publish/responses.py, publish/operation.py.
Source    OpenAPI 3.1 "Media Type Object"; docs/spec/transcoding.md OA3, ST1, ST2, ST8, ST9.
"""

from collections.abc import Mapping

from bff.compose.endpoint import Endpoint, Schema
from bff.compose.frames import ARRAY, EVENTS, NDJSON
from bff.compose.gaps import missing_schema

_PROBLEM: Mapping[str, object] = {"$ref": "#/components/schemas/Problem"}


def answer_content(endpoint: Endpoint, message: Schema) -> Schema:
    """The content of a streamed answer, by media type."""
    return {kind: {"schema": _record(kind, message)} for kind in endpoint.produces}


def event_of_view(answer: Schema) -> Schema:
    """What a view sends as events: itself, then what was deferred."""
    path: Schema = {"type": "string", "description": "JSON Pointer into the body."}
    [missing] = missing_schema("")[1].values()
    patch: Schema = {
        "type": "object",
        "properties": {"path": path, "value": {}, "errors": {"type": "array", "items": missing}},
        "required": ["path", "value"],
    }
    what = (
        "An event `body`, whose data is the answer with null for what comes later; an event `patch`"
        " for each of these; at last an event `end`, or `error`, whose data is a Problem."
    )
    end: Schema = {"type": "object", "maxProperties": 0}
    data = {"anyOf": [answer, patch, end, _PROBLEM]}
    return {"type": "string", "description": what, "x-event-data": data}


def upload_content(message: Schema) -> Schema:
    """The content of a body that is many messages. Raw bytes stay one: we cut them in pieces."""
    if message.get("format") == "binary":
        return {"*/*": {"schema": message}}
    many: Schema = {"type": "array", "items": message}
    return {NDJSON: {"schema": message}, ARRAY: {"schema": many}}


def is_conversation(endpoint: Endpoint) -> bool:
    """It streams both ways: plain HTTP gets a 426 of it (ST9)."""
    return endpoint.converse is not None and not endpoint.streams


def described(endpoint: Endpoint) -> str:
    """What a client must know to read the answer."""
    if is_conversation(endpoint):
        return "A conversation over WebSocket: each text frame is one message, either way"
    if not endpoint.produces:
        return "The bytes as they come"
    return (
        "Messages as they come: one a line, one an event, or the items of an array. An error on "
        "the way is the last record, `error`, and leaves an array without its end"
    )


def _record(kind: str, message: Schema) -> Schema:
    if kind == ARRAY:
        return {"type": "array", "items": message}
    if kind == EVENTS:
        what = "Each event's data is one message; the data of an event `error` is a Problem."
        return {"type": "string", "description": what, "x-event-data": message}
    return {
        "type": "object",
        "description": "One line.",
        "properties": {"result": message, "error": _PROBLEM},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
