"""The schema of the document that is the body of every failure, in either shape.

Why       It lists every kind of failure from the table that edge answers with, so it is never out
          of date.
Called by publish/openapi.py.
Source    RFC 9457; google/rpc/status.proto; docs/spec/transcoding.md ER1 and 1.12.
"""

import re
from collections.abc import Mapping

from bff.contract.status import PROBLEM_TYPE_PREFIX, PROBLEMS
from bff.terms.codes import Code


def _kinds() -> str:
    lines = (
        f"| `{reason}` | {kind.status} | {kind.title} | {'yes' if kind.retryable else 'no'} |"
        for reason, kind in sorted(PROBLEMS.items())
    )
    return "\n".join(["| type ends in | status | title | retryable |", "|---|---|---|---|", *lines])


_DETAILS: Mapping[str, object] = {
    "type": "array",
    "description": "Details that a service gave for its callers, each with its `@type`.",
    "items": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
        "additionalProperties": True,
    },
}
STATUS: Mapping[str, object] = {
    "type": "object",
    "description": "What went wrong, as google.rpc.Status.",
    "properties": {
        "code": {
            "type": "integer",
            "enum": [int(code) for code in Code if code is not Code.OK],
            "description": "The gRPC status code.",
        },
        "message": {"type": "string", "description": "This very failure, in one sentence."},
        "details": _DETAILS,
    },
    "required": ["code", "message", "details"],
}
PROBLEM: Mapping[str, object] = {
    "type": "object",
    "description": f"What went wrong, and who can mend it (RFC 9457).\n\n{_kinds()}",
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "pattern": f"^{re.escape(PROBLEM_TYPE_PREFIX)}[a-z][a-z-]*$",
            "description": "Names the kind of problem: it ends in one of the list above.",
            "examples": [f"{PROBLEM_TYPE_PREFIX}invalid-field"],
        },
        "title": {"type": "string", "description": "The kind of problem, in words."},
        "status": {
            "type": "integer",
            "enum": sorted({kind.status for kind in PROBLEMS.values()}),
            "description": "The HTTP status of this answer.",
        },
        "detail": {"type": "string", "description": "This very problem, in one sentence."},
        "instance": {
            "type": "string",
            "format": "uri-reference",
            "pattern": "^urn:request:",
            "description": "Names this request, as X-Request-Id does.",
        },
        "code": {
            "type": "string",
            "enum": [code.name for code in Code if code is not Code.OK],
            "description": "The gRPC status code's name.",
        },
        "retryable": {
            "type": "boolean",
            "description": "Whether the same request may work a little later.",
        },
        "errors": {
            "type": "array",
            "description": "What is wrong with the request, place by place.",
            "items": {
                "type": "object",
                "properties": {
                    "path": {
                        "type": "string",
                        "description": "A JSON Pointer into the body, or a parameter's name.",
                    },
                    "message": {"type": "string", "description": "What to send instead."},
                },
                "required": ["path", "message"],
            },
        },
        "details": _DETAILS,
        "reason": {
            "type": "string",
            "description": "A service's own name for what went wrong, within its `domain`.",
        },
        "domain": {"type": "string", "description": "Who gave the `reason` its meaning."},
    },
    "required": [
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "retryable",
        "errors",
        "details",
    ],
}
