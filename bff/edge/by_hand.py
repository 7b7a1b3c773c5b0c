"""What a team serves with code of its own: any ASGI app, at the paths that nobody else knows.

Why       A webhook, or a page that is neither an rpc nor a screen. One process should do.
Called by app, where [server] handlers names such an app.
Never     imports FastAPI by itself: only a team that uses it pays for it. Never checks a token or
          a body's size: these requests reach the team's code as they came.
Source    ASGI 3; FastAPI "Handling errors".
"""

import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from bff.contract.status import UNPROCESSABLE
from bff.edge.answers import Answers, request_id, response
from bff.edge.lifespan import NeverStarted, lifespan
from bff.edge.problem import Problems
from bff.terms.errors import BadInput, Violation
from bff.terms.mistakes import ContractMistake, ContractMistakes

if TYPE_CHECKING:
    from fastapi.exceptions import RequestValidationError

_NAME = re.compile(r"(?P<module>\w+(?:\.\w+)*):(?P<app>\w+)")
_SETTING = "server.handlers"


def named(name: str) -> ASGIApp:
    """The app that "package.module:app" names, imported now. Raises ContractMistakes."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        raise _mistake(f'{name!r} names no app: write it as "package.module:app"')
    try:
        module = import_module(parts["module"])
    except ModuleNotFoundError as missing:
        if not f"{parts['module']}.".startswith(f"{missing.name}."):
            raise  # a bug inside of the module: its traceback says more than we could
        what = f"there is no module {missing.name}: correct it, or add its folder to PYTHONPATH"
        raise _mistake(what) from None
    app = getattr(module, parts["app"], None)
    if not callable(app):
        raise _mistake(f"{parts['module']} has no ASGI app {parts['app']}: name one that it has")
    return cast(ASGIApp, app)


class ByHand:
    """That app as one of ours: its errors are problem documents, its lifespan is the BFF's."""

    def __init__(self, name: str, problems: Problems) -> None:
        """Raises ContractMistakes, as `named` does."""
        self._name = name
        self._app = named(name)
        self._state: dict[str, object] = {}
        if isinstance(self._app, Starlette):
            _tell_alike(self._app, problems)

    def __repr__(self) -> str:
        return f"<ByHand {self._name}>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {**self._state, **scope.get("state", {})}
        await self._app(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Between the app's start-up and its shutdown. Raises ContractMistakes: it won't start."""
        try:
            async with lifespan(self._app, self._state):
                yield
        except NeverStarted as said:
            raise _mistake(f"{self._name} does not start: {said}") from None


def _tell_alike(app: Starlette, problems: Problems) -> None:
    """FastAPI's apps are Starlette's, too. What a team answers its own exceptions with stays."""
    app.exception_handlers.update(Answers(problems).by_kind)
    if "fastapi" in sys.modules:
        from fastapi.exceptions import RequestValidationError

        app.exception_handlers[RequestValidationError] = _to_invalid(problems)
    app.middleware_stack = None  # it is made at the next request, with these


def _to_invalid(problems: Problems) -> ExceptionHandler:
    """What FastAPI's validation finds, as our list of fields."""

    async def to_invalid(request: Request, error: Exception) -> Response:
        found = tuple(
            Violation("/".join(str(part) for part in one["loc"][1:]), str(one["msg"]))
            for one in cast("RequestValidationError", error).errors()
        )
        failure = BadInput("Some fields have wrong values.", violations=found)
        return response(problems.of(failure, request_id(request), status=UNPROCESSABLE))

    return to_invalid


def _mistake(what: str) -> ContractMistakes:
    return ContractMistakes.of([ContractMistake(what, where=_SETTING)])
