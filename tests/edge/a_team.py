"""Apps as a team would write them: what [server] handlers may name.

Called by tests/edge/test_by_hand.py, tests/journeys/test_by_hand.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from bff.terms.errors import BadInput, Refused


class Sour(Exception):
    """One that the team answers itself."""


@asynccontextmanager
async def _open(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    tables: list[str] = ["open"]
    yield {"tables": tables}
    tables.append("closed")


app = FastAPI(lifespan=_open)
not_an_app = "plain text"


@app.exception_handler(Sour)
async def sour(_request: Request, _error: Sour) -> JSONResponse:
    return JSONResponse({"taste": "sour"}, 409)


@app.get("/hand/{number}")
async def hand(number: int) -> int:
    if number == 404:
        raise HTTPException(404, "The shelf has no such book.")
    if number == 503:
        raise HTTPException(503, "db at 10.0.0.7 is down")
    if number == 400:
        raise BadInput.at("/number", "send another")
    if number == 401:
        raise Refused("Sign in first.")
    if number == 409:
        raise Sour
    return 10 // number


@app.get("/tables")
async def tables(request: Request) -> list[str]:
    return list(request.state.tables)


@app.get("/v1/todos/{todo_id}")
async def never(todo_id: str) -> str:
    return "the proto has this path"


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """An app without a framework, without a lifespan, and with a bug."""
    raise ZeroDivisionError(scope["path"])


async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
    """Cannot start, and says so."""
    assert "lifespan" == scope["type"]
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database at db:5432"})
