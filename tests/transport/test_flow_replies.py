"""What we read: windows are given back as the reader takes, and not before; nothing piles up.

Sources   RFC 9113 section 6.9; docs/spec/reliability.md section 2 ("slow reader").
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from bff.terms.deadline import Deadline
from tests.conditions import until
from tests.transport.both import AMPLE_S, ASK, LIMIT_BYTES, SLACK_S, ask, given, outcome
from tests.transport.raw_frames import GRPC, OK, answer, data, headers, in_frames, message
from tests.transport.raw_server import Peer, RawServer, raw_server

CHUNK = bytes(10_000)
PATIENCE = 500
"""So many turns of the loop without a message sent, and nobody is going to send one."""


async def pour(peer: Peer, stream: int, payload: bytes) -> None:
    """Send within the client's windows, as much as fits, then wait for more."""
    at = 0
    while at < len(payload):
        fits = min(16_384, peer.windows[0], peer.windows[stream], len(payload) - at)
        if fits <= 0:
            await peer.read()
            continue
        for window in (0, stream):
            peer.windows[window] -= fits
        peer.send(data(stream, payload[at : at + fits]))
        await peer.flushed()
        at += fits


async def test_a_large_answer_comes_whole_through_the_windows(connect):
    """Again and again on one connection: what was taken is always given back."""
    large = bytes(range(250)) * (LIMIT_BYTES // 250)

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            stream = (await peer.request()).stream
            peer.send(headers(stream, GRPC))
            await pour(peer, stream, message(large))
            peer.send(headers(stream, OK, end=True))

    async with raw_server(script) as server:
        transport = connect(server.address)
        assert {large} == {await ask(transport) for _ in range(200)}
        assert 1 == len(server.peers)


async def test_a_reader_that_stops_stops_the_service_and_loses_nothing(connect):
    """10 MB for a reader who takes one message and rests; then he takes the rest, in order."""
    sent = 0

    async def script(peer: Peer) -> None:
        nonlocal sent
        await peer.greet()
        stream = (await peer.request()).stream
        peer.send(headers(stream, GRPC))
        for number in range(1_000):
            await pour(peer, stream, message(b"%04d" % number + CHUNK))
            sent += 1
        peer.send(headers(stream, OK, end=True))

    async def rest() -> None:
        """Until the service sends nothing more, however long everybody else runs."""
        before, quiet = -1, 0
        while quiet < PATIENCE:
            before, quiet = sent, quiet + 1 if before == sent else 0
            await asyncio.sleep(0)

    async with raw_server(script) as server:
        replies = connect(server.address).stream(
            ASK, given([b"hello"]), metadata=(), deadline=Deadline.after(AMPLE_S)
        )
        async with asyncio.timeout(AMPLE_S + SLACK_S), aclosing(replies):
            numbers = [(await anext(replies))[:4]]
            await rest()
            assert sent * len(CHUNK) < 2_000_000
            numbers += [reply[:4] async for reply in replies]
    assert [b"%04d" % number for number in range(1_000)] == numbers


async def test_a_stalled_reader_does_not_stall_the_calls_beside_him(connect):
    """The connection's window is not his alone."""
    stalled = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.greet()
        stream = (await peer.request()).stream
        peer.send(headers(stream, GRPC))
        while min(peer.windows[0], peer.windows[stream]) > 5 + len(CHUNK):
            await pour(peer, stream, message(CHUNK))
        stalled.set()
        while True:
            asked = await peer.request()
            peer.send(answer(asked.stream, asked.body))

    async with raw_server(script) as server:
        transport = connect(server.address)
        replies = transport.stream(
            ASK, given([b"hello"]), metadata=(), deadline=Deadline.after(AMPLE_S)
        )
        async with asyncio.timeout(AMPLE_S + SLACK_S), aclosing(replies):
            await anext(replies)
            await stalled.wait()
            assert b"beside" == await ask(transport, b"beside")
            assert 1 == len(server.peers)


async def test_what_comes_for_cancelled_calls_is_thrown_away_and_given_back(connect):
    """30 answers of 60 KB each for calls that were given up: the 31st still has a window."""
    body = bytes(60_000)

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            asked = await peer.request()
            if asked.body == b"keep":
                peer.send(answer(asked.stream, asked.body))
                continue
            while asked.stream not in peer.resets or peer.windows[0] < len(body) + 5:
                await peer.read()
            peer.windows[0] -= len(body) + 5
            peer.send(headers(asked.stream, GRPC), in_frames(asked.stream, message(body)))

    async with raw_server(script) as server:
        transport = connect(server.address)
        for number in range(1, 31):
            call = asyncio.create_task(ask(transport, b"leave"))
            await until(lambda wanted=number: asked_of(server) == wanted)
            call.cancel()
            await asyncio.wait([call])
        assert b"keep" == await ask(transport, b"keep")
        assert 1 == len(server.peers)


def asked_of(server: RawServer) -> int:
    """Requests that came over the first connection."""
    return len(server.peers[0].asked) if server.peers else 0


async def test_an_answer_beyond_its_window_is_not_taken(connect):
    """A peer that ignores our windows breaks HTTP/2, or breaks our limit: never an answer."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        stream = (await peer.request()).stream
        peer.send(headers(stream, GRPC))
        for _ in range(2_000):
            peer.send(data(stream, message(CHUNK)))
            await peer.flushed()

    async with raw_server(script) as server:
        replies = connect(server.address).stream(
            ASK, given([b"hello"]), metadata=(), deadline=Deadline.after(AMPLE_S)
        )
        async with aclosing(replies):
            came = await outcome(stalled(replies, server))
    assert "silent upstream-invalid-response" == came


async def stalled(replies: AsyncGenerator[bytes, None], server: RawServer) -> bytes:
    """Reads one message, then nothing until the service is told off, then the rest."""
    first = await anext(replies)
    await until(lambda: server.peers[0].is_gone or server.peers[0].resets)
    return b"".join([first, *[reply async for reply in replies]])
