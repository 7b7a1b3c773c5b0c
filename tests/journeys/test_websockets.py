"""WebSockets through everything: frames, close codes, and who may not come in."""

import json

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.conditions import until
from tests.journeys.conftest import Demo
from tests.journeys.wire import SERVICE, WATCH, port, the_call

__all__ = ["port"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def joined(demo: Demo, port: int, query: str = "", **headers: str) -> ClientConnection:
    return await connect(
        f"ws://127.0.0.1:{port}{WATCH}{query}",
        additional_headers={**demo.bearer("ada"), **headers},
        proxy=None,
    )


async def test_st9_a_watch_over_a_websocket_ends_with_1000(demo, port):
    async with await joined(demo, port, "?after_sequence=0&limit=2") as chat:
        frames = [json.loads(frame) async for frame in chat]
        assert ["1", "2"] == [one["sequence"] for one in frames]
        assert 1000 == chat.close_code


async def test_st9_a_failure_of_the_service_is_the_close_code(demo, port):
    demo.services.faults.set(f"{SERVICE}/WatchTodos", status="ABORTED")
    async with await joined(demo, port) as chat:
        with pytest.raises(ConnectionClosed):
            await chat.recv()
        assert 4010 == chat.close_code


async def test_st6_a_websocket_that_is_closed_ends_the_services_call(demo, port):
    async with await joined(demo, port):
        await until(lambda: the_call(demo))
    await until(lambda: the_call(demo).ended is not None)
    assert the_call(demo).cancelled


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"origin": "https://evil.example"}, 403), ({"authorization": "Bearer x"}, 401)],
)
async def test_row_120_who_may_not_come_in_gets_a_status_and_a_problem(demo, port, headers, status):
    with pytest.raises(InvalidStatus) as caught:
        await joined(demo, port, **headers)
    response = caught.value.response
    assert (status, status) == (response.status_code, json.loads(response.body or b"{}")["status"])
    assert [] == demo.services.record.methods


async def test_a_websocket_is_closed_with_1008_when_its_token_ends(demo, port):
    async with await joined(demo, port, **demo.bearer("ada", expires_in_s=-28)) as chat:
        await chat.wait_closed()
    expired = "The bearer token has expired: sign in again or refresh it."
    assert (1008, expired) == (chat.close_code, chat.close_reason)
    await until(lambda: the_call(demo).cancelled)
