"""An answer held against the document: its status, media type, headers and body.

Called by the oracle tests.
Never     lets a member pass that the document does not name: what is not documented may be a leak.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from bff.contract.status import _REQUEST as OURS
from tests.openapi.asked import Operation

EVENTS = "text/event-stream"
NEVER = (500, 501, 502)
"""Our bug, a route that nobody implements, an answer that we could not read."""


class Held:
    """Holds answers against one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._components = _closed(document["components"])
        self._validator = cache(self._made)

    def violations(self, operation: Operation, answer: httpx.Response) -> list[str]:
        """What the document does not allow; [] for an answer as it should be."""
        promised = self._promised(operation, answer.status_code)
        if promised is None or answer.status_code in NEVER:
            return [f"status {answer.status_code}: {answer.text[:300]}"]
        return [
            *self._headers(promised.get("headers", {}), answer),
            *self._body(promised.get("content", {}), answer),
        ]

    def _promised(self, operation: Operation, status: int) -> Any:
        found = operation.about["responses"]
        one = found.get(str(status)) or found.get("default")
        return self._resolved(one) if one else None

    def _resolved(self, node: Any) -> Any:
        while "$ref" in node:
            *_, kind, name = node["$ref"].split("/")
            node = self._document["components"][kind][name]
        return node

    def _headers(self, promised: Mapping[str, Any], answer: httpx.Response) -> list[str]:
        found = []
        for name, one in promised.items():
            text = answer.headers.get(name)
            if text is None:
                found += [f"no header {name}"] if one.get("required") else []
                continue
            value = int(text) if one["schema"]["type"] == "integer" else text
            found += self._errors(one["schema"], value, name)
        return found

    def _body(self, promised: Mapping[str, Any], answer: httpx.Response) -> list[str]:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if not promised:
            return [f"a body of {kind}"] if answer.content else []
        media = promised.get(kind) or promised.get("*/*")
        if media is None:
            return [f"media type {kind!r}, not {list(promised)}"]
        schema = media["schema"]
        if schema.get("format") == "binary" or "protobuf" in kind:
            return []
        return [
            error
            for record in _records(kind, answer.text, schema, streamed=EVENTS in promised)
            for error in self._errors(*record, "body")
        ]

    def _errors(self, schema: Any, value: Any, where: str) -> list[str]:
        validator = self._validator(json.dumps(schema, sort_keys=True))
        return [
            f"{where}{error.json_path[1:]}: {error.message[:200]}"
            for error in validator.iter_errors(value)
        ]

    def _made(self, schema: str) -> Draft202012Validator:
        whole = {**_closed(json.loads(schema)), "components": self._components}
        return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def refused_by_us(answer: httpx.Response) -> str:
    """Why we, and not a service, refused a request; "" where we did not.

    A mask and a page token are texts whose meaning no schema can say, and OpenAPI knows no
    parameters that exclude each other (QP18) or need each other: their descriptions say so.
    """
    if answer.headers.get("content-type") != "application/problem+json":
        return ""
    reason = str(answer.json()["type"]).rpartition("/")[2]
    ours = reason in OURS and reason not in ("invalid-field-mask", "invalid-page-token")
    if not ours or all(map(_between_parameters, answer.json()["errors"] or [{}])):
        return ""
    return f"{reason}: {answer.json()}"


def _between_parameters(error: Mapping[str, str]) -> bool:
    exclusive = "exclude each other" in error.get("message", "")
    needed = "is required" in error.get("message", "") and "." in error["path"]
    return (exclusive or needed) and not error["path"].startswith("/")


def _records(kind: str, text: str, schema: Any, *, streamed: bool) -> list[tuple[Any, Any]]:
    """(schema, value) of each part of a body: an unfinished last one of a stream is left out."""
    if kind == EVENTS:
        data = re.findall(r"^data: (.*)\n\n", text, re.MULTILINE)
        return [(schema["x-event-data"], json.loads(one)) for one in data]
    if kind == "text/html":
        return [(schema, text)]
    if kind.endswith("ndjson"):
        return [(schema, json.loads(line)) for line in re.findall(r"(.+)\n", text)]
    if streamed and kind == "application/json" and "items" in schema:
        return [(schema["items"], one) for one in _elements(text)]
    return [(schema, json.loads(text))]


def _elements(text: str) -> Iterator[Any]:
    """The whole elements of an array that we may have left before its end."""
    place = 1
    with suppress(json.JSONDecodeError):
        while place < len(text):
            element, place = json.JSONDecoder().raw_decode(text, place)
            yield element
            place += 1


def _closed(node: Any) -> Any:
    """Objects with declared members have no others; open ones (Any, Struct, maps) stay open."""
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _closed(one) for key, one in node.items()}
    if isinstance(copy.get("properties"), dict) and copy.get("type") == "object":
        copy.setdefault("additionalProperties", False)
    return copy
