"""POST /bff/token: an app sends its refresh token and gets new tokens.

Called by app (mounts it behind the front door, where [refresh] names the issuer's endpoint).
Never     answers a page in a browser, a cookie, or a body beyond its limit; every answer is
          no-store.
Source    RFC 6749 sections 5.1, 6; RFC 9111 section 5.2.2.5.
"""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bff.guard.refresh import MAX_FORM_BYTES, Refreshing, from_browser
from bff.guard.refresh_options import RefreshOptions
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Refused
from bff.terms.events import Emit

PATH = "/bff/token"
FORM = "application/x-www-form-urlencoded"
_HEADERS: Mapping[str, str] = MappingProxyType(
    {"cache-control": "no-store", "pragma": "no-cache", "x-content-type-options": "nosniff"}
)


def refresh_routes(options: RefreshOptions, emit: Emit) -> tuple[BaseRoute, ...]:
    """The route; () where the operator names no issuer."""
    return (refresh_route(Refreshing(options, emit=emit)),) if options.url else ()


def refresh_route(refreshing: Refreshing) -> BaseRoute:
    """The route."""

    async def renew(request: Request) -> Response:
        if from_browser(request.headers) or "cookie" in request.headers:
            raise Refused(
                "This is for apps: a page signs in at /bff/login, and holds no tokens.",
                reason="permission-denied",
                code=Code.PERMISSION_DENIED,
            )
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise BadInput(f"Send the form as {FORM}.", reason="unsupported-media-type")
        found = await refreshing.renewed(await _body(request))
        return Response(found.body, found.status, dict(_HEADERS), media_type="application/json")

    return Route(PATH, renew, methods=["POST"])


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM_BYTES:
            raise BadInput("Send a refresh token, and no more.", reason="body-too-large")
    return bytes(body)
