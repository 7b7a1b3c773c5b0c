"""The demo's identity provider, as browsers and clients see it: its pages and its endpoints.

Called by identity_provider_run.py.
Never     runs a script: a person is picked with a plain form.
Source    OpenID Connect Core, Discovery, RP-Initiated and Back-Channel Logout 1.0; RFC 9207.
"""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from html import escape
from typing import Final
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from fake_services.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    NAMES,
    PEOPLE,
    Asked,
    IdentityProvider,
    OAuthError,
    description,
    sid_in,
)

COOKIE: Final = "demo_provider"
_LOOPBACK: Final = ("localhost", "127.0.0.1")
_HUGE_MB: Final = 50
_TOLD_WITHIN_S: Final = 2.0

Answering = Callable[[Request, dict[str, str]], Awaitable[Response]]


class ProviderPages:
    """Its endpoints. What each asks for is in `_form`: a name given twice counts once."""

    def __init__(self, provider: IdentityProvider) -> None:
        self._provider = provider

    def __repr__(self) -> str:
        return f"<ProviderPages of {self._provider!r}>"

    def app(self) -> Starlette:
        """All of it."""
        document = "/.well-known/openid-configuration"
        routes = [
            Route(document, self._in_mood("discovery", self._discovery)),
            Route("/jwks.json", self._in_mood("keys", self._keys)),
            Route("/authorize", self._in_mood("authorize", self._authorize)),
            Route("/pick", self._in_mood("pick", self._pick), methods=["POST"]),
            Route("/token", self._in_mood("token", self._token), methods=["POST"]),
            Route("/revoke", self._in_mood("revoke", self._revoke), methods=["POST"]),
            Route("/end_session", self._in_mood("end_session", self._end_session)),
        ]
        return Starlette(routes=routes)

    def _in_mood(self, name: str, answer: Answering) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            self._provider.asked[name] += 1
            match self._provider.mood:
                case "stalls":
                    await asyncio.Event().wait()
                case "breaks":
                    return JSONResponse({"error": "server_error"}, 500)
                case "html":
                    return HTMLResponse("<h1>We will be back soon</h1>")
                case "huge":
                    return StreamingResponse(_huge(), media_type="application/json")
            try:
                found = await answer(request, await _form(request))
            except OAuthError as error:
                return JSONResponse({"error": error.error}, 400)
            if self._provider.mood == "swallows":  # it was done, and nobody hears of it
                await asyncio.Event().wait()
            return found

        return answered

    async def _discovery(self, _request: Request, _form: dict[str, str]) -> Response:
        return JSONResponse(description(self._provider.issuer))

    async def _keys(self, _request: Request, _form: dict[str, str]) -> Response:
        return Response(self._provider.keys.jwks.read_bytes(), media_type="application/json")

    async def _authorize(self, request: Request, asked: dict[str, str]) -> Response:
        """A code at once for who is signed in here; else the page where one picks a person."""
        checked = _checked(asked)
        sid = request.cookies.get(COOKIE, "")
        if self._provider.person_of(sid):
            return self._onward(sid, checked)
        return HTMLResponse(_page(asked))

    async def _pick(self, _request: Request, asked: dict[str, str]) -> Response:
        checked = _checked(asked)
        sid = self._provider.sign_in(asked.get("person", ""))
        answer = self._onward(sid, checked)
        answer.set_cookie(COOKIE, sid, httponly=True, samesite="lax")
        return answer

    def _onward(self, sid: str, asked: Asked) -> Response:
        told = {
            "code": self._provider.code(sid, asked),
            "state": asked.state,
            "iss": self._provider.issuer,
        }
        return RedirectResponse(f"{asked.redirect_uri}?{urlencode(told)}", 303)

    async def _token(self, request: Request, form: dict[str, str]) -> Response:
        _check_client(request, form)
        match form.get("grant_type"):
            case "authorization_code":
                names = ("code", "code_verifier", "redirect_uri")
                tokens = self._provider.redeem(*(form.get(name, "") for name in names))
            case "refresh_token":
                tokens = self._provider.refresh(form.get("refresh_token", ""))
            case _:
                raise OAuthError("unsupported_grant_type")
        return JSONResponse(tokens, headers={"cache-control": "no-store"})

    async def _revoke(self, request: Request, form: dict[str, str]) -> Response:
        _check_client(request, form)
        self._provider.revoke(form.get("token", ""))
        return Response()

    async def _end_session(self, request: Request, asked: dict[str, str]) -> Response:
        """Out here, and everywhere that this browser signed in from here."""
        sid = sid_in(asked.get("id_token_hint", "")) or request.cookies.get(COOKIE, "")
        await self.tell(self._provider.sign_out(sid))
        goal = asked.get("post_logout_redirect_uri", "")
        if not _is_loopback(goal):
            return HTMLResponse("<p>You are signed out.</p>")
        answer = RedirectResponse(goal, 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def tell(self, tokens: dict[str, str]) -> None:
        """The back-channel: each client hears it once; who does not listen misses it."""
        told = [asyncio.to_thread(_tell, origin, text) for origin, text in tokens.items()]
        await asyncio.gather(*told)


def _tell(origin: str, logout_token: str) -> None:
    form = urlencode({"logout_token": logout_token}).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"{origin}/bff/backchannel-logout", form, timeout=_TOLD_WITHIN_S).close()
    except (urllib.error.URLError, OSError):
        return  # it has its own timeouts for its sessions


async def _form(request: Request) -> dict[str, str]:
    """The query's and the body's parameters."""
    text = f"{request.url.query}&{(await request.body()).decode('latin-1')}"
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _checked(asked: dict[str, str]) -> Asked:
    """Raises OAuthError: nobody is sent back to an address that this provider does not know."""
    redirect_uri = asked.get("redirect_uri", "")
    known = _is_loopback(redirect_uri) and urlsplit(redirect_uri).path == "/bff/callback"
    if asked.get("client_id") != CLIENT_ID or not known:
        raise OAuthError("invalid_request")
    s256 = asked.get("code_challenge_method") == "S256" and asked.get("code_challenge")
    if asked.get("response_type") != "code" or not s256:
        raise OAuthError("invalid_request")
    return Asked(
        redirect_uri=redirect_uri,
        state=asked.get("state", ""),
        nonce=asked.get("nonce", ""),
        challenge=asked["code_challenge"],
        scope=asked.get("scope", ""),
    )


def _check_client(request: Request, form: dict[str, str]) -> None:
    given = (form.get("client_id", ""), form.get("client_secret", ""))
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        given = (unquote_plus(name), unquote_plus(secret))
    if given != (CLIENT_ID, CLIENT_SECRET):
        raise OAuthError("invalid_client")


def _is_loopback(url: str) -> bool:
    """As native apps may: any port of this machine (RFC 8252 section 7.3)."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK


def _page(asked: dict[str, str]) -> str:
    """Where one picks who to be; what was asked goes along."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in asked.items()
    )
    buttons = "".join(
        f'<p><button name="person" value="{person}">{name}</button></p>'
        for person, name in zip(PEOPLE, NAMES, strict=True)
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
        "<title>Demo sign-in</title>"
        f'<h1>Who are you?</h1><form method="post" action="/pick">{kept}{buttons}</form></html>'
    )


async def _huge() -> AsyncIterator[bytes]:
    """More JSON than anybody should read."""
    yield b'{"a": "'
    for _ in range(_HUGE_MB):
        yield b"a" * 1_048_576
    yield json.dumps("").encode()
