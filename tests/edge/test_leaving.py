"""What becomes of a request's work when its client hangs up (F13): by every way to an app."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Answer, Ask
from bff.edge.front import Front, Gate
from bff.edge.http1.cycle import Cycle
from bff.edge.http1.lane import Lane
from bff.edge.leaving import while_wanted
from bff.edge.shell import shell
from bff.terms.context import RequestContext
from bff.terms.events import Event, RequestFinished
from tests.conditions import until
from tests.edge.conftest import an_endpoint
from tests.edge.kitchen import HOST, Kitchen, connected
from tests.edge.test_lane import served

HEAD = b" /a HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n"


class Work:
    """An endpoint's: it waits until the test lets it end, and knows how it ended."""

    def __init__(self) -> None:
        self.begun = self.cancelled = self.ended = 0
        self.go = asyncio.Event()
        self.told: list[Event] = []

    async def run(self, _context: RequestContext, _ask: Ask) -> Answer:
        self.begun += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.ended += 1
        return Answer(b"{}")


def finished_in(told: list[Event]) -> list[tuple[int, str]]:
    """Status and reason of each request."""
    events = (one for one in told if isinstance(one, RequestFinished))
    return [(one.status, one.reason) for one in events]


@asynccontextmanager
async def asked_by_one_who_leaves(work: Work, method: str, http: Any) -> AsyncIterator[None]:
    """Its client has left, and the server may still be at it."""

    async def admit(context: RequestContext, *_: object) -> RequestContext:
        return context

    front = Front(
        Blueprint([an_endpoint("/a", method, run=work.run)], title="t", version="1"),
        shell=shell(()),
        gate=Gate(admit=admit, challenge=lambda _: "Bearer"),
        emit=work.told.append,
    )
    async with served(front, http) as dial:
        _, writer = await dial()
        writer.write(method.encode() + HEAD)
        await until(lambda: work.begun)
        writer.transport.abort()
        yield


@pytest.mark.parametrize("http", [Lane, HttpToolsProtocol])
async def test_f13_a_read_is_given_up(http: Any) -> None:
    """HttpToolsProtocol is how any other ASGI server would serve us."""
    work = Work()
    async with asked_by_one_who_leaves(work, "GET", http):
        await until(lambda: work.cancelled)
    assert [(499, "client-left")] == finished_in(work.told)


@pytest.mark.parametrize("http", [Lane, HttpToolsProtocol])
async def test_f13_a_write_runs_to_its_end(http: Any) -> None:
    work = Work()
    async with asked_by_one_who_leaves(work, "POST", http):
        asyncio.get_running_loop().call_later(0.05, work.go.set)
        await until(lambda: work.ended)
    assert (0, 1) == (work.cancelled, work.ended)


async def test_f13_what_the_server_cancels_itself_is_no_client_that_left() -> None:
    """The end of a process cancels what is left: it must not be swallowed."""
    work = Work()
    lane: Any = object()
    cycle = Cycle(lane, keeps_alive=True)
    context: Any = None
    ask: Any = None
    waiting = asyncio.create_task(while_wanted(work.run(context, ask), cycle.receive))
    await until(lambda: work.begun)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert cycle.on_gone is None


async def test_f13_the_call_of_a_client_that_left_is_given_up_and_told() -> None:
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        _, writer = await dial()
        writer.write(b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: len(kitchen.waiting) == 1)
        assert [] == kitchen.given_up
        writer.transport.abort()
        await until(lambda: kitchen.given_up)
    assert (["small"], [(499, "client-left")]) == (kitchen.given_up, finished_in(kitchen.told))


async def test_f13_a_call_that_was_answered_is_not_given_up() -> None:
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        reader, writer = await dial()
        writer.write(b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n")
        await reader.readuntil(b'{"a":1}')
        writer.transport.abort()
    assert ([], [(200, "")]) == (kitchen.given_up, finished_in(kitchen.told))
