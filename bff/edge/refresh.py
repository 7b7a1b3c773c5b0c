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

from bff.edge.answers import FORM, body_within, is_form
from bff.guard.apps.options import RefreshOptions
from bff.guard.apps.renewal import MAX_FORM_BYTES, Refreshing, from_browser
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Refused
from bff.terms.events import Emit

PATH = "/bff/token"
_TOO_LONG = "Send a refresh token, and no more."
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
        if not is_form(request):
            raise BadInput(f"Send the form as {FORM}.", reason="unsupported-media-type")
        found = await refreshing.renewed(
            await body_within(request, MAX_FORM_BYTES, else_=_TOO_LONG)
        )
        return Response(found.body, found.status, dict(_HEADERS), media_type="application/json")

    return Route(PATH, renew, methods=["POST"])
