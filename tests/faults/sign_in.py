"""A browser's way to a session, without a browser.

Called by scenarios with people in them.
"""

from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx

from bff.guard.sessions.cookies import SESSION_COOKIE
from fake_services.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider

ORIGIN = "https://localhost:8080"
"""Where browsers believe to find the BFF; it listens elsewhere, and believes them."""
LOGIN = """
[login]
issuer = "{issuer}"
client_id = "{client_id}"
client_secret = "{client_secret}"
origin = "{origin}"
"""


def login(provider: IdentityProvider) -> str:
    """What bff.toml says of it."""
    return LOGIN.format(
        issuer=provider.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, origin=ORIGIN
    )


class Returning(NamedTuple):
    """A browser whom the provider sends back: where to, and the cookie it brings."""

    url: str
    cookie: str


async def returning(port: int, provider: IdentityProvider, person: str) -> Returning:
    """Who has picked a person, and nothing more. Raises LookupError where there was no way."""
    ours = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as browser:
        went = await browser.get(f"{ours}/bff/login")
        if went.status_code != HTTPStatus.SEE_OTHER:
            raise LookupError(f"no way to sign in: {went.status_code} {went.text[:200]}")
        asked = dict(parse_qsl(urlsplit(went.headers["location"]).query))
        door = f"{provider.issuer}/pick"
        picked = await browser.post(door, data={**asked, "person": person})
    back = urlsplit(picked.headers["location"])
    tied = went.headers["set-cookie"].partition(";")[0]
    return Returning(f"{ours}{back.path}?{back.query}", tied)


async def landed(who: Returning) -> httpx.Response:
    """What the BFF says to whom the provider sent back."""
    async with httpx.AsyncClient(timeout=10) as browser:
        return await browser.get(who.url, headers={"cookie": who.cookie})


async def sign_in(port: int, provider: IdentityProvider, person: str) -> str:
    """The session's cookie, as a browser would send it. Raises LookupError where none came."""
    answer = await landed(await returning(port, provider, person))
    for cookie in answer.headers.get_list("set-cookie"):
        if cookie.startswith(f"{SESSION_COOKIE}="):
            return str(cookie.partition(";")[0])
    raise LookupError(f"no session for {person}: {answer.status_code} {answer.text[:200]}")
