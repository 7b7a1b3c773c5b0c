"""The short way of a request: what a client sees, and what is told, is what the long way has."""

import asyncio
from functools import partial
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bff.edge.front import Front
from bff.edge.http1.lane import Lane
from bff.edge.short_way import ShortWay
from bff.terms.events import Crashed, Event, RequestFinished
from tests.conditions import until
from tests.edge.kitchen import CLOSE, HOST, MOST_BYTES, OUTCOMES, TRACE, Kitchen, connected
from tests.edge.test_lane import asked, served


def a_post(path: str, body: bytes = b'{"b":1}', more: bytes = b"") -> bytes:
    head = b"POST %b HTTP/1.1\r\ncontent-type: application/json\r\n" % path.encode()
    return head + more + b"content-length: %d\r\n" % len(body) + CLOSE + body


REQUESTS = [
    *(a_post(f"/{name}/1") for name in OUTCOMES),
    a_post("/seen/1?a=b", more=b"x-tenant: t\r\nauthorization: Bearer ada\r\n"),
    a_post("/seen/1", b"x" * MOST_BYTES),
    a_post("/seen/1", b"x" * (MOST_BYTES + 1)),
    a_post("/seen/1", more=b"content-encoding: gzip\r\n"),
    a_post("/mine/1"),
    a_post("/small/1?late"),
    a_post("/small/1?bad"),
    a_post("/long/1", more=b"accept-encoding: gzip\r\n"),
    a_post("/seen/1").replace(CLOSE, HOST + b"\r\n") + a_post("/seen/2", b"{}"),
    b"POST /seen/1 HTTP/1.1\r\ntransfer-encoding: chunked\r\n" + CLOSE + b"1\r\na\r\n0\r\n\r\n",
    b"DELETE /small/1 HTTP/1.1\r\n" + CLOSE,
    *(b"GET /%s/1 HTTP/1.1\r\n" % name.encode() + CLOSE for name in OUTCOMES),
    b"GET /seen/1?a=b HTTP/1.1\r\nx-tenant: t\r\nauthorization: Bearer ada\r\n" + CLOSE,
    b"GET /seen/1%20a HTTP/1.1\r\ntraceparent: " + TRACE + b"\r\n" + CLOSE,
    b"GET /seen/1 HTTP/1.1\r\nx-forwarded-for: 1.2.3.4\r\nforwarded: for=1\r\n" + CLOSE,
    b"GET /mine/1 HTTP/1.1\r\n" + CLOSE,
    b"GET /mine/1 HTTP/1.1\r\nauthorization: Bearer new\r\n" + CLOSE,
    b"GET /small/1?bad HTTP/1.1\r\n" + CLOSE,
    b"GET /small/1?late HTTP/1.1\r\n" + CLOSE,
    b"GET /small/%zz HTTP/1.1\r\n" + CLOSE,
    b"GET /unknown HTTP/1.1\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\naccept: text/html\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\ngrpc-timeout: 1S\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\ngrpc-timeout: soon\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\nif-none-match: *\r\n" + CLOSE,
    b'GET /small/1 HTTP/1.1\r\nif-none-match: "x"\r\n' + CLOSE,
    b"GET /long/1 HTTP/1.1\r\naccept-encoding: gzip\r\n" + CLOSE,
    b"GET /missing/1 HTTP/1.1\r\naccept-language: de\r\n" + CLOSE,
    b"HEAD /small/1 HTTP/1.1\r\n" + CLOSE,
    b"POST /small/1 HTTP/1.1\r\ncontent-length: 0\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.0\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\nGET /long/1 HTTP/1.1\r\n" + CLOSE,
    b"GET /bug/1 HTTP/1.1\r\n" + HOST + b"\r\nGET /small/1 HTTP/1.1\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\n"
    + HOST
    + b"\r\nPOST /a HTTP/1.1\r\ncontent-length: 1\r\n"
    + CLOSE
    + b"x",
]


async def _everything(http: Any, kitchen: Kitchen, front: Front) -> list[tuple[bytes, list[Event]]]:
    found = []
    async with served(front, http) as dial:
        for text in REQUESTS:
            kitchen.told.clear()
            answer = await asked(dial, text)
            count = answer.count(b"HTTP/1.1 ")
            await until(lambda count=count: len(_requests(kitchen.told)) == count)
            found.append((answer, [_timeless(one) for one in kitchen.told]))
    return found


