"""/bff/...: sign in, come back, who am I, sign out; and the provider's way to sign somebody out.

Why       These are visits of a browser, not calls of an API: they answer with redirects and
          cookies, and are none of the Blueprint's endpoints. They live in the shell behind the
          front door.
Called by app, where [login] has an issuer.
Never     lets an answer be stored; never writes into one what came with the question.
Source    IETF draft-ietf-oauth-browser-based-apps section 6.1; RFC 9700; docs/sessions.md;
          docs/spec/bad-input.md rows 97, 102-104.
"""

from collections.abc import Awaitable, Callable
from html import escape

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bff.contract.status import OK, SEE_OTHER
from bff.edge.answers import FORM, body_within, is_form
from bff.edge.pages.policy import GUARDED, PAGE
from bff.guard.login.sign_in import Login, Onward
from bff.guard.login.sign_out import Leaving
from bff.guard.presented import Presented
from bff.guard.refusal import no_credentials
from bff.guard.sessions.cookies import Header
from bff.guard.sessions.sessions import Sessions, shown_id, sid_of
from bff.terms.errors import BadInput
from bff.terms.headers import Headers

PATHS = ("/bff/login", "/bff/callback", "/bff/user", "/bff/logout", "/bff/backchannel-logout")
MAX_FORM_BYTES = 65_536
WAIT_S = 10.0
"""How long /bff/user waits for a renewal, as it has no deadline of its own."""
_NO_STORE: Header = (b"cache-control", b"no-store")

Answering = Callable[[Request], Awaitable[Response]]


def login_routes(sessions: Sessions) -> tuple[BaseRoute, ...]:
    """The five of them; `Answers` tells what they raise."""
    pages = LoginPages(sessions)

    def route(path: str, answer: Answering, method: str = "GET") -> Route:
        return Route(path, answer, methods=[method])

    login, callback, user, logout, goodbye = PATHS
    return (
        route(login, pages.login),
        route(callback, pages.callback),
        route(user, pages.user),
        route(logout, pages.logout),
        route(goodbye, pages.goodbye, "POST"),
    )


class LoginPages:
    """What each of them answers."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._login, self._leaving = Login(sessions), Leaving(sessions)

    def __repr__(self) -> str:
        return f"<LoginPages of {self._sessions!r}>"

    async def login(self, request: Request) -> Response:
        """To the provider; ?returnUrl= is where the browser goes after it all."""
        return _redirect(await self._login.begin(_one(request, "returnUrl"), _cookies(request)))

    async def callback(self, request: Request) -> Response:
        """Back from the provider."""
        query = request.url.query
        return _landing(await self._login.finish(query, _cookies(request)))

    async def user(self, request: Request) -> Response:
        """Who is signed in, for how long; ?slide=false asks without prolonging it."""
        cookies = _cookies(request)
        authorizations = tuple(request.headers.getlist("authorization"))
        shown = Presented("GET", authorizations, cookies)
        slides = _one(request, "slide") != "false"
        found = await self._sessions.find(
            Headers(request.headers.raw), shown, wait_s=WAIT_S, slides=slides
        )
        if found is None:
            raise no_credentials("Nobody is signed in: go to /bff/login.")
        left_s = found.left_s(self._sessions.options, self._sessions.wall())
        told = {
            "claims": found.claims,
            "expiresInS": int(left_s),
            "logoutUrl": f"/bff/logout?sid={sid_of(shown_id(cookies))}",
        }
        return _json(told)

    async def logout(self, request: Request) -> Response:
        """Out, here and at the provider; ?sid= proves that a page of ours asked."""
        return _redirect(await self._leaving.leave(_one(request, "sid"), _cookies(request)))

    async def goodbye(self, request: Request) -> Response:
        """The provider says who has signed out there. No browser comes here."""
        if not is_form(request):
            raise BadInput(f"Send {FORM}.", reason="unsupported-media-type")
        limit = f"The body may have at most {MAX_FORM_BYTES} bytes."
        form = await body_within(request, MAX_FORM_BYTES, else_=limit)
        await self._leaving.heard(form.decode("latin-1"))
        return _answer(Response(status_code=OK))


def _redirect(onward: Onward) -> Response:
    made = Response(status_code=SEE_OTHER)
    made.raw_headers.append((b"location", onward.url.encode("ascii")))
    return _answer(made, onward.headers)


def _landing(onward: Onward) -> Response:
    """A page of ours that goes on by itself. A redirect would still be the provider's doing, and
    a browser keeps a Strict cookie from what another site began.
    """
    url = escape(onward.url, quote=True)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Signed in</title>'
        f'<meta http-equiv="refresh" content="0;url={url}"><p><a href="{url}">Go on</a></p></html>'
    )
    made = Response(page, media_type=PAGE)
    made.raw_headers.extend((name.encode(), value.encode()) for name, value in GUARDED)
    return _answer(made, onward.headers)


def _json(told: dict[str, object]) -> Response:
    return _answer(Response(orjson.dumps(told), media_type="application/json"))


def _answer(made: Response, headers: tuple[Header, ...] = ()) -> Response:
    nosniff = (b"x-content-type-options", b"nosniff")
    made.raw_headers.extend((_NO_STORE, nosniff, *headers))
    return made


def _cookies(request: Request) -> tuple[str, ...]:
    return tuple(request.headers.getlist("cookie"))


def _one(request: Request, name: str) -> str:
    """A parameter, "" for none. Raises BadInput for two."""
    found = request.query_params.getlist(name)
    if len(found) > 1:
        raise BadInput.at(name, "send it once", reason="duplicate-parameter")
    return found[0] if found else ""
