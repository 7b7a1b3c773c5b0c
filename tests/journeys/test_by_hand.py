"""A team's own FastAPI app behind the demo: one port, one way to fail, one process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio

from bff.app import assemble
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from fake_services.server import running
from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def public() -> AsyncIterator[httpx.AsyncClient]:
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(running())
        overrides = Overrides(
            keys=(("server.handlers", "tests.edge.a_team:app"), ("server.docs", "true")),
            descriptors=(str(ROOT / "generated" / "descriptors.binpb"),),
            services=tuple(services.addresses.items()),
            open_access=True,
        )
        settings = load(None, environment={}, overrides=overrides)
        bff = assemble(settings, emit=silence, metrics=Metrics())
        await stack.enter_async_context(bff.running())
        transport = httpx.ASGITransport(app=bff.public, raise_app_exceptions=False)  # type: ignore[arg-type]
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://bff.test")
        )


async def test_the_teams_paths_are_served_by_the_team(public):
    found = await public.get("/hand/5")
    assert (200, 2) == (found.status_code, found.json())
    assert found.headers["x-request-id"]


async def test_the_proto_goes_first_at_a_path_of_both(public):
    assert "t-1" == (await public.get("/v1/todos/t-1")).json()["todoId"]


async def test_our_document_goes_before_the_apps_own(public):
    assert "3.1.1" == (await public.get("/openapi.json")).json()["openapi"]


async def test_er8_both_fail_in_one_way(public):
    by_team = await public.get("/hand/x")
    by_us = await public.get("/v1/todos?nope=1")
    assert [422, 400] == [by_team.status_code, by_us.status_code]
    assert list(by_us.json()) == list(by_team.json())


async def test_the_app_was_started_with_us(public):
    assert ["open"] == (await public.get("/tables")).json()
