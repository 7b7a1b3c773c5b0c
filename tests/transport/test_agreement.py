"""Both transports, one well-behaved service on grpcio: they agree on everything."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.transport.both import HTTP2, ask, outcome, transport_of
from tests.transport.echo_service import echo_service
from tests.transport.scenarios import BEGIN, SAY, Scenario, scenarios


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    async with echo_service() as found:
        yield found


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda it: it.__name__)
async def test_with_grpcios_server(scenario: Scenario, connect, address):
    await scenario(connect(address))


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda it: it.__name__)
def test_ours_with_grpcios_server_on_uvloop(scenario: Scenario):
    """The loop that a served BFF runs on where there is one: its sockets are not asyncio's."""
    uvloop = pytest.importorskip("uvloop")

    async def run() -> None:
        async with echo_service() as address:
            transport = transport_of(HTTP2, address)
            await scenario(transport)
            await transport.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_deadline_that_has_passed_sends_nothing(connect, address):
    """grpcio may still let the call through."""
    transport = connect(address)
    late = outcome(ask(transport, path=SAY, metadata=(("say-freeze", "late"),), seconds=0.0))
    assert "silent upstream-timeout" == await late
    begun = ask(transport, b"late", path=BEGIN, seconds=0.2)
    assert "silent upstream-timeout" == await outcome(begun)
