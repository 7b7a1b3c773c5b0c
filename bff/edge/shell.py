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
from bff.edge.problem import internal, plain_problem, problem_of
from bff.edge.reply import Reply
from bff.terms.errors import BadInput, Failure, Violation


def shell(routers: Iterable[APIRouter], *, title: str) -> FastAPI:
    """An app without FastAPI's own docs, redirects or error bodies."""
    app = FastAPI(
        title=title, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(Failure, _on_failure)
    app.add_exception_handler(Exception, _on_bug)
    return app


async def _on_http(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    reason = reason_of_status(error.status_code)
    headers = tuple((name.lower(), value) for name, value in (error.headers or {}).items())
    detail = _DETAILS.get(reason, PROBLEMS[reason].title)
    return _response(
        plain_problem(
            reason, detail, _request_id(request), headers=headers, status=error.status_code
        )
    )


_DETAILS: Mapping[str, str] = MappingProxyType(
    {
        "not-found": "There is nothing at this path.",
        "method-not-allowed": "This path does not take this method: see the Allow header.",
    }
)


async def _on_validation(request: Request, error: Exception) -> Response:
    error = cast(RequestValidationError, error)
    found = tuple(
        Violation("/".join(str(part) for part in one["loc"][1:]), str(one["msg"]))
        for one in error.errors()
    )
    failure = BadInput("Some fields have wrong values.", violations=found)
    return _response(problem_of(failure, _request_id(request), status=UNPROCESSABLE))


async def _on_failure(request: Request, error: Exception) -> Response:
    return _response(problem_of(cast(Failure, error), _request_id(request)))


async def _on_bug(request: Request, _error: Exception) -> Response:
    return _response(internal(_request_id(request)))


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def _response(reply: Reply) -> Response:
    return Response(
        reply.body, reply.status, headers=dict(reply.headers), media_type=reply.media_type
    )
