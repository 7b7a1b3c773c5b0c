"""Sessions with a browser in front and a provider behind, and a clock that tests move.

Called by tests/sessions.
Why       A browser of ours keeps cookies as browsers do, and says where a request comes from.
"""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any

import httpx

from bff.edge.login_pages import login_routes
from bff.edge.shell import shell
from bff.guard.presented import Presented
from bff.guard.provider.options import LoginOptions
from bff.guard.sessions.cookies import SESSION_COOKIE
from bff.guard.sessions.session import SessionOptions
from bff.guard.sessions.sessions import Memories, Sessions
from bff.stores.records import Records
from bff.stores.records_memory import MemoryRecords
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.events import Event, SessionTurned
from bff.terms.headers import Headers
from bff.terms.standing import Standings
from fake_services.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider
from tests.journeys.signed_in import ORIGIN, picked

OURS = {"sec-fetch-site": "same-origin"}
TIMEOUT_S = 5.0
KEYED = SessionOptions(keys=(f"a:{b64encode(bytes(32)).decode()}",))
"""What sessions outlive their process with."""


class Clock:
    """Wall and monotonic time, both `ahead_s` of what they are."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def wall(self) -> float:
        return time() + self.ahead_s

    def monotonic(self) -> float:
        return monotonic() + self.ahead_s


@dataclass(slots=True)
class World:
    """One BFF's login pages, and who uses them."""

    sessions: Sessions
    provider: IdentityProvider
    clock: Clock
    browser: httpx.AsyncClient
    elsewhere: httpx.AsyncClient
    streams: Standings
    events: list[Event] = field(default_factory=list)

    @property
    def cookie(self) -> str:
        """The session's id, "" without one."""
        return self.browser.cookies.get(SESSION_COOKIE) or ""

    @property
    def states(self) -> list[str]:
        return [event.state for event in self.events if isinstance(event, SessionTurned)]

    async def go(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers=headers)

    async def to_provider(self, return_url: str = "/", person: str = "ada") -> str:
        """From /bff/login to the address that the provider sends the browser back to."""
        went = await self.browser.get("/bff/login", params={"returnUrl": return_url})
        assert 303 == went.status_code, went.text
        return await picked(self.provider, went.headers["location"], person)

    async def sign_in(self, person: str = "ada", return_url: str = "/") -> httpx.Response:
        """The whole way; returns the landing page."""
        landed = await self.browser.get(await self.to_provider(return_url, person))
        assert 200 == landed.status_code, landed.text
        return landed

    async def user(self, **headers: str) -> httpx.Response:
        return await self.browser.get("/bff/user", headers={**OURS, **headers})

    async def elsewhere_to_us(self, logout_token: str) -> httpx.Response:
        """What the provider sends to the back-channel: no cookie, no origin."""
        form = {"logout_token": logout_token}
        transport = self.browser._transport
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as server:
            return await server.post("/bff/backchannel-logout", data=form)

    def presented(self, method: str = "GET", **changes: Any) -> Presented:
        cookies = (f"{SESSION_COOKIE}={self.cookie}",) if self.cookie else ()
        return Presented(method, cookies=cookies)._replace(**changes)

    def context(self, wait_s: float = 10.0, **headers: str) -> RequestContext:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = Headers.of((named or OURS).items())
        return RequestContext("r-1", Deadline.after(wait_s, self.clock.monotonic), headers=sent)


@asynccontextmanager
async def world_of(
    provider: IdentityProvider,
    *,
    records: Records | None = None,
    options: SessionOptions | None = None,
    clock: Clock | None = None,
    timeout_s: float = TIMEOUT_S,
) -> AsyncIterator[World]:
    """A BFF of that provider, started."""
    clock, events, streams = clock or Clock(), list[Event](), Standings()
    sessions = Sessions(
        login_of(provider, timeout_s=timeout_s),
        options or SessionOptions(),
        Memories(
            MemoryRecords(clock=clock.monotonic) if records is None else records,
            MemoryRecords(),
            streams,
        ),
        emit=events.append,
        wall=clock.wall,
        clock=clock.monotonic,
    )
    provider.now_s = clock.wall
    await sessions.start()
    app = shell(login_routes(sessions))
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(transport=transport, base_url=ORIGIN) as browser,
        httpx.AsyncClient() as elsewhere,
    ):
        yield World(sessions, provider, clock, browser, elsewhere, streams, events)
    await sessions.stop()


def login_of(provider: IdentityProvider, **changes: Any) -> LoginOptions:
    given = {
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "origin": ORIGIN,
    }
    return LoginOptions(**{**given, **changes})
