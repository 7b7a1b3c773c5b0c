"""The document that tells a client of a failure, in one of two shapes.

Why       A refusal at the door, a service's refusal and the last record of a broken stream say the
          same things; one function says them all.
Called by edge/problem.py (whole answers), compose (errors inside of a stream).
Never     shows a service's text, address or name for a fault that is not the client's (ER5).
Source    RFC 9457; google/rpc/status.proto; docs/spec/transcoding.md 1.8 and 1.12.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import orjson

from bff.contract.reply.error_details import NO_DETAILS, DetailReader, Details
from bff.contract.reply.language import translated
from bff.contract.status import (
    PROBLEM_TYPE_PREFIX,
    PROBLEMS,
    RETRY_AFTER_S,
    ProblemKind,
    is_hidden,
    kind_of,
)
from bff.terms.errors import BadInput, Failure, ServiceSaid, Violation
from bff.terms.texts import one_line

ErrorShape = Literal["problem", "status"]
Place = Callable[[str], str]
"""A service's own field path, `todo.tags[0]`, to where the client sent it: `/tags/0`."""

PROBLEM_JSON = "application/problem+json"
HIDDEN_DETAIL = "The request may be fine: something behind this server failed."
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDocument:
    """One failure, told. `reason` is the problem's slug; `wait_s` is None where waiting is vain."""

    status: int
    reason: str
    media_type: str
    body: bytes
    wait_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """What either shape tells."""

    failure: Failure
    reason: str
    kind: ProblemKind
    detail: str
    violations: tuple[Violation, ...]
    details: Details
    request_id: str


class ErrorDocuments:
    """Writes failures down. One per BFF, so that all of them look the same.

    shape  "problem": RFC 9457; "status": google.rpc.Status as JSON
    """

    def __init__(
        self, details: DetailReader | None = None, *, shape: ErrorShape = "problem"
    ) -> None:
        self.shape: ErrorShape = shape
        self.media_type = PROBLEM_JSON if shape == "problem" else "application/json"
        self._details = details or DetailReader()
        self._write = _problem if shape == "problem" else _status

    def __repr__(self) -> str:
        return f"<ErrorDocuments as {self.shape}, {self._details!r}>"

    def shaped(self, shape: ErrorShape) -> "ErrorDocuments":
        """The same failures in another shape."""
        return ErrorDocuments(self._details, shape=shape)

    def of(
        self,
        failure: Failure,
        request_id: str,
        *,
        languages: str = "",
        place: Place | None = None,
        status: int | None = None,
    ) -> ErrorDocument:
        """The document of a failure.

        languages  the Accept-Language header, for services that translate their messages
        place      None: the client never saw the request that the service refused, so the
                   service's field paths mean nothing to it
        status     overrides the HTTP status of the failure's kind
        """
        kind = kind_of(failure)
        if status is not None:
            kind = replace(kind, status=status)
        details = self._details_of(failure)
        if details.retry_after_s is not None:
            kind = replace(kind, retryable=True)
        if is_hidden(kind.status):
            details = replace(NO_DETAILS, retry_after_s=details.retry_after_s)
        story = _Story(
            failure=failure,
            reason=failure.reason if failure.reason in PROBLEMS else "internal",
            kind=kind,
            detail=_detail(failure, kind, translated(details.translations, languages)),
            violations=_violations(failure, details, place, languages),
            details=details,
            request_id=request_id,
        )
        return ErrorDocument(
            status=kind.status,
            reason=story.reason,
            media_type=self.media_type,
            body=orjson.dumps(self._write(story)),
            wait_s=_wait_s(story),
        )

    def _details_of(self, failure: Failure) -> Details:
        if isinstance(failure, ServiceSaid) and failure.status:
            return self._details.read(failure.status)
        return NO_DETAILS


def _detail(failure: Failure, kind: ProblemKind, translation: str) -> str:
    if isinstance(failure, ServiceSaid) and is_hidden(kind.status):
        return HIDDEN_DETAIL
    return one_line(translation or failure.detail) or kind.title


def _violations(
    failure: Failure, details: Details, place: Place | None, languages: str
) -> tuple[Violation, ...]:
    if isinstance(failure, BadInput):
        return failure.violations
    if place is None:
        return ()
    return tuple(
        Violation(
            place(one.place), one_line(translated(one.translations, languages) or one.message)
        )
        for one in details.blames
    )


def _wait_s(story: _Story) -> float | None:
    if not story.kind.retryable:
        return None
    for wait_s in (story.failure.retry_after_s, story.details.retry_after_s):
        if wait_s is not None:
            return wait_s
    return RETRY_AFTER_S


def _problem(story: _Story) -> Mapping[str, object]:
    about = {"reason": story.details.reason, "domain": story.details.domain}
    return {
        "type": f"{PROBLEM_TYPE_PREFIX}{story.reason}",
        "title": story.kind.title,
        "status": story.kind.status,
        "detail": story.detail,
        "instance": f"urn:request:{story.request_id}",
        "code": story.failure.code.name,
        "retryable": story.kind.retryable,
        "errors": [{"path": one.path, "message": one.message} for one in story.violations],
        "details": story.details.shown,
        **{name: text for name, text in about.items() if text},
    }


def _status(story: _Story) -> Mapping[str, object]:
    """google.rpc.Status; our own field errors become the detail that a service would send."""
    details = list(story.details.shown)
    if story.violations:
        fields = [{"field": one.path, "description": one.message} for one in story.violations]
        details.insert(0, {"@type": _BAD_REQUEST, "fieldViolations": fields})
    return {"code": int(story.failure.code), "message": story.detail, "details": details}
