"""Whatever ends leaves nothing that only the collector finds: memory goes back at once.

How       Everything ours in one process with a service that misbehaves by script.
Source    docs/spec/reliability.md section 2, "RSS, tasks and fds back to base".
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import websockets

from bff.app import assemble
from bff.edge.http1.connections import Connections
from bff.edge.http1.lane import Lane
from bff.edge.short_way import ShortWay
from bff.settings import load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from tests.conditions import until
from tests.edge.test_lane import served
from tests.faults.contract import ECHO, write_descriptors
from tests.faults.rogue import Misdeed, Rogue
from tests.leftovers import left_by
from tests.transport.raw_frames import GRPC, answer, headers
from tests.transport.raw_server import Asked, Peer

CONFIG = """
[contract]
descriptors = ["{descriptors}"]
[access]
default = "public"
[calls]
deadline_ms = 200
[breaker]
calls = 0
[transport]
reconnect_ms = 1
[services]
"{name}" = "{address}"
"""
READ = b"GET /v1/echo/1 HTTP/1.1\r\nhost: h\r\n\r\n"
WRITE = b"POST /v1/echo/1 HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\n{}"
WATCH = b"GET /v1/echo/1:watch HTTP/1.1\r\nhost: h\r\naccept: text/event-stream\r\n\r\n"


@dataclass(slots=True, eq=False)
class Place:
    """The service, what opens a connection to the BFF in front of it, and who is connected."""

    rogue: Rogue
    dial: Callable[..., Any]
    connections: Connections

    async def asked(self, text: bytes, *, until_seen: bytes = b"\r\n\r\n") -> bytes:
        """What came until that was seen; then the client hangs up, and is forgotten."""
        reader, writer = await self.dial()
        await until(lambda: self.connections._count)
        writer.write(text)
        found = await reader.readuntil(until_seen) if until_seen else b""
        writer.close()
        await until(lambda: not self.connections._count)
        return bytes(found)


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_descriptors(tmp_path_factory.mktemp("contract"))


@pytest_asyncio.fixture
async def place(descriptors: Path, tmp_path: Path) -> AsyncIterator[Place]:
    connections = Connections()
    async with AsyncExitStack() as stack:
        rogue = await stack.enter_async_context(Rogue(descriptors).running())
        config = tmp_path / "bff.toml"
        text = CONFIG.format(descriptors=descriptors, name=ECHO, address=rogue.address)
        config.write_text(text, encoding="utf-8")
        bff = assemble(load(config, environment={}), emit=silence, metrics=Metrics())
        await stack.enter_async_context(bff.running())
        http = partial(Lane, connections=connections, short=ShortWay(bff.public))  # type: ignore[arg-type]
        dial = await stack.enter_async_context(served(bff.public, http))
        yield Place(rogue, dial, connections)


def _fails(peer: Peer, asked: Asked) -> None:
    peer.send(headers(asked.stream, (*GRPC, ("grpc-status", "13")), end=True))


def _is_silent(_peer: Peer, _asked: Asked) -> None:
    pass


def _hangs_up(peer: Peer, _asked: Asked) -> None:
    peer.abort()


def _begins(rogue: Rogue, peer: Peer, asked: Asked) -> None:
    """One message of a stream that goes on."""
    whole = answer(asked.stream, rogue.said(asked))
    trailers = headers(asked.stream, (("grpc-status", "0"),), end=True)
    peer.send(whole.removesuffix(trailers))


@pytest.mark.parametrize("text", [b"", READ, WRITE, b"GET /livez HTTP/1.1\r\nhost: h\r\n\r\n"])
async def test_a_closed_connection_leaves_nothing(place: Place, text: bytes) -> None:
    seen = b"\r\n\r\n" if text else b""
    assert Counter() == await left_by(partial(place.asked, text, until_seen=seen))


async def test_a_refused_connection_leaves_nothing(place: Place) -> None:
    assert Counter() == await left_by(partial(place.asked, b"GET  / HTTP/1.1\r\n\r\n"))


@pytest.mark.parametrize("text", [READ, WRITE, WATCH])
@pytest.mark.parametrize("misdeed", [_fails, _hangs_up])
async def test_a_failed_call_leaves_nothing(place: Place, misdeed: Misdeed, text: bytes) -> None:
    """The service fails, or its connection is lost."""
    place.rogue.misdeed = misdeed
    assert Counter() == await left_by(partial(place.asked, text))


@pytest.mark.parametrize("text", [READ, WRITE])
async def test_a_call_that_is_late_leaves_nothing(place: Place, text: bytes) -> None:
    place.rogue.misdeed = _is_silent
    assert Counter() == await left_by(partial(place.asked, text))


@pytest.mark.parametrize("text", [READ, WATCH])
async def test_a_cancelled_call_leaves_nothing(place: Place, text: bytes) -> None:
    """Its client hangs up while the service is at work."""
    place.rogue.misdeed = _is_silent

    async def leave() -> None:
        before = place.rogue.calls
        _, writer = await place.dial()
        writer.write(text)
        await until(lambda: place.rogue.calls > before)
        writer.transport.abort()
        await until(lambda: not place.connections._count)

    assert Counter() == await left_by(leave)


async def test_requests_that_waited_behind_one_which_nobody_reads_leave_nothing(
    place: Place,
) -> None:
    await place.asked(READ)
    place.rogue.misdeed = _is_silent

    async def leave() -> None:
        tasks, before = len(asyncio.all_tasks()), place.rogue.calls
        _, writer = await place.dial()
        writer.write(WRITE + READ)
        await until(lambda: place.rogue.calls > before)
        writer.transport.abort()
        await until(lambda: not place.connections._count)
        await until(lambda: len(asyncio.all_tasks()) <= tasks)

    assert Counter() == await left_by(leave)


@pytest.mark.parametrize("ends", [True, False])
async def test_an_ended_stream_leaves_nothing(place: Place, *, ends: bool) -> None:
    """By the service, or by its client amid it."""
    if not ends:
        place.rogue.misdeed = partial(_begins, place.rogue)
    assert Counter() == await left_by(partial(place.asked, WATCH, until_seen=b"data:"))


async def test_a_stream_whose_service_is_lost_leaves_nothing(place: Place) -> None:
    place.rogue.misdeed = partial(_begins, place.rogue)

    async def lose() -> None:
        reader, writer = await place.dial()
        writer.write(WATCH)
        await reader.readuntil(b"data:")
        place.rogue.hang_up()
        await reader.readuntil(b"event: error")
        writer.close()
        await until(lambda: not place.connections._count)

    assert Counter() == await left_by(lose)


async def test_a_dial_that_fails_leaves_nothing(place: Place) -> None:
    place.rogue.greeting = Peer.abort

    async def fail() -> None:
        place.rogue.hang_up()
        await place.asked(READ)

    assert Counter() == await left_by(fail)


@pytest.mark.parametrize("begins", [True, False])
async def test_an_ended_conversation_leaves_nothing(place: Place, *, begins: bool) -> None:
    """Left by its client, or ended by the service that fails."""
    place.rogue.misdeed = partial(_begins, place.rogue) if begins else _fails

    async def talk() -> None:
        _, writer = await place.dial()
        port = writer.get_extra_info("peername")[1]
        writer.close()
        async with websockets.connect(f"ws://127.0.0.1:{port}/v1/echo/1:watch") as socket:
            if begins:
                await socket.recv()
            else:
                await socket.wait_closed()
        await until(lambda: not place.connections._count)

    assert Counter() == await left_by(talk)
