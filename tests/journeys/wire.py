"""A real server in front of the demo, and its clients byte for byte.

Called by the journeys of streams: what hangs up, trickles or stalls is seen only through a socket.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import pytest_asyncio
import uvicorn

from bff.edge.front import App
from bff.edge.http1.lane import Lane
from tests.conditions import until
from tests.journeys.conftest import Demo

NDJSON = "application/x-ndjson"
EVENTS = "text/event-stream"
ARRAY = "application/json"
SERVICE = "todos.v1.TodoService"
WATCH = "/v1/todos:watch"


class _Listener(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(whole_demo: Demo) -> AsyncIterator[int]:
    """The port of a real server in front of the demo."""
    async with listening(whole_demo.bff.public) as found:
        yield found


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[int]:
    """The port of a real server in front of an app."""
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=Lane,
        lifespan="off",
        log_level="critical",
        ws_max_size=4_096,
    )
    server = _Listener(config)
    serving = asyncio.create_task(server.serve(sockets=[door]))
    await until(lambda: server.started)
    yield door.getsockname()[1]
    server.should_exit = True
    await serving


@dataclass(frozen=True, slots=True)
class Wire:
    """One HTTP/1.1 connection, byte for byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int, head: str, **headers: str) -> "Wire":
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([f"{head} HTTP/1.1", "host: bff", *lines, "", ""]).encode())
        await writer.drain()
        return cls(reader, writer)

    async def head(self) -> tuple[int, dict[str, str]]:
        text = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = text.strip().split("\r\n")
        return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)

    async def chunk(self) -> bytes:
        """One chunk of a chunked body; b"" for the last."""
        size = int(await self.reader.readline(), 16)
        return (await self.reader.readexactly(size + 2))[:-2]

    async def body(self) -> bytes:
        """The rest of a chunked body, to its proper end."""
        found = b""
        while chunk := await self.chunk():
            found += chunk
        return found

    def hang_up(self) -> None:
        self.writer.transport.abort()


def the_call(demo: Demo, method: str = "WatchTodos"):
    """The newest one: a call that another test left may begin late."""
    calls = reversed(demo.services.record.calls)
    return next((one for one in calls if one.method.endswith(method)), None)
