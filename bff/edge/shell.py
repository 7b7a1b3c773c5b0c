"""The FastAPI app behind the front door: docs, health, and handlers that a team writes by hand.

Called by app.
Never     answers an error in FastAPI's own shape: every one becomes the same problem document.
Source    FastAPI "Handling errors"; RFC 9457.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bff.contract.status import PROBLEMS, UNPROCESSABLE, reason_of_status
from bff.edge.problem import Problems
from bff.edge.reply import Reply
from bff.terms.errors import BadInput, Failure, Violation


def shell(routers: Iterable[APIRouter], *, title: str, problems: Problems | None = None) -> FastAPI:
    """An app without FastAPI's own docs, redirects or error bodies."""
    app = FastAPI(
        title=title, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    for router in routers:
        app.include_router(router)
    answers = _Answers(problems or Problems())
    app.add_exception_handler(HTTPException, answers.to_http)
    app.add_exception_handler(RequestValidationError, answers.to_validation)
    app.add_exception_handler(Failure, answers.to_failure)
    app.add_exception_handler(Exception, answers.to_bug)
    return app


class _Answers:
    """What each kind of exception is answered with."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    async def to_http(self, request: Request, error: Exception) -> Response:
        error = cast(HTTPException, error)
        reason = reason_of_status(error.status_code)
        headers = tuple((name.lower(), value) for name, value in (error.headers or {}).items())
        detail = _DETAILS.get(reason, PROBLEMS[reason].title)
        reply = self._problems.plain(
            reason, detail, _request_id(request), headers=headers, status=error.status_code
        )
        return _response(reply)

    async def to_validation(self, request: Request, error: Exception) -> Response:
        error = cast(RequestValidationError, error)
        found = tuple(
            Violation("/".join(str(part) for part in one["loc"][1:]), str(one["msg"]))
            for one in error.errors()
        )
        failure = BadInput("Some fields have wrong values.", violations=found)
        return _response(self._problems.of(failure, _request_id(request), status=UNPROCESSABLE))

    async def to_failure(self, request: Request, error: Exception) -> Response:
        return _response(self._problems.of(cast(Failure, error), _request_id(request)))

    async def to_bug(self, request: Request, _error: Exception) -> Response:
        return _response(self._problems.internal(_request_id(request)))


_DETAILS: Mapping[str, str] = MappingProxyType(
    {
        "not-found": "There is nothing at this path.",
        "method-not-allowed": "This path does not take this method: see the Allow header.",
    }
)


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def _response(reply: Reply) -> Response:
    response = Response(reply.body, reply.status, media_type=reply.media_type)
    response.raw_headers.extend(reply.headers)
    return response
