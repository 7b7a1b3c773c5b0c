"""The end of a process, as whatever lasts sees it: a last word, and an orderly end."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from bff.app import assemble
from bff.telemetry.metrics import Metrics
from bff.terms.closing import Closing
from bff.terms.events import silence
from bff.terms.process import Process
from tests.conditions import until
from tests.journeys.conftest import Demo
from tests.journeys.wire import ARRAY, EVENTS, NDJSON, SERVICE, WATCH, Wire, listening, the_call
from tests.serve.process import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Ending:
    """A BFF in front of the demo that is told to stop."""

    public: httpx.AsyncClient
    closing: Closing
    port: int


@pytest_asyncio.fixture(loop_scope="module")
async def ending(demo: Demo) -> AsyncIterator[Ending]:
    closing = Closing()
    settings = demo.bff.settings
    process = Process(closing=closing)
    bff = assemble(settings, emit=silence, metrics=Metrics(), process=process)
    transport = httpx.ASGITransport(app=bff.public)  # type: ignore[arg-type]
    async with (
        bff.running(),
        httpx.AsyncClient(transport=transport, base_url="http://b") as client,
        listening(bff.public) as port,
    ):
        yield Ending(client, closing, port)


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


async def test_f17_a_websocket_is_closed_with_1001_and_its_call_ends(demo, ending):
    url = f"ws://127.0.0.1:{ending.port}{WATCH}"
    async with connect(url, additional_headers=demo.bearer("ada"), proxy=None) as chat:
        await until(lambda: the_call(demo))
        ending.closing.begin()
        await chat.wait_closed()
    assert GOING_AWAY == (chat.close_code, chat.close_reason)
    await until(lambda: the_call(demo).cancelled)


async def test_f17_an_upload_that_is_still_arriving_is_a_503_and_nothing_is_made(demo, ending):
    headers = {"content-type": NDJSON, "transfer-encoding": "chunked", **demo.bearer("ada")}
    wire = await Wire.open(ending.port, "POST /v1/todos:import", **headers)
    document = b'{"title":"half"}\n'
    wire.writer.write(b"%x\r\n%s\r\n" % (len(document), document))
    await until(lambda: the_call(demo, "ImportTodos"))
    ending.closing.begin()
    status, fields = await wire.head()
    body = await wire.reader.readexactly(int(fields["content-length"]))
    wire.hang_up()
    assert 503 == status
    assert json.loads(body)["type"].endswith("shutting-down")
    await until(lambda: the_call(demo, "ImportTodos").cancelled)


async def test_f17_at_sigterm_a_websocket_is_closed_with_1001(demo, tmp_path):
    """The server below would say 1012 a moment later."""
    reflected = ("--reflect", demo.services.addresses[SERVICE], "--auth", "none")
    async with serving(*reflected, cwd=tmp_path) as bff:
        url = f"{bff.public.base_url.copy_with(scheme='ws')}{WATCH}"
        async with connect(url, proxy=None) as chat:
            await until(lambda: the_call(demo))
            bff.process.process.send_signal(signal.SIGTERM)
            await chat.wait_closed()
        assert GOING_AWAY == (chat.close_code, chat.close_reason)
        assert 0 == await bff.process.process.wait()


GOING_AWAY = (1001, "This server is shutting down: connect again.")
