"""What one connection may cost: nothing unsent is piled up, and nothing is left behind."""

import asyncio
from functools import partial
from typing import Any

from bff.edge.http1.connections import Connections
from bff.edge.http1.cycle import SLICE_BYTES, Message, in_slices
from bff.edge.http1.lane import Lane
from bff.edge.http1.overdue import ConnectionOptions
from bff.terms.events import Event, RequestFinished
from tests.conditions import until
from tests.edge.test_lane import asked, echo, served

GET = b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\n\r\na"


def serving(app: Any, here: Connections, **options: Any) -> Any:
    return served(app, partial(Lane, connections=here), **options)


async def long(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-length", b"50000000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * 50_000_000})


async def test_a_long_answer_is_handed_over_in_slices_as_it_is_read():
    for request in (GET, POST):
        lanes: list[Lane] = []

        def made(*given: Any, lanes: list[Lane] = lanes, **named: Any) -> Lane:
            lanes.append(Lane(*given, **named))
            return lanes[-1]

        async with served(long, made, timeout_graceful_shutdown=0) as dial:
            reader, writer = await dial()
            writer.write(request)
            await reader.readuntil(b"\r\n\r\n")
            most = got = 0
            while got < 50_000_000:
                most = max(most, lanes[0].transport.get_write_buffer_size())
                got += len(await reader.read(1 << 20))
            assert most < 4 * SLICE_BYTES
            writer.transport.abort()


async def test_f14_between_the_slices_of_a_long_answer_others_have_their_turn():
    """To hand one to the kernel takes up to half a millisecond: five in a row delay everybody."""
    told: list[str] = []

    async def answer(name: str) -> None:
        async def send(_message: Message) -> None:
            told.append(name)

        await in_slices(send, {"type": "http.response.body", "body": bytes(2 * SLICE_BYTES + 1)})

    await asyncio.gather(answer("first"), answer("second"))
    assert ["first", "second"] * 3 == told


async def test_a_client_that_takes_nothing_is_cut_off_and_the_app_hears_of_it():
    ended = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await long(scope, receive, send)
        finally:
            ended.set()

    here = Connections(ConnectionOptions(write_s=0.05), sweep_s=0.01)
    async with serving(app, here) as dial:
        _, writer = await dial()
        writer.transport.pause_reading()
        writer.write(GET)
        await ended.wait()
        await until(lambda: repr(here) == "<Connections: 0 from 0 addresses>")
        writer.transport.abort()


async def test_connections_are_counted_until_they_end():
    here = Connections()
    async with serving(echo, here) as dial:
        writers = [(await dial())[1] for _ in range(3)]
        await until(lambda: repr(here) == "<Connections: 3 from 1 addresses>")
        for writer in writers:
            writer.transport.abort()
        await until(lambda: repr(here) == "<Connections: 0 from 0 addresses>")


async def test_beyond_all_connections_there_is_a_503():
    here = Connections(ConnectionOptions(total=1))
    async with serving(echo, here) as dial:
        _, writer = await dial()
        await until(lambda: "1 from" in repr(here))
        found = await asked(dial, b"")
        assert b"HTTP/1.1 503 " == found[:13]
        assert b"retry-after: " in found
        writer.transport.abort()


async def test_f26_far_beyond_all_connections_nobody_who_was_refused_lingers():
    """Each of them would hold an open file for as long as it takes to read why."""
    here = Connections(ConnectionOptions(total=8))
    async with serving(echo, here) as dial:
        writers = [(await dial())[1] for _ in range(12)]
        await until(lambda: "<Connections: 9 from" in repr(here))
        for writer in writers:
            writer.transport.abort()


async def test_a_refusal_is_told_like_any_other_answer():
    events: list[Event] = []
    async with serving(echo, Connections(emit=events.append)) as dial:
        await asked(dial, b"GET /a HTTP/1.1\r\n\r\n")
    (told,) = events
    assert isinstance(told, RequestFinished)
    assert ("GET", "", 400, "malformed-request", "127.0.0.1") == (
        told.method,
        told.route,
        told.status,
        told.reason,
        told.peer,
    )


async def test_without_memory_nobody_is_let_in():
    here = Connections()
    async with serving(echo, here) as dial:
        here.full = True
        for request in (GET, POST):
            found = await asked(dial, request)
            assert b"HTTP/1.1 503 " == found[:13]
            assert b"/problems/overloaded" in found


async def test_before_the_end_each_answer_closes_its_connection():
    here = Connections()
    async with serving(echo, here) as dial:
        here.closing = True
        for request in (GET, POST):
            assert b"\r\nconnection: close\r\n" in await asked(dial, request)


async def test_a_head_that_is_like_the_one_before_it_is_still_checked_for_its_target():
    async with served(echo) as dial:
        found = await asked(dial, GET + GET.replace(b"/a", b"/a#b"))
    assert [b"200", b"400"] == [part[:3] for part in found.split(b"HTTP/1.1 ")[1:]]


async def test_trailers_never_join_the_headers():
    seen: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await echo(scope, receive, send)
        seen.extend(name for name, _ in scope["headers"])

    head = b"POST /a HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    async with served(app) as dial:
        assert b"POST|/a||ab" in await asked(dial, head + b"2\r\nab\r\n0\r\nx-user: ada\r\n\r\n")
    assert [b"host", b"transfer-encoding", b"connection"] == seen


async def test_what_is_left_of_a_refused_body_is_bounded():
    """The answer is there; whoever goes on sending is cut off."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(
            {"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]}
        )
        await send({"type": "http.response.body", "body": b""})

    async with served(app) as dial:
        reader, writer = await dial()
        writer.write(b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 99000000000\r\n\r\n")
        assert b"HTTP/1.1 413 " == (await reader.readuntil(b"\r\n\r\n"))[:13]
        await _pour(writer)
        writer.transport.abort()


async def _pour(writer: asyncio.StreamWriter) -> None:
    """Send until the other side has had enough."""
    try:
        while True:
            writer.write(b"x" * 100_000)
            await writer.drain()
    except ConnectionError:
        return