def _requests(told: list[Event]) -> list[Event]:
    return [one for one in told if isinstance(one, RequestFinished)]


def _timeless(event: Event) -> Event:
    if isinstance(event, RequestFinished):
        return event._replace(elapsed_s=0.0)
    return event._replace(traceback="") if isinstance(event, Crashed) else event


@pytest.mark.parametrize("at_once", [False, True])
async def test_every_answer_and_every_event_is_that_of_the_long_way(at_once):
    short, long = Kitchen(at_once=at_once), Kitchen()
    front = short.front()
    by_short = await _everything(partial(Lane, short=ShortWay(front)), short, front)
    by_long = await _everything(HttpToolsProtocol, long, long.front())

    for request, ours, theirs in zip(REQUESTS, by_short, by_long, strict=True):
        assert theirs == ours, request
    assert not long.begun
    for method in ("GET", "POST"):  # it was taken where there is one
        begun = {name for one, name in short.begun if one == method}
        assert {*OUTCOMES, "seen"} <= begun


async def test_requests_of_one_connection_share_what_their_headers_say_and_no_more():
    """Each has a request id of its own; whoever changes a header is somebody else."""
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        reader, writer = await dial()
        found = []
        for token in (b"ada", b"ada", b"bob", b"ada"):
            writer.write(
                b"GET /seen/1 HTTP/1.1\r\nhost: h\r\nauthorization: Bearer %s\r\n\r\n" % token
            )
            await reader.readuntil(b"\r\n\r\n")
            found.append((await reader.readuntil(b"|127.0.0.1")).decode().split("|"))
        writer.close()
    assert ["ada", "ada", "bob", "ada"] == [one[2] for one in found]
    assert 4 == len({one[3] for one in found})
    assert 4 == len(kitchen.begun)


async def test_the_next_request_waits_for_the_answer_to_this_one():
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        reader, writer = await dial()
        writer.write((b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n") * 2)
        await until(lambda: len(kitchen.waiting) == 1)
        kitchen.held = False
        kitchen.waiting.pop()()
        for _ in range(2):
            assert b"HTTP/1.1 200 OK" in await reader.readuntil(b'{"a":1}')
        writer.close()
    assert ([("GET", "small")], ["small"]) == (kitchen.begun, kitchen.long)


async def test_f15_a_failure_is_answered_as_soon_as_it_is_told():
    """Refusals come by the thousand: they wait for no turn of the loop, and are no task."""
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        _, writer = await dial()
        writer.write(b"GET /missing/1 HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: len(kitchen.waiting) == 1)
        kitchen.waiting.pop()()
        told = [one.status for one in kitchen.told if isinstance(one, RequestFinished)]
        writer.close()
    assert [404] == told


async def test_a_server_that_stops_lets_the_answer_out_and_closes():
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        reader, writer = await dial()
        writer.write(b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: len(kitchen.waiting) == 1)
        released = asyncio.create_task(_released(dial, kitchen))
        reading = asyncio.create_task(reader.read())
    found = await reading
    await released
    assert b"HTTP/1.1 200 OK" == found[:15]
    assert found.endswith(b'{"a":1}')
    assert b"connection: close" in found
    writer.close()


async def _released(dial: Any, kitchen: Kitchen) -> None:
    """Once nobody is let in any more, every connection was told to stop."""
    while True:
        try:
            _, writer = await dial()
        except OSError:
            break
        writer.close()
    kitchen.waiting.pop()()


async def test_no_reference_cycle_is_left_for_the_collector():
    """One for each request would be a tenth of the time."""
    import gc

    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        reader, writer = await dial()

        async def ask(count: int) -> None:
            for _ in range(count):
                writer.write(b"GET /small/1 HTTP/1.1\r\nhost: h\r\n\r\n")
                await reader.readuntil(b'{"a":1}')

        await ask(5)
        gc.collect()
        gc.disable()
        try:
            await ask(50)
            assert gc.collect() < 50
        finally:
            gc.enable()
        writer.close()
