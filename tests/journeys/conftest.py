"""Journeys: HTTP in, real gRPC services, JSON out.

One set of services and one BFF per test module; faults and records are cleared before each test.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pytest_asyncio

from bff.app import Bff, assemble
from bff.calls.breaker import BreakerPolicy
from bff.compose.blueprint import Blueprint
from bff.settings import Overrides, Settings, load
from bff.stores.memory import MemoryOptions
from bff.telemetry.metrics import Metrics
from bff.telemetry.tell import tell
from bff.terms.events import Emit, Event, silence
from fake_services.demo_keys import DemoKeys, demo_keys
from fake_services.server import Running, running
from fake_services.tokens import TokenOptions, token

if TYPE_CHECKING:
    from tests.journeys.faces.served import Faces

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Demo:
    """A whole demo in one process."""

    bff: Bff
    services: Running
    public: httpx.AsyncClient
    admin: httpx.AsyncClient
    keys: DemoKeys
    events: list[Event]

    def bearer(self, name: str, **options: object) -> dict[str, str]:
        """The header that signs `name` in; the options are fake_services.tokens.TokenOptions."""
        text = token(name, self.keys, TokenOptions(**options))  # type: ignore[arg-type]
        return {"authorization": f"Bearer {text}"}

    async def get(self, path: str, *, by: str = "ada", **headers: str) -> httpx.Response:
        return await self.public.get(path, headers={**self.bearer(by), **headers})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    keys = demo_keys(folder)
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(running())
        settings = load(
            ROOT / "bff.toml",
            environment={},
            overrides=Overrides(services=tuple(services.addresses.items())),
        )
        events: list[Event] = []
        metrics = Metrics()
        bff = assemble(
            keyed(settings, keys), emit=tell(events.append, metrics.listen), metrics=metrics
        )
        await stack.enter_async_context(bff.running())
        public, admin = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),  # type: ignore[arg-type]
                    base_url="http://bff.test",
                )
            )
            for app in (bff.public, bff.admin)
        ]
        yield Demo(bff, services, public, admin, keys, events)


@dataclass(frozen=True, slots=True)
class Unremembering:
    """The demo once more, with nothing remembered: a cache would hide what is ill, or slow, and a
    breaker refuse a test's healthy request for the failures of the one before.
    """

    demo: Demo
    blueprint: Blueprint
    client: httpx.AsyncClient
    told: list[Event]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unremembering(whole_demo: Demo) -> AsyncIterator[Unremembering]:
    told: list[Event] = []
    nothing, never = MemoryOptions(max_entries=0), BreakerPolicy(calls=0)
    change = partial(replace, cache=nothing, breaker=never)
    async with another_bff(whole_demo, change, emit=told.append) as (bff, client):
        yield Unremembering(whole_demo, bff.blueprint, client, told)


@asynccontextmanager
async def another_bff(
    demo: Demo, change: Callable[[Settings], Settings], *, emit: Emit = silence
) -> AsyncIterator[tuple[Bff, httpx.AsyncClient]]:
    """Over the demo's services, with its settings changed, and a client that asks it in process."""
    bff = assemble(change(demo.bff.settings), emit=emit, metrics=Metrics())
    transport = httpx.ASGITransport(app=bff.public, raise_app_exceptions=False)
    async with bff.running(), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield bff, client


def showing(package: str) -> Callable[[Settings], Settings]:
    """The change that serves the screens of this package and no others."""
    return lambda settings: replace(settings, contract=replace(settings.contract, views=(package,)))


def keyed(settings: Settings, keys: DemoKeys) -> Settings:
    """The settings with the key set of this test instead of the demo's."""
    issuers = tuple(replace(one, keys=str(keys.jwks)) for one in settings.issuers)
    return replace(settings, issuers=issuers)


@pytest.fixture
def demo(whole_demo: Demo) -> Demo:
    whole_demo.services.faults.clear()
    whole_demo.services.record.clear()
    whole_demo.events.clear()
    return whole_demo


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_faces(whole_demo: Demo) -> AsyncIterator["Faces"]:
    from tests.journeys.faces.served import faces_over  # which needs this file

    async with faces_over(whole_demo) as found:
        yield found


@pytest.fixture
def faces(demo: Demo, whole_faces: "Faces") -> "Faces":
    return whole_faces
