"""The short way through uvicorn: what a client sees is what it sees of uvicorn's own way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from bff.edge.http1 import protocol
from bff.edge.http1.connections import Connections
from bff.edge.http1.cycle import Cycle
from bff.edge.http1.framing import further_end
from bff.edge.http1.lane import Lane
from bff.edge.http1.overdue import ConnectionOptions
from tests.conditions import until

App = Callable[..., Awaitable[None]]
Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Listening(uvicorn.Server):
    def install_signal_handlers(self) -> None: ...


@asynccontextmanager
async def served(app: App, http: Any = Lane, **options: Any) -> AsyncIterator[Callable[..., Any]]:
    """A server on a free port; yields what opens a connection to it."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=http,
        port=0,
        interface="asgi3",
        lifespan="off",
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        **options,
    )
    server = Listening(config)
    running = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]

    async def dial() -> Talk:
        return await asyncio.open_connection("127.0.0.1", port)

    try:
        yield dial
    finally:
        server.should_exit = True
        await running


async def asked(dial: Callable[..., Any], text: bytes) -> bytes:
    """All that comes back for `text`, until the server closes."""
    reader, writer = await dial()
    writer.write(text)
    found = await reader.read()
    writer.close()
    return bytes(found)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """The target, and the body that came."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    text = b"|".join((scope["method"].encode(), scope["raw_path"], scope["query_string"], body))
    headers = [(b"content-length", str(len(text)).encode()), (b"x-path", scope["path"].encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


async def pieces(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for piece in (b"one", b"", b"two"):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


CLOSE = b"host: h\r\nconnection: close\r\n\r\n"
REQUESTS = [
    b"GET /a?b=c HTTP/1.1\r\n" + CLOSE,
    b"GET / HTTP/1.1\r\n" + CLOSE,
    b"GET /a%20b/%2F?x=%20 HTTP/1.1\r\n" + CLOSE,
    b"HEAD /a HTTP/1.1\r\n" + CLOSE,
    b"DELETE /a HTTP/1.1\r\n" + CLOSE,
    b"GET /a HTTP/1.0\r\nhost: h\r\n\r\n",
    b"GET http://h/a?b HTTP/1.1\r\n" + CLOSE,
    b"POST /a HTTP/1.1\r\ncontent-length: 3\r\n" + CLOSE + b"abc",
    b"GET /a HTTP/1.1\r\ncontent-length: 0\r\n" + CLOSE,
    b"PUT /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n" + CLOSE + b"3\r\nabc\r\n0\r\n\r\n",
    b"PUT /a HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 1\r\n" + CLOSE + b"a",
    b"GET /1 HTTP/1.1\r\nhost: h\r\n\r\nGET /2 HTTP/1.1\r\n" + CLOSE,
    b"GET /1 HTTP/1.1\r\nhost: h\r\n\r\nPOST /2 HTTP/1.1\r\ncontent-length: 1\r\n" + CLOSE + b"x",
]


@pytest.mark.parametrize("app", [echo, pieces])
async def test_every_answer_is_the_bytes_that_uvicorn_would_have_sent(app):
    found = []
    for http in (HttpToolsProtocol, Lane):
        async with served(app, http) as dial:
            found.append({text: await asked(dial, text) for text in REQUESTS})
    assert found[0] == found[1]
    assert all(found[0].values())


async def test_a_connection_serves_one_request_after_the_other():
    async with served(echo) as dial:
        reader, writer = await dial()
        for number in range(5):
            writer.write(b"GET /%d HTTP/1.1\r\nhost: h\r\n\r\n" % number)
            assert (b"GET|/%d||" % number) in await reader.readuntil(b"||")
        writer.close()


async def test_a_head_that_comes_byte_by_byte_is_one_request():
    async with served(echo) as dial:
        reader, writer = await dial()
        for byte in b"GET /slow HTTP/1.1\r\n" + CLOSE:
            writer.write(bytes((byte,)))
            await writer.drain()
        assert b"GET|/slow||" in await reader.read()
        writer.close()


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: x", b"a\nb", b"a\rb", b"a\0b"])
async def test_a_header_that_would_break_its_line_is_never_sent(value):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"x-a", value), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async with served(app) as dial:
        found = await asked(dial, b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
    assert b"HTTP/1.1 500 " == found[:13]
    assert b"x-a" not in found


async def test_an_app_that_fails_is_a_500_and_the_end_of_the_connection():
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("a bug")

    async with served(app) as dial:
        assert b"HTTP/1.1 500 " == (await asked(dial, b"GET / HTTP/1.1\r\nhost: h\r\n\r\n"))[:13]


async def test_an_app_that_stops_in_the_middle_breaks_the_connection():
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    async with served(app) as dial:
        found = await asked(dial, b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
    assert b"4\r\nhalf\r\n" == found.partition(b"\r\n\r\n")[2]


async def test_the_app_hears_that_the_client_left():
    heard: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append((await receive())["type"])
        heard.append((await receive())["type"])

    async with served(app) as dial:
        _, writer = await dial()
        writer.write(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        await until(lambda: heard == ["http.request"])
        writer.close()
        await until(lambda: heard == ["http.request", "http.disconnect"])


async def test_a_client_that_reads_nothing_stops_the_app():
    """Bounded by the sockets' buffers, far below what the app would like to send."""
    sent = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal sent
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1_000):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
            sent += 1

    async with served(app, timeout_graceful_shutdown=0) as dial:
        _, writer = await dial()
        writer.transport.pause_reading()
        writer.write(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        await until(lambda: sent > 0)
        before = -1
        while before != sent:  # until nothing moves any more
            before = sent
            for _ in range(100):
                await asyncio.sleep(0)
        assert sent < 900
        writer.transport.abort()


async def test_an_idle_connection_is_closed_and_a_busy_one_is_not():
    go = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/wait":
            await go.wait()
        await echo(scope, receive, send)

    here = Connections(ConnectionOptions(idle_s=0.05), sweep_s=0.01)
    async with served(app, partial(Lane, connections=here)) as dial:
        idle_reader, idle = await dial()
        busy_reader, busy = await dial()
        for writer in (idle, busy):
            writer.write(b"GET /x HTTP/1.1\r\nhost: h\r\n\r\n")
        await idle_reader.readuntil(b"||")
        await busy_reader.readuntil(b"||")
        busy.write(b"GET /wait HTTP/1.1\r\nhost: h\r\n\r\n")
        assert b"" == await idle_reader.read()  # closed by the server
        go.set()
        assert b"GET|/wait||" in await busy_reader.readuntil(b"||")
        assert b"" == await busy_reader.read()
        idle.close()
        busy.close()


def test_what_the_lane_relies_on_is_there_in_the_installed_uvicorn():
    """Every attribute that uvicorn's protocol reads of a cycle, and every method that we extend."""
    theirs = HttpToolsProtocol
    for name in (
        "on_message_begin",
        "on_header",
        "on_headers_complete",
        "on_response_complete",
        "connection_made",
        "connection_lost",
        "data_received",
        "eof_received",
        "handle_websocket_upgrade",
        "on_body",
        "on_message_complete",
        "_should_upgrade",
    ):
        assert callable(getattr(theirs, name))
    read_of_cycle = {
        "body",
        "disconnected",
        "keep_alive",
        "message_event",
        "more_body",
        "response_complete",
    }
    assert read_of_cycle <= set(dir(Cycle))
    assert read_of_cycle <= set(RequestResponseCycle.__init__.__code__.co_names)


async def test_what_is_wrong_in_a_body_behind_such_a_wish_is_a_400():
    async with served(echo) as dial:
        reader, writer = await dial()
        writer.write(
            b"POST /a HTTP/1.1\r\nhost: h\r\nupgrade: h2c\r\nconnection: Upgrade\r\n"
            b"transfer-encoding: chunked\r\n\r\nzz\r\n"
        )
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert head.startswith(b"HTTP/1.1 400 ")


async def test_a_chunked_body_of_line_ends_is_not_looked_through_piece_by_piece(monkeypatch):
    looks = []

    def counted(data: bytes, start: int) -> int:
        looks.append(start)
        return further_end(data, start)

    monkeypatch.setattr(protocol, "further_end", counted)
    body = b"\r\n" * 32_000
    async with served(echo) as dial:
        reader, writer = await dial()
        writer.write(
            b"POST /a HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
            + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert head.startswith(b"HTTP/1.1 200 ")
    assert len(looks) < 2_000
