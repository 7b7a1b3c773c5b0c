"""The demo with its identity provider behind a real socket, and browsers that send any bytes there.

Called by test_sessions.py.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bff.edge.http1.overdue import ConnectionOptions
from bff.guard.sessions.cookies import SESSION_COOKIE
from tests.bad_input.listening import serving
from tests.bad_input.raw import Door, Told, told, whole
from tests.journeys.conftest import Demo
from tests.journeys.signed_in import ORIGIN, Web, picked, web_of

OURS = "Sec-Fetch-Site: same-origin"
JSON = "Content-Type: application/json"
_SET = re.compile(rb"(?im)^set-cookie: ([^=]+)=([^;\r]*)")


@dataclass(frozen=True, slots=True)
class OpenWeb(Web):
    """Behind a door."""

    door: Door

    async def signed_in(self, person: str = "ada") -> "Browser":
        browser = Browser(self)
        landed = await browser.ask("GET", await browser.to_provider(person))
        assert 200 == landed.status
        return browser


@dataclass(slots=True)
class Browser:
    """Keeps cookies, and sends what a test gives it."""

    web: OpenWeb
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def session(self) -> str:
        return self.cookies.get(SESSION_COOKIE, "")

    async def ask(self, method: str, target: str, *lines: str, body: str = "") -> Told:
        """With its cookies, unless the lines bring some."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        own = [] if not kept or any("Cookie:" in line for line in lines) else [f"Cookie: {kept}"]
        text = await self.web.door.all_of(whole(method, target, body, *own, *lines))
        for name, value in _SET.findall(text.partition(b"\r\n\r\n")[0]):
            self.cookies[name.decode()] = value.decode()
        return told(text)

    async def to_provider(self, person: str = "ada") -> str:
        """Signs in there; returns the target that the provider sends the browser to."""
        went = await self.ask("GET", "/bff/login?returnUrl=/")
        back = await picked(self.web.provider, went.headers["location"], person)
        return back.removeprefix(ORIGIN)


@asynccontextmanager
async def opened(demo: Demo) -> AsyncIterator[OpenWeb]:
    async with (
        web_of(demo) as web,
        serving(web.bff, ConnectionOptions(), emit=demo.events.append) as port,
    ):
        yield OpenWeb(web.demo, web.bff, web.provider, Door(port))
