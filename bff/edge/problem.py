"""Every answer that is not a success: application/problem+json.

Called by edge/front.py and edge/shell.py, so that the framework's own errors look the same.
Never     shows a service's text, address or name for a fault that is not the client's; never a
          stack trace.
Source    RFC 9457; docs/spec/transcoding.md ER1, ER5, 1.12; RFC 9110 section 10.2.3 (Retry-After).
"""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from types import MappingProxyType
from typing import Any

import orjson

from bff.contract.status import (
    PROBLEM_TYPE_PREFIX,
    PROBLEMS,
    RETRY_AFTER_S,
    ProblemKind,
    is_hidden,
    kind_of,
)
from bff.edge.reply import Reply
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Failure, ServiceSaid, Violation
from bff.terms.texts import one_line

MEDIA_TYPE = "application/problem+json"
_HIDDEN_DETAIL = "The request may be fine: something behind this server failed."


def problem_of(
    failure: Failure,
    request_id: str,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    status: int | None = None,
) -> Reply:
    """The whole answer for a failure, headers included. `status` overrides the failure's own."""
    kind = kind_of(failure)
    if status is not None:
        kind = replace(kind, status=status)
    violations = failure.violations if isinstance(failure, BadInput) else ()
    document = _document(
        reason=failure.reason if failure.reason in PROBLEMS else "internal",
        kind=kind,
        code=failure.code,
        detail=_detail(failure, kind),
        request_id=request_id,
        violations=violations,
    )
    return _reply(document, kind, failure.retry_after_s, headers)


def internal(request_id: str) -> Reply:
    """The answer for a bug of ours."""
    return problem_of(Failure(_HIDDEN_DETAIL, code=Code.INTERNAL), request_id)


def plain_problem(
    reason: str,
    detail: str,
    request_id: str,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    status: int | None = None,
) -> Reply:
    """A problem that no rpc is behind, such as an unknown path."""
    kind = PROBLEMS[reason]
    code = _CODES.get(kind.status, Code.INVALID_ARGUMENT)
    failure = Failure(detail, reason=reason, code=code)
    return problem_of(failure, request_id, headers=headers, status=status)


_CODES: Mapping[int, Code] = MappingProxyType(
    {
        PROBLEMS["not-found"].status: Code.NOT_FOUND,
        PROBLEMS["method-not-allowed"].status: Code.UNIMPLEMENTED,
        PROBLEMS["internal"].status: Code.INTERNAL,
        PROBLEMS["unavailable"].status: Code.UNAVAILABLE,
        PROBLEMS["unauthenticated"].status: Code.UNAUTHENTICATED,
        PROBLEMS["permission-denied"].status: Code.PERMISSION_DENIED,
    }
)


def _detail(failure: Failure, kind: ProblemKind) -> str:
    spoken = isinstance(failure, ServiceSaid)
    if spoken and is_hidden(kind.status):
        return _HIDDEN_DETAIL
    return one_line(failure.detail) or kind.title


def _document(
    *,
    reason: str,
    kind: ProblemKind,
    code: Code,
    detail: str,
    request_id: str,
    violations: tuple[Violation, ...],
) -> dict[str, Any]:
    return {
        "type": f"{PROBLEM_TYPE_PREFIX}{reason}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": f"urn:request:{request_id}",
        "code": code.name,
        "retryable": kind.retryable,
        "errors": [{"path": one.path, "message": one.message} for one in violations],
    }


def _reply(
    document: dict[str, Any],
    kind: ProblemKind,
    retry_after_s: float | None,
    headers: tuple[tuple[str, str], ...],
) -> Reply:
    if kind.retryable:
        wait_s = RETRY_AFTER_S if retry_after_s is None else retry_after_s
        headers = (*headers, ("retry-after", str(max(1, ceil(wait_s)))))
    return Reply(
        status=kind.status,
        body=orjson.dumps(document),
        media_type=MEDIA_TYPE,
        headers=(*headers, ("cache-control", "no-store")),
        reason=document["type"].removeprefix(PROBLEM_TYPE_PREFIX),
    )
