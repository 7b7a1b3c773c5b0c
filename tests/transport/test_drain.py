"""GOAWAY at every moment: no call is lost, none is done twice, and the connection changes.

Sources   RFC 9113 section 6.8; gRPC A9 (MAX_CONNECTION_AGE); docs/spec/reliability.md F10.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.conditions import until
from tests.transport.both import GRPCIO, HTTP2, answered, ask, outcome, streamed
from tests.transport.raw_frames import GRPC, OK, answer, data, goaway, headers, message
from tests.transport.raw_server import Peer, Script, raw_server

UNREACHABLE = "silent upstream-unavailable"
ALL = 2**31 - 1
ENHANCE_YOUR_CALM = 11


async def serve(peer: Peer) -> None:
    """Answers every request with its own body."""
    while True:
        asked = await peer.request()
        peer.send(answer(asked.stream, asked.body))


def leaving(farewell: Callable[[Peer], Awaitable[object]]) -> Script:
    """The first connection says farewell in this way; the ones after it serve."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        if peer.number == 0:
            await farewell(peer)
        else:
            await serve(peer)

    return script


async def at_once(peer: Peer) -> None:
    peer.send(goaway(0))


async def unprocessed(peer: Peer) -> None:
    """After the request; last_stream_id says that it was not processed."""
    await peer.request()
    peer.send(goaway(0))


async def unprocessed_and_closed(peer: Peer) -> None:
    await unprocessed(peer)
    await peer.flushed()
    peer.close()


async def in_two_steps(peer: Peer) -> None:
    """RFC 9113 6.8: first "no new ones, please", then what was not processed."""
    await peer.request()
    peer.send(goaway(ALL))
    peer.send(goaway(0))


async def answered_first(peer: Peer) -> None:
    """Told to go, and answered all the same."""
    asked = await peer.request()
    peer.send(goaway(asked.stream), answer(asked.stream, asked.body))


async def amid_the_answer(peer: Peer) -> None:
    asked = await peer.request()
    whole = answer(asked.stream, asked.body)
    peer.send(headers(asked.stream, GRPC), goaway(asked.stream))
    peer.send(whole[len(headers(asked.stream, GRPC)) :])


async def answered_and_closed(peer: Peer) -> None:
    await answered_first(peer)
    await peer.flushed()
    peer.close()


UNPROCESSED = (unprocessed, unprocessed_and_closed, in_two_steps)
PROCESSED = (answered_first, amid_the_answer, answered_and_closed)


@pytest.mark.parametrize("farewell", UNPROCESSED, ids=lambda it: it.__name__)
async def test_a_call_that_was_not_processed_is_sent_again_elsewhere(farewell, connect, kind):
    """last_stream_id proves it. grpcio's transparent retries are switched off with its others."""
    async with raw_server(leaving(farewell)) as server:
        transport = connect(server.address)
        one = await outcome(ask(transport, b"one"))
        assert one == "answer one" or (kind == GRPCIO and one == UNREACHABLE)
        assert b"two" == await answered(transport, b"two")
        assert {b"one", b"two"} >= {it.body for it in server.peers[1].asked}


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_farewell_right_after_the_settings_costs_no_call(connect):
    """grpcio goes on trying that very connection, and fails, for as long as calls come."""
    async with raw_server(leaving(at_once)) as server:
        assert b"one" == await ask(connect(server.address), b"one")


@pytest.mark.parametrize("farewell", PROCESSED, ids=lambda it: it.__name__)
async def test_a_call_that_is_answered_after_a_farewell_is_not_sent_again(farewell, connect, kind):
    """And the next one goes elsewhere; with grpcio it may be lost where it meets the farewell."""
    async with raw_server(leaving(farewell)) as server:
        transport = connect(server.address)
        assert b"one" == await ask(transport, b"one")
        assert b"two" == await (ask if kind == HTTP2 else answered)(transport, b"two")
        first, *later = [[it.body for it in peer.asked] for peer in server.peers]
    assert (b"one", 1) == (first[0], first.count(b"one"))
    assert [[b"two"]] == later


