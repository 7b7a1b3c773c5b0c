"""The demo with its identity provider, and a browser's way through both.

Called by test_sessions.py, tests/threats (`web` is their fixture), tests/sessions/world.py and
          tests/bad_input/signed_in.py, which sends bytes that no browser does.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest_asyncio

from bff.app import Bff
from bff.guard.sessions.cookies import SESSION_COOKIE
from fake_services.identity_provider import IdentityProvider
from fake_services.identity_provider_run import provider_running
from tests.journeys.conftest import Demo, another_bff

ORIGIN = "https://localhost:8080"


@dataclass(frozen=True, slots=True)
class Web:
    """`bff` serves the demo's services to who signs in at the provider, and tells the demo."""

    demo: Demo
    bff: Bff
    provider: IdentityProvider

    def browser(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.bff.public, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def sign_in(self, browser: httpx.AsyncClient, person: str) -> str:
        """The whole way; returns the session's id."""
        went = await browser.get("/bff/login")
        landed = await browser.get(await picked(self.provider, went.headers["location"], person))
        assert 200 == landed.status_code, landed.text
        return browser.cookies[SESSION_COOKIE]


@asynccontextmanager
async def web_of(demo: Demo) -> AsyncIterator[Web]:
    async with provider_running(demo.keys) as provider:
        login = replace(demo.bff.settings.login, issuer=provider.issuer, origin=ORIGIN)
        change = partial(replace, login=login)
        async with another_bff(demo, change, emit=demo.events.append) as (bff, _):
            yield Web(demo, bff, provider)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(whole_demo: Demo) -> AsyncIterator[Web]:
    async with web_of(whole_demo) as found:
        yield found


async def picked(provider: IdentityProvider, location: str, person: str) -> str:
    """Signs in where a browser was sent; returns where the provider sends it back to."""
    asked = dict(parse_qsl(urlsplit(location).query))
    async with httpx.AsyncClient() as elsewhere:
        answer = await elsewhere.post(f"{provider.issuer}/pick", data={**asked, "person": person})
    assert 303 == answer.status_code, answer.text
    return str(answer.headers["location"])
