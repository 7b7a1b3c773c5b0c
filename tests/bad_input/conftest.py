"""The demo behind a real socket of ours, and a service of every kind of field behind another."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bff.edge.http1.overdue import ConnectionOptions
from tests.bad_input.echo import Echo, echo_at
from tests.bad_input.listening import serving
from tests.bad_input.raw import Door
from tests.journeys.conftest import Demo, demo, whole_demo

__all__ = ["demo", "whole_demo"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A door, and the demo behind it."""

    door: Door
    demo: Demo


@asynccontextmanager
async def listening(demo: Demo, options: ConnectionOptions) -> AsyncIterator[int]:
    """The port of a server in front of the demo."""
    async with serving(demo.bff, options, emit=demo.events.append) as port:
        yield port


Wanted = Callable[[str], int]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port(whole_demo: Demo) -> AsyncIterator[int]:
    async with listening(whole_demo, ConnectionOptions()) as found:
        yield found


@pytest.fixture
def opened(demo: Demo, port: int) -> Opened:
    return Opened(Door(port), demo)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_echo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Echo]:
    async with echo_at(tmp_path_factory.mktemp("echo")) as found:
        yield found


@pytest.fixture
def echo(one_echo: Echo) -> Echo:
    one_echo.heard.clear()
    one_echo.events.clear()
    return one_echo
