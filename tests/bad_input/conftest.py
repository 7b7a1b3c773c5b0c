"""The demo behind a real socket of ours: what `bff serve` listens with."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from bff.edge.overdue import ConnectionOptions
from bff.listening import connections_of, listener
from tests.bad_input.raw import Door
from tests.conditions import until
from tests.journeys.conftest import Demo, demo, whole_demo

__all__ = ["demo", "whole_demo"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A door, and the demo behind it."""

    door: Door
    demo: Demo


@asynccontextmanager
async def listening(demo: Demo, options: ConnectionOptions) -> AsyncIterator[int]:
    """The port of a server in front of the demo; times are looked at 50 times a second."""
    settings = replace(demo.bff.settings, connections=options)
    settings = replace(settings, server=replace(settings.server, drain_s=1.0, lame_duck_s=0.0))
    here = connections_of(
        settings, emit=demo.events.append, blueprint=lambda: demo.bff.blueprint, public=True
    )
    here.sweep_s = 0.02
    server = listener(demo.bff.public, settings, here)
    accepting = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve([accepting]))
    await until(lambda: server.started)
    try:
        yield accepting.getsockname()[1]
    finally:
        server.should_exit = True
        await running


Wanted = Callable[[str], int]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(whole_demo: Demo) -> AsyncIterator[int]:
    async with listening(whole_demo, ConnectionOptions()) as found:
        yield found


@pytest.fixture
def opened(demo: Demo, port: int) -> Opened:
    return Opened(Door(port), demo)
