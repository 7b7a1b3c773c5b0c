"""A BFF with sessions in this process, and npm's oidc-provider, a stranger's work, in another.

Called by tests/interop/oidc.
Why       The demo's provider is ours: it agrees with us also where both are wrong.
Never     writes into the repository: what npm installs is below .run.
"""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bff.app import assemble
from bff.guard.provider.options import LoginOptions
from bff.guard.sessions.sessions import Sessions
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import Event, SessionTurned
from fake_services.identity_provider_run import answering
from fake_services.server import Running, running
from tests.journeys.conftest import ROOT

HERE = Path(__file__).parent
WORK = ROOT / ".run" / "interop-oidc"
RESOURCE = "https://api.example"
ACCESS_S = 4
CLIENTS = (
    {"id": "shop web:1", "secret": "s3cret +%:/~&=", "way": "client_secret_basic"},
    {"id": "shop-post", "secret": "another +%:/~&=", "way": "client_secret_post"},
)
"""What RFC 6749 section 2.3.1 has encoded twice, and what it has not."""


@dataclass(frozen=True, slots=True)
class Web:
    """A browser's whole world: `origin` is our server's, `issuer` the provider's address."""

    origin: str
    issuer: str
    sessions: Sessions
    services: Running
    events: list[Event]

    @property
    def turns(self) -> list[tuple[str, str]]:
        """What became of sessions, and why."""
        return [(one.state, one.detail) for one in self.events if isinstance(one, SessionTurned)]

    def count(self, state: str) -> int:
        return [name for name, _ in self.turns].count(state)


async def installed() -> Path:
    """The folder of the provider, with all it needs."""
    lock, done = HERE / "package-lock.json", WORK / "installed"
    WORK.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", lock.name, "provider.mjs"):
        shutil.copy(HERE / name, WORK)
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        words = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        npm = await asyncio.create_subprocess_exec("npm", *words, cwd=WORK)
        assert 0 == await npm.wait(), "npm could not install the provider"
        shutil.copy(lock, done)
    return WORK


@asynccontextmanager
async def web_of(way: int = 0) -> AsyncIterator[Web]:
    """A provider that knows us, and our server.

    way  which of the clients we are there
    """
    async with AsyncExitStack() as stack:
        door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        # by name: a browser keeps Secure cookies for http://localhost
        origin = f"http://localhost:{door.getsockname()[1]}"
        issuer = await stack.enter_async_context(provider(origin))
        services = await stack.enter_async_context(running())
        overrides = Overrides(services=tuple(services.addresses.items()))
        settings = load(ROOT / "bff.toml", environment={}, overrides=overrides)
        events: list[Event] = []
        login = login_of(issuer, origin, way)
        settings = replace(settings, login=login, issuers=())
        bff = assemble(settings, emit=events.append, metrics=Metrics())
        await stack.enter_async_context(bff.running())
        assert bff.guarding.sessions is not None
        await stack.enter_async_context(answering(bff.public, door))
        yield Web(origin, issuer, bff.guarding.sessions, services, events)


def login_of(issuer: str, origin: str, way: int) -> LoginOptions:
    client = CLIENTS[way]
    return LoginOptions(
        issuer=issuer,
        client_id=client["id"],
        client_secret=client["secret"],
        client_auth="post" if way else "basic",
        origin=origin,
        scopes=("openid", "profile", "offline_access"),
        prompt="consent",  # else it gives no refresh token
        resource=RESOURCE if way else "",
    )


@asynccontextmanager
async def provider(origin: str) -> AsyncIterator[str]:
    """Its address, for as long as it runs."""
    given = {"ORIGIN": origin, "ACCESS_S": str(ACCESS_S), "CLIENTS": json.dumps(CLIENTS)}
    folder = await installed()
    with (folder / "provider.log").open("wb") as log:
        node = await asyncio.create_subprocess_exec(
            "node",
            "provider.mjs",
            cwd=folder,
            env={**os.environ, **given},
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    assert node.stdout
    try:
        issuer = (await node.stdout.readline()).decode().strip()
        assert issuer, (folder / "provider.log").read_text()
        yield issuer
    finally:
        node.terminate()
        await node.wait()
