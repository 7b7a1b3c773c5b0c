"""The end of a process, as a stream sees it: a last event, and an orderly end."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from bff.app import assemble
from bff.telemetry.metrics import Metrics
from bff.terms.closing import Closing
from bff.terms.events import silence
from bff.terms.process import Process
from tests.conditions import until
from tests.journeys.conftest import Demo
from tests.journeys.wire import ARRAY, EVENTS, NDJSON, WATCH, the_call

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Ending:
    """A BFF in front of the demo that is told to stop."""

    public: httpx.AsyncClient
    closing: Closing


@pytest_asyncio.fixture(loop_scope="module")
async def ending(demo: Demo) -> AsyncIterator[Ending]:
    closing = Closing()
    settings = demo.bff.settings
    process = Process(closing=closing)
    bff = assemble(settings, emit=silence, metrics=Metrics(), process=process)
    transport = httpx.ASGITransport(app=bff.public)  # type: ignore[arg-type]
    async with bff.running(), httpx.AsyncClient(transport=transport, base_url="http://b") as client:
        yield Ending(client, closing)


@pytest.mark.parametrize("accept", [NDJSON, EVENTS, ARRAY])
async def test_f17_a_stream_that_would_outlive_its_server_says_so_and_ends(demo, ending, accept):
    headers = {**demo.bearer("ada"), "accept": accept}
    watching = asyncio.create_task(ending.public.get(WATCH, headers=headers))
    await until(lambda: the_call(demo))
    assert not watching.done()
    ending.closing.begin()
    text = (await watching).text
    assert "shutting-down" in text
    if accept == NDJSON:
        assert "shutting-down" in json.loads(text.splitlines()[-1])["error"]["type"]
    elif accept == EVENTS:
        assert "event: error" == text.strip().splitlines()[-2]
    else:
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
    await until(lambda: the_call(demo).cancelled)


async def test_f17_a_server_that_is_about_to_end_is_not_ready(ending):
    assert 200 == (await ending.public.get("/readyz")).status_code
    ending.closing.announce()
    answer = await ending.public.get("/readyz")
    assert (503, "shutting down") == (answer.status_code, answer.json()["checks"]["process"])
