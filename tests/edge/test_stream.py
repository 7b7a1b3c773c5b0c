"""Putting a stream on the wire: flushed, held back by a slow reader, ended by one that left."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from bff.compose.endpoint import Ask, Streamed
from bff.edge.request import Gone
from bff.edge.stream import CLIENT_LEFT, CLIENT_STALLED, Flow, pour, while_connected
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, ServiceSaid
from bff.terms.events import Crashed, RequestFinished
from tests.conditions import until
from tests.edge import test_lane
from tests.edge.conftest import an_endpoint
from tests.edge.flow import Client, Source, a_client, a_head, scope, served
from tests.leftovers import left_by


async def test_st5_each_piece_is_a_message_of_its_own_and_the_head_comes_first(told):
    client = a_client()
    await served(Source((b"one", b"two")), told)(scope(), client.receive, client.send)
    assert [b"one", b"two", b""] == client.bodies
    assert client.complete


async def test_st7_nothing_on_the_way_may_store_it_or_hold_it_back(told):
    client = a_client()
    await served(Source((b"one",)), told)(scope(), client.receive, client.send)
    headers = dict(client.sent[0]["headers"])
    assert [b"no-store", b"no", b"nosniff", b"text/event-stream"] == [
        headers[name]
        for name in (
            b"cache-control",
            b"x-accel-buffering",
            b"x-content-type-options",
            b"content-type",
        )
    ]
    assert b"content-length" not in headers


async def test_st5_the_head_does_not_wait_for_a_piece(told):
    source, client = Source((asyncio.Event(),)), a_client()
    serving = asyncio.ensure_future(served(source, told)(scope(), client.receive, client.send))
    await until(lambda: client.sent)
    client.leaves.set()
    await serving
    assert source.closed.is_set()


async def test_st6_a_slow_reader_holds_the_service_back(told):
    """Memory is bounded by one piece: nothing is made before the last one was taken."""
    source, client = Source(tuple(b"x" * 1_000 for _ in range(100))), a_client()
    serving = asyncio.ensure_future(served(source, told)(scope(), client.receive, client.send))
    await until(lambda: len(client.bodies) >= 3)
    client.reads.clear()
    seen = len(client.bodies)
    for _ in range(200):
        await asyncio.sleep(0)
    assert len(source.made) <= seen + 2
    client.reads.set()
    await serving
    assert 100_000 == sum(len(one) for one in client.bodies)


async def test_st6_a_reader_that_takes_nothing_at_all_is_left():
    source, client = Source((b"one", b"two")), a_client()

    async def send(message: Any) -> None:
        if message.get("body"):
            await asyncio.Event().wait()
        client.sent.append(message)

    flow = Flow(source.answer(), an_endpoint("/v1/a"))
    poured = await pour(flow, a_head(), receive=client.receive, send=send, stall_s=0.01)
    assert (CLIENT_STALLED, 0) == (poured.reason, poured.sent_bytes)
    assert source.closed.is_set()
    assert 1 == len(client.sent)


async def test_a_stream_that_stalled_leaves_nothing():
    """What ended it was in the task, and the task in the frames that it had passed."""

    async def send(message: Any) -> None:
        if message.get("body"):
            await asyncio.Event().wait()

    async def stall() -> None:
        flow, client = Flow(Source((b"one",)).answer(), an_endpoint("/v1/a")), a_client()
        await pour(flow, a_head(), receive=client.receive, send=send, stall_s=0.001)

    assert Counter() == await left_by(stall)


async def test_st6_a_client_that_left_ends_the_stream_at_once(told):
    source, client = Source((b"one", asyncio.Event())), a_client()
    serving = asyncio.ensure_future(served(source, told)(scope(), client.receive, client.send))
    await until(lambda: client.bodies)
    client.leaves.set()
    await serving
    assert (True, False) == (source.closed.is_set(), client.complete)
    finished = told[-1]
    assert isinstance(finished, RequestFinished)
    assert (200, CLIENT_LEFT, 3) == (finished.status, finished.reason, finished.sent_bytes)


async def test_st6_a_service_that_never_pauses_does_not_hide_that_the_client_left(told):
    """Once a tight stream produced all of its 3,000 chunks for nobody."""
    source, client = Source(tuple(b"x" for _ in range(3_000))), a_client()

    async def send(message: Any) -> None:
        client.sent.append(message)
        if len(client.sent) == 10:
            client.leaves.set()

    await served(source, told)(scope(), client.receive, send)
    assert len(source.made) < 30


async def test_st6_a_client_that_leaves_before_the_first_message_ends_the_call(told):
    began, ended = asyncio.Event(), asyncio.Event()

    async def run(context: RequestContext, ask: Ask) -> Streamed:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    client = a_client()
    front = served(Source(()), told, run=run)
    serving = asyncio.ensure_future(front(scope(), client.receive, client.send))
    await began.wait()
    client.leaves.set()
    await serving
    assert (True, []) == (ended.is_set(), client.sent)


async def test_st4_a_failure_that_was_told_completes_the_body_and_is_in_the_log(told):
    said = ServiceSaid("gone", code=Code.ABORTED, source="x")
    client = a_client()
    await served(Source((b"one", b"error", said)), told)(scope(), client.receive, client.send)
    assert [b"one", b"error", b""] == client.bodies
    assert "aborted" == getattr(told[-1], "reason", "")


async def test_hb4_a_failure_that_could_not_be_told_cuts_the_connection(told):
    """A body without its end is what no client takes for the whole."""
    said = ServiceSaid("gone", code=Code.ABORTED, source="x")
    client = a_client()
    front = served(Source((b"one", said)), told, tells_errors=False)
    await front(scope(), client.receive, client.send)
    assert ([b"one"], False) == (client.bodies, client.complete)


async def test_a_bug_on_the_way_is_reported_as_one(told):
    client = a_client()
    await served(Source((b"one", RuntimeError("oops"))), told)(scope(), client.receive, client.send)
    assert [Crashed, RequestFinished] == [type(one) for one in told]
    assert "oops" in getattr(told[0], "traceback", "")


async def test_ht1_head_opens_the_stream_and_reads_none_of_it(told):
    source, client = Source((b"one",)), a_client()
    await served(source, told)(scope(method="HEAD"), client.receive, client.send)
    assert [b""] == client.bodies
    assert ([], 0) == (source.made, getattr(told[-1], "sent_bytes", None))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil"])
async def test_row_120_events_are_not_opened_for_a_page_of_another_origin(told, origin):
    client = a_client()
    front = served(Source((b"one",)), told)
    await front(scope(host="app.example", origin=origin), client.receive, client.send)
    assert 403 == client.sent[0]["status"]


async def test_row_120_a_page_of_the_same_origin_may_open_them(told):
    client = a_client()
    front = served(Source((b"one",)), told)
    headers = {"host": "app.example:8080", "origin": "http://app.example:8080"}
    await front(scope(**headers), client.receive, client.send)
    assert 200 == client.sent[0]["status"]


async def test_a_body_is_handed_on_in_pieces_where_the_endpoint_takes_them(told):
    seen: list[bytes] = []

    async def run(context: RequestContext, ask: Ask) -> Streamed:
        assert ask.pieces is not None
        seen.extend([piece async for piece in ask.pieces])
        return Source((b"done",)).answer()

    parts = [b"one", b"", b"two"]

    async def receive() -> dict[str, Any]:
        if not parts:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    client = a_client()
    front = served(Source(()), told, run=run, takes_pieces=True, streams=False)
    await front(scope(), receive, client.send)
    assert [b"one", b"two"] == seen


async def test_pieces_in_another_encoding_are_refused_before_any_is_read(told):
    async def receive() -> dict[str, Any]:
        raise AssertionError

    client = a_client()
    front = served(Source(()), told, takes_pieces=True, streams=False)
    await front(scope(**{"content-encoding": "gzip"}), receive, client.send)
    assert 415 == client.sent[0]["status"]


async def test_work_that_is_done_first_wins():
    async def work() -> int:
        return 7

    assert 7 == await while_connected(work(), Client().receive)


async def test_what_the_work_raises_is_raised():
    async def work() -> int:
        raise BadInput("no")

    with pytest.raises(BadInput):
        await while_connected(work(), Client().receive)


async def test_a_client_that_leaves_first_cancels_the_work():
    client, ended = Client(), asyncio.Event()
    client.leaves.set()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(Gone):
        await while_connected(work(), client.receive)
    assert ended.is_set()


async def test_st9_plain_http_is_told_which_upgrade_a_conversation_needs(told):
    async def run(context: RequestContext, ask: Ask) -> Streamed:
        raise BadInput("Open it as a WebSocket.", reason="upgrade-required")

    client = a_client()
    front = served(Source(()), told, run=run, streams=False)
    await front(scope(), client.receive, client.send)
    headers = dict(client.sent[0]["headers"])
    assert (426, b"websocket") == (client.sent[0]["status"], headers[b"upgrade"])


async def test_st5_the_head_goes_out_before_the_first_piece_on_our_own_lane_too():
    go = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await go.wait()
        await send({"type": "http.response.body", "body": b"one"})

    async with test_lane.served(app) as dial:
        reader, writer = await dial()
        writer.write(test_lane.REQUESTS[1])
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        go.set()
        assert b"3\r\none\r\n0\r\n\r\n" == await reader.read()
        writer.close()
