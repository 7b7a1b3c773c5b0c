"""The demo with its identity provider behind a real socket, and browsers that send any bytes there.

Called by test_sessions.py.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from bff.app import assemble
from bff.edge.http1.overdue import ConnectionOptions
from bff.guard.sessions.cookies import SESSION_COOKIE
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import Event
from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.identity_provider import IdentityProvider
from fake_services.identity_provider_run import provider_running
from fake_services.server import Running, running
from fake_services.tokens import TokenOptions, token
from tests.bad_input.listening import serving
from tests.bad_input.raw import Door, Told, told, whole
from tests.journeys.conftest import ROOT, keyed

ORIGIN = "https://localhost:8080"
OURS = "Sec-Fetch-Site: same-origin"
JSON = "Content-Type: application/json"
_SET = re.compile(rb"(?im)^set-cookie: ([^=]+)=([^;\r]*)")


@dataclass(frozen=True, slots=True)
class Web:
    """A door, and what is behind it."""

    door: Door
    provider: IdentityProvider
    services: Running
    keys: DemoKeys

    def bearer(self, name: str) -> str:
        return f"Authorization: Bearer {token(name, self.keys, TokenOptions())}"

    async def signed_in(self, person: str = "ada") -> "Browser":
        browser = Browser(self)
        landed = await browser.ask("GET", await browser.to_provider(person))
        assert 200 == landed.status
        return browser


@dataclass(slots=True)
class Browser:
    """Keeps cookies, and sends what a test gives it."""

    web: Web
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
        asked = dict(parse_qsl(urlsplit(went.headers["location"]).query))
        async with httpx.AsyncClient() as elsewhere:
            picked = await elsewhere.post(
                f"{self.web.provider.issuer}/pick", data={**asked, "person": person}
            )
        return picked.headers["location"].removeprefix(ORIGIN)


@asynccontextmanager
async def web_at(folder: Path) -> AsyncIterator[Web]:
    keys, events = demo_keys(folder), list[Event]()
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(running())
        provider = await stack.enter_async_context(provider_running(keys))
        overrides = Overrides(services=tuple(services.addresses.items()))
        settings = keyed(load(ROOT / "bff.toml", environment={}, overrides=overrides), keys)
        login = replace(settings.login, issuer=provider.issuer, origin=ORIGIN)
        settings = replace(settings, login=login)
        bff = assemble(settings, emit=events.append, metrics=Metrics())
        await stack.enter_async_context(bff.running())
        port = await stack.enter_async_context(
            serving(bff, ConnectionOptions(), emit=events.append)
        )
        yield Web(Door(port), provider, services, keys)
