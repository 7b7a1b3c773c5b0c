"""Two BFFs and one Redis: what one has learned the other knows, and both live without it."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import httpx
import pytest
import pytest_asyncio

from bff.app import assemble
from bff.edge.purge import AdminOptions
from bff.guard.provider.options import LoginOptions
from bff.stores.options import StoreOptions
from bff.telemetry.metrics import Metrics
from bff.terms.events import Event, StoreTurned
from tests.conditions import until
from tests.journeys.conftest import Demo
from tests.stores.redis_server import RedisServer, one_redis, own_redis

__all__ = ["one_redis", "own_redis"]

PAGE = "/public/v1/products/p-1"
TOKEN = "a-token-of-the-operator"
KEYS = (f"shared:{b64encode(bytes(32)).decode()}",)
TAGS = {"tags": ["shop.catalog.v1.Product/p-1"]}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Machine:
    """One BFF, seen from outside."""

    public: httpx.AsyncClient
    admin: httpx.AsyncClient
    events: list[Event]

    async def status(self) -> str:
        """ "HIT" or "MISS": whether services were asked for the page."""
        answer = await self.public.get(PAGE)
        assert 200 == answer.status_code
        return str(answer.headers["x-cache-status"])

    async def purge(self) -> int:
        """The status of purging the page's product."""
        bearer = {"authorization": f"Bearer {TOKEN}"}
        return (await self.admin.post("/admin/cache/purge", json=TAGS, headers=bearer)).status_code


@pytest_asyncio.fixture(loop_scope="module")
async def machines(demo: Demo, own_redis: RedisServer) -> AsyncIterator[tuple[Machine, Machine]]:
    """Nothing is near for longer than a request, so that each look is one at Redis."""
    async with AsyncExitStack() as stack:
        yield (await _machine(stack, demo, own_redis), await _machine(stack, demo, own_redis))


async def _machine(stack: AsyncExitStack, demo: Demo, redis: RedisServer) -> Machine:
    events: list[Event] = []
    settings = replace(
        demo.bff.settings,
        admin=AdminOptions(token=TOKEN),
        login=LoginOptions(),  # nobody signs in here: shared sessions would want shared keys
        store=StoreOptions(url=redis.url, cache_timeout_ms=1_000, near_ms=0),
        sessions=replace(demo.bff.settings.sessions, keys=KEYS),
    )
    bff = assemble(settings, emit=events.append, metrics=Metrics())
    await stack.enter_async_context(bff.running())
    clients = [
        await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),  # type: ignore[arg-type]
                base_url="http://bff.test",
            )
        )
        for app in (bff.public, bff.admin)
    ]
    return Machine(*clients, events)


async def test_what_one_machine_asked_for_the_other_need_not_ask(demo: Demo, machines):
    here, there = machines
    first = await here.status()
    demo.services.record.clear()
    assert ("MISS", "HIT", 0) == (first, await there.status(), len(demo.services.record.calls))


async def test_a_purge_on_one_machine_holds_on_all(machines):
    here, there = machines
    await here.status()
    assert (200, "MISS") == (await there.purge(), await here.status())


async def test_without_redis_all_is_served_and_readiness_says_so_and_stays(
    demo: Demo, machines, own_redis: RedisServer
):
    here, _ = machines
    await here.status()
    own_redis.kill()
    statuses = [await here.status() for _ in range(5)]
    ready = await here.public.get("/readyz")
    lost = ready.json()["checks"]["store"].removeprefix("lost to ").split(", ")
    assert (["MISS"] * 5, 200, True) == (statuses, ready.status_code, "cache" in lost)


async def test_a_purge_that_cannot_be_made_everywhere_is_no_success(
    machines, own_redis: RedisServer
):
    """The operator says it again; a 200 would leave the old price on every other machine."""
    here, _ = machines
    own_redis.kill()
    assert 503 == await here.purge()


async def test_when_redis_is_back_it_is_used_again(machines, own_redis: RedisServer):
    here, there = machines
    own_redis.kill()
    for _ in range(5):
        await here.status()
    own_redis.start()
    await until(lambda: StoreTurned("cache", "found") in here.events)
    assert ["MISS", "HIT"] == [await here.status(), await there.status()]
