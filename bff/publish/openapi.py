"""The OpenAPI 3.1 document of a blueprint.

Why       One call gives a document that is deterministic: the same blueprint, the same bytes.
YAML      JSON text is YAML 1.2 text, so `text_of` is both, and no YAML writer is needed.
Called by publish/pages.py, printout.py, tests.
Never     mentions addresses, files, rpc names or sensitive fields.
Source    OpenAPI 3.1.1; docs/spec/transcoding.md OA1 to OA7.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Endpoint, Schema
from bff.publish.components import merged
from bff.publish.operation import operations_of
from bff.publish.path_items import places_of
from bff.publish.problem import PROBLEM, STATUS
from bff.publish.responses import or_pages, other_name, shared_responses
from bff.publish.security import schemes_of
from bff.publish.session_paths import TAG, session_paths

VERSION = "3.1.1"
_FAILURES: Mapping[str, Schema] = MappingProxyType({"problem": PROBLEM, "status": STATUS})
_HOW_TO_READ = """\
Bodies are JSON. Times are RFC 3339; a 64-bit integer is a string where its schema says so.

- What an answer's schema calls required is always there; anything else may be left out.
- New fields, and new enum values (as numbers), may appear in answers at any time: ignore what you
  do not know.
- Every error is a document of the schema `Problem`, sent as `{errors}`.
- Every answer carries `X-Request-Id`: tell us that value when you ask about a request.
"""


def document(blueprint: Blueprint) -> dict[str, object]:
    """The whole document as plain dicts and lists, in the order in which it is to be written."""
    endpoints = blueprint.endpoints
    errors = blueprint.errors
    others = next((one.errors for one in endpoints if one.errors is not None), None)
    documents = {"Problem": _FAILURES[errors.shape]}
    responses = shared_responses(errors)
    if others is not None:
        documents[other_name("Problem", others)] = _FAILURES[others.shape]
        responses |= shared_responses(others, usual=False)
    if any(one.page for one in endpoints):
        responses |= or_pages(responses)
    names = merged([documents, *(one.components for one in endpoints)])
    renames = {
        one.name: {**own, **_failures_of(one)}
        for one, own in zip(endpoints, names.renames[1:], strict=True)
    }
    operations = operations_of(
        places_of(endpoints), renames=renames, has_sessions=blueprint.has_sessions
    )
    components: dict[str, object] = {
        "schemas": names.used_by({"#": responses, **operations}),
        "responses": responses,
    }
    if blueprint.has_sessions or not all(one.access.is_public for one in endpoints):
        components["securitySchemes"] = schemes_of(has_sessions=blueprint.has_sessions)
    if blueprint.has_sessions:
        operations = dict(sorted({**session_paths(), **operations}.items()))
    return {
        "openapi": VERSION,
        "info": {
            "title": blueprint.title,
            "version": blueprint.version,
            "description": _HOW_TO_READ.format(errors=errors.media_type),
        },
        "servers": [{"url": "/", "description": "The host that serves this document"}],
        "tags": _tags(blueprint),
        "paths": operations,
        "components": components,
    }


def _failures_of(endpoint: Endpoint) -> dict[str, str]:
    """What the endpoint's Problem is called where it is not the usual one."""
    return {} if endpoint.errors is None else {"Problem": other_name("Problem", endpoint.errors)}


def text_of(blueprint: Blueprint) -> str:
    """The document as text, JSON and YAML at once: indented, in UTF-8.

    Python's own writer puts a sign into 1e+38, without which YAML 1.1 would read a string.
    """
    return json.dumps(document(blueprint), ensure_ascii=False, indent=2) + "\n"


def _tags(blueprint: Blueprint) -> list[dict[str, str]]:
    """One per service and per client, with what is to be said of it."""
    names = sorted({tag for one in blueprint.endpoints for tag in one.tags})
    texts = {name: blueprint.tags.get(name) for name in names}
    found = [
        {"name": name, **({"description": text} if text else {})} for name, text in texts.items()
    ]
    return [*found, dict(TAG)] if blueprint.has_sessions else found
