"""The OpenAPI 3.1 document of a blueprint.

Why       One call gives a document that is deterministic: the same blueprint, the same bytes.
Called by publish/pages.py, cli, tests.
Never     mentions addresses, files, rpc names or sensitive fields.
Source    OpenAPI 3.1.1; docs/spec/transcoding.md OA1 to OA7.
"""

from bff.compose.blueprint import Blueprint
from bff.publish.components import merged
from bff.publish.operation import operations_of
from bff.publish.path_items import places_of
from bff.publish.problem import PROBLEM
from bff.publish.responses import SHARED_RESPONSES

VERSION = "3.1.1"
_HOW_TO_READ = """\
Bodies are JSON. Times are RFC 3339; a 64-bit integer is a string where its schema says so.

- What an answer's schema calls required is always there; anything else may be left out.
- New fields, and new enum values (as numbers), may appear in answers at any time: ignore what you
  do not know.
- Every error is an `application/problem+json` document (RFC 9457): see the schema `Problem`.
- Every answer carries `X-Request-Id`: tell us that value when you ask about a request.
"""


def document(blueprint: Blueprint) -> dict[str, object]:
    """The whole document as plain dicts and lists, in the order in which it is to be written."""
    endpoints = blueprint.endpoints
    names = merged([{"Problem": PROBLEM}, *(one.components for one in endpoints)])
    renames = dict(zip((one.name for one in endpoints), names.renames[1:], strict=True))
    operations = operations_of(places_of(endpoints), renames)
    components: dict[str, object] = {
        "schemas": names.used_by({"#": {"$ref": "#/components/schemas/Problem"}, **operations}),
        "responses": dict(SHARED_RESPONSES),
    }
    if any(one.access == "signed_in" for one in endpoints):
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
    return {
        "openapi": VERSION,
        "info": {
            "title": blueprint.title,
            "version": blueprint.version,
            "description": _HOW_TO_READ,
        },
        "servers": [{"url": "/", "description": "The host that serves this document"}],
        "tags": [{"name": tag} for tag in sorted({tag for one in endpoints for tag in one.tags})],
        "paths": operations,
        "components": components,
    }
