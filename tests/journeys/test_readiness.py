"""What a load balancer reads at /readyz while services come and go."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bff.app import assemble
from bff.settings import Settings
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from bff.terms.process import Beginning, Process
from fake_services.server import running
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

TODOS = "todos.v1.TodoService"
NOBODY = "127.0.0.1:1"
Told = tuple[int, str, dict[str, str]]


class Clock:
    """A clock that a test turns."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@asynccontextmanager
async def probed(settings: Settings, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    process = Process(beginning=Beginning(clock=clock))
    bff = assemble(settings, emit=silence, metrics=Metrics(), process=process)
    transport = httpx.ASGITransport(app=bff.public)
    async with bff.running(), httpx.AsyncClient(transport=transport, base_url="http://b") as client:
        yield client


async def told(client: httpx.AsyncClient) -> Told:
    """The status, the word for all, and whatever is not well."""
    answer = await client.get("/readyz")
    found: dict[str, Any] = answer.json()
    ill = {name: one for name, one in found["checks"].items() if one != "ok"}
    return answer.status_code, found["status"], ill


def todos_at(demo: Demo, address: str) -> Settings:
    settings = demo.bff.settings
    return replace(settings, services={**settings.services, TODOS: address})


async def test_a_service_that_dies_is_told_and_takes_no_server_out(demo: Demo) -> None:
    async with AsyncExitStack() as stack:
        async with running(systems=("todos",)) as dying:
            settings = todos_at(demo, dying.addresses[TODOS])
            client = await stack.enter_async_context(probed(settings, Clock()))
            assert (200, "ok", {}) == await told(client)
        while (found := await told(client))[1] == "ok":
            pass  # what was found is remembered for a second
    assert (200, "degraded", {TODOS: "unreachable"}) == found


async def test_a_server_that_begins_waits_for_a_service_but_not_for_ever(demo: Demo) -> None:
    clock = Clock()
    async with probed(todos_at(demo, NOBODY), clock) as client:
        ill = {TODOS: "unreachable"}
        assert (503, "not ready", {**ill, "process": "starting"}) == await told(client)
        clock.now_s = 10.0
        assert (200, "degraded", ill) == await told(client)


async def test_an_issuer_without_keys_is_waited_for_no_longer(demo: Demo, tmp_path: Path) -> None:
    keyless = replace(demo.bff.settings.issuers[0], keys=str(tmp_path / "none.json"))
    clock = Clock()
    async with probed(replace(demo.bff.settings, issuers=(keyless,)), clock) as client:
        assert {"issuer 1", "process"} == set((await told(client))[2])
        clock.now_s = 10.0
        status, word, ill = await told(client)
    assert (200, "degraded", {"issuer 1"}) == (status, word, set(ill))
