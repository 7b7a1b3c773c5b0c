"""What an exception behind the front door is answered with: the same problem document as anywhere.

Called by edge/shell.py and edge/by_hand.py, which hand it to Starlette; our own routes behind them.
Never     answers an error in a framework's own shape; shows the text of a 5xx.
Source    Starlette "Exceptions"; FastAPI "Handling errors"; RFC 9457.
"""

from collections.abc import Mapping
from http.client import responses
from types import MappingProxyType
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from bff.contract.status import PROBLEMS, is_hidden, reason_of_status
from bff.edge.problem import Problems
from bff.edge.reply import Reply
from bff.guard.refusal import challenge
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Failure

FORM = "application/x-www-form-urlencoded"


class Answers:
    """What each kind of exception is answered with; `problems` writes the documents."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def __repr__(self) -> str:
        return f"<Answers by {self._problems!r}>"

    @property
    def by_kind(self) -> dict[int | type[Exception], ExceptionHandler]:
        """As Starlette wants them: kind of exception -> what answers it."""
        return {HTTPException: self.to_http, Failure: self.to_failure, Exception: self.to_bug}

    async def to_http(self, request: Request, error: Exception) -> Response:
        error = cast(HTTPException, error)
        headers = tuple((name.lower(), value) for name, value in (error.headers or {}).items())
        reply = self._problems.plain(
            reason_of_status(error.status_code),
            _detail(error),
            request_id(request),
            headers=headers,
            status=error.status_code,
        )
        return response(reply)

    async def to_failure(self, request: Request, error: Exception) -> Response:
        """With what its raiser wants done to the cookies."""
        failure = cast(Failure, error)
        explained: tuple[tuple[str, str], ...] = ()
        if failure.code is Code.UNAUTHENTICATED:
            explained = (("www-authenticate", challenge(failure)),)
        made = response(self._problems.of(failure, request_id(request), headers=explained))
        made.raw_headers.extend(failure.headers)
        return made

    async def to_bug(self, request: Request, _error: Exception) -> Response:
        return response(self._problems.internal(request_id(request)))


_DETAILS: Mapping[str, str] = MappingProxyType(
    {
        "not-found": "There is nothing at this path.",
        "method-not-allowed": "This path does not take this method: see the Allow header.",
    }
)


def _detail(error: HTTPException) -> str:
    """What a team wrote for its clients; ours where it is only the status once more."""
    text: object = error.detail  # FastAPI's may be anything
    status = error.status_code
    if isinstance(text, str) and text != responses.get(status) and not is_hidden(status):
        return text
    reason = reason_of_status(status)
    return _DETAILS.get(reason, PROBLEMS[reason].title)


def request_id(request: Request) -> str:
    """The id that the front door gave; "" on the admin port, which has none."""
    return str(getattr(request.state, "request_id", ""))


def response(reply: Reply) -> Response:
    """Our answer as Starlette sends it."""
    made = Response(reply.body, reply.status, media_type=reply.media_type)
    made.raw_headers.extend(reply.headers)
    return made


def is_form(request: Request) -> bool:
    """Whether its body says that it is FORM."""
    kind = request.headers.get("content-type", "")
    return bool(kind.partition(";")[0].strip().lower() == FORM)


async def body_within(request: Request, most_bytes: int, *, else_: str) -> bytes:
    """The whole body. Raises BadInput (body-too-large), which says `else_`, before more is read."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise BadInput(else_, reason="body-too-large")
    return bytes(body)