async def test_a_call_that_was_processed_is_not_sent_again(connect):
    """The peer took it, then closed: nobody knows whether it was done."""

    async def farewell(peer: Peer) -> None:
        asked = await peer.request()
        peer.send(goaway(asked.stream))
        await peer.flushed()
        peer.close()

    async with raw_server(leaving(farewell)) as server:
        assert UNREACHABLE == await outcome(ask(connect(server.address)))
        assert [] == [it for peer in server.peers[1:] for it in peer.asked]


async def test_calls_under_way_finish_where_they_are_and_new_ones_go_elsewhere(connect, kind):
    """F10, lost 0: a server that has reached its connections' greatest age drains them. grpcio may
    lose the call that meets the farewell.
    """
    finish = asyncio.Event()

    async def farewell(peer: Peer) -> None:
        asked = [await peer.request() for _ in range(3)]
        peer.send(goaway(max(it.stream for it in asked)))
        await finish.wait()
        peer.send(*(answer(it.stream, it.body) for it in asked))

    async with raw_server(leaving(farewell)) as server:
        transport = connect(server.address)
        old = [asyncio.create_task(ask(transport, b"old %d" % at)) for at in range(3)]
        await until(lambda: server.peers and len(server.peers[0].asked) == 3)
        assert b"new" == await (ask if kind == HTTP2 else answered)(transport, b"new")
        finish.set()
        assert [b"old 0", b"old 1", b"old 2"] == await asyncio.gather(*old)
        assert [b"new"] == [it.body for it in server.peers[1].asked]


async def test_a_drained_connection_is_closed_by_us(connect):
    async with raw_server(leaving(answered_first)) as server:
        assert b"one" == await ask(connect(server.address), b"one")
        await until(lambda: server.peers[0].is_gone)


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_calls_above_the_last_stream_are_sent_again_and_the_others_are_not(connect):
    async def farewell(peer: Peer) -> None:
        asked = sorted([await peer.request() for _ in range(6)], key=lambda it: it.stream)
        taken = asked[:3]
        peer.send(goaway(taken[-1].stream))
        peer.send(*(answer(it.stream, b"old " + it.body) for it in taken))

    async with raw_server(leaving(farewell)) as server:
        transport = connect(server.address)
        bodies = [b"%d" % at for at in range(6)]
        came = await asyncio.gather(*(ask(transport, body) for body in bodies))
        first = [it.body for it in sorted(server.peers[0].asked, key=lambda it: it.stream)]
        expected = [b"old " + it if it in first[:3] else it for it in bodies]
    assert expected == came


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_stream_that_was_not_processed_begins_anew(connect):
    """Its one request was not read off for good."""
    async with raw_server(leaving(unprocessed)) as server:
        assert "hello, then OK" == await streamed(connect(server.address))


async def test_a_stream_under_way_goes_on_after_a_farewell(connect):
    async def farewell(peer: Peer) -> None:
        asked = await peer.request()
        first, second = (data(asked.stream, message(it)) for it in (b"1", b"2"))
        peer.send(headers(asked.stream, GRPC), first, goaway(asked.stream), second)
        peer.send(headers(asked.stream, OK, end=True))

    async with raw_server(leaving(farewell)) as server:
        assert "1 2, then OK" == await streamed(connect(server.address))


async def test_a_storm_of_farewells_never_outlives_the_deadline(connect):
    """F10: ENHANCE_YOUR_CALM on every connection, for ever."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.request()
        peer.send(goaway(0, ENHANCE_YOUR_CALM, b"too_many_pings"))

    async with raw_server(script) as server:
        transport = connect(server.address)
        came = [await outcome(ask(transport, seconds=1.0)) for _ in range(5)]
        sent = len([it for peer in server.peers for it in peer.asked])
    assert set(came) <= {UNREACHABLE, "silent upstream-timeout"}
    assert sent <= 10


async def test_a_service_that_closes_after_every_answer_loses_no_call(connect):
    """MAX_CONNECTION_AGE at its smallest: a GOAWAY beside every answer."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = await peer.request()
        peer.send(goaway(asked.stream), answer(asked.stream, asked.body))

    async with raw_server(script) as server:
        transport = connect(server.address)
        bodies = [b"%d" % at for at in range(10)]
        assert bodies == [await answered(transport, body) for body in bodies]
