"""Row 121: an upload, message by message, ends where it stops being one; its call is cancelled."""

import asyncio
from dataclasses import replace

import pytest

from bff.app import assemble
from bff.edge.http1.overdue import ConnectionOptions
from bff.telemetry.metrics import Metrics
from tests.bad_input.conftest import Opened
from tests.bad_input.listening import serving
from tests.bad_input.raw import Door, Told, told
from tests.conditions import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

IMPORT = "todos.v1.TodoService/ImportTodos"
GOOD = b'{"title": "a"}\n'


def head(demo) -> bytes:
    lines = (
        "POST /v1/todos:import HTTP/1.1",
        "Host: bff",
        f"Authorization: {demo.bearer('ada')['authorization']}",
        "Content-Type: application/x-ndjson",
        "Transfer-Encoding: chunked",
        "Connection: close",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def sent(opened: Opened, *pieces: bytes, ends: bool = True) -> Told:
    """The answer to an upload of these pieces, each of which follows the one before at once."""
    chunks = [chunk(piece) for piece in pieces]
    last = [b"0\r\n\r\n"] if ends else []
    return await opened.door.ask(head(opened.demo), *chunks, *last)


async def test_a_good_upload_is_made(opened):
    assert 200 == (await sent(opened, GOOD, GOOD)).status


ROWS = {
    "an_endless_line": ((b'{"title": "',) + (b"a" * 60_000,) * 20, 413, "body-too-large"),
    "half_a_record": ((GOOD, b'{"title": '), 400, "malformed-json"),
    "a_million_empty_lines": ((b"\n" * 50_000,) * 20, 400, "malformed-json"),
    "no_record": ((GOOD, b"5\n"), 400, "malformed-json"),
    "a_record_of_another_kind": ((GOOD, b'{"nope": 1}\n'), 400, "unknown-field"),
    "no_utf_8": ((GOOD, b'{"title": "\xff"}\n'), 400, "malformed-json"),
}


@pytest.mark.parametrize("row", ROWS)
async def test_row_121_what_is_no_upload_is_refused_where_it_ends(opened, row):
    pieces, status, slug = ROWS[row]
    answer = await sent(opened, *pieces)
    assert (status, slug) == (answer.status, answer.slug)
    assert await opened.door.is_well()


async def test_row_121_half_an_upload_and_then_nobody_makes_nothing(opened):
    """The service must not take the half for the whole."""
    reader, writer = await opened.door.open()
    writer.write(head(opened.demo) + chunk(GOOD))
    await until(lambda: IMPORT in opened.demo.services.record.methods)
    writer.transport.abort()
    (call,) = [one for one in opened.demo.services.record.calls if one.method == IMPORT]
    await until(lambda: call.cancelled)
    assert b"" == await reader.read()


async def test_row_121_a_message_that_trickles_in_is_a_408(demo):
    """Each message has a time of its own: here a twentieth of a second."""
    settings = demo.bff.settings
    settings = replace(settings, calls=replace(settings.calls, stream_pause_ms=50))
    bff = assemble(settings, emit=demo.events.append, metrics=Metrics())
    async with (
        bff.running(),
        serving(bff, ConnectionOptions(), emit=demo.events.append) as port,
    ):
        reader, writer = await Door(port).open()
        writer.write(head(demo) + chunk(GOOD) + chunk(b'{"title": "'))
        reading = asyncio.create_task(reader.read())
        while not reading.done():
            writer.write(chunk(b"a"))
            await asyncio.sleep(0)
        answer = told(reading.result())
        writer.transport.abort()
    assert (408, "request-timeout") == (answer.status, answer.slug)
    (call,) = [one for one in demo.services.record.calls if one.method == IMPORT]
    await until(lambda: call.ended is not None)
    assert call.cancelled
