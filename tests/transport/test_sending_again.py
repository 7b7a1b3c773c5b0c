"""What is sent again, elsewhere, has not left before: a write must not be done twice.

Source    RFC 9113 sections 5.1 and 6.8; gRFC A6 (transparent retries).
"""

import asyncio
from weakref import WeakSet

import pytest

from bff.transport.http2.address import places_of
from bff.transport.http2.connection import Connection
from bff.transport.http2.dial import dial
from bff.transport.http2.pool import Pool
from bff.transport.http2.transport import Http2Transport
from tests.conditions import until
from tests.transport.both import HTTP2, ask
from tests.transport.raw_frames import Kind, Setting, answer, frame, goaway, reset, window_update
from tests.transport.raw_server import Peer, Script, raw_server

MEGABYTE = 1024 * 1024
REFUSED_STREAM = 7
ONE_AT_A_TIME = {Setting.MAX_CONCURRENT_STREAMS: 1, Setting.INITIAL_WINDOW_SIZE: MEGABYTE}
LAST_WORDS = (
    pytest.param(frame(Kind.PING, payload=b"half"), id="a violation"),
    pytest.param(goaway(1), id="a farewell"),
    pytest.param(reset(3, REFUSED_STREAM), id="a reset of a call that it has not seen"),
)


def answering_once(last_words: bytes) -> Script:
    """The first connection answers one call and says this in the same segment; others serve."""

    async def script(peer: Peer) -> None:
        await peer.greet(ONE_AT_A_TIME)
        peer.send(window_update(0, MEGABYTE))
        while True:
            asked = await peer.request()
            peer.send(answer(asked.stream))
            if peer.number == 0:
                peer.send(last_words)

    return script


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
@pytest.mark.parametrize("size", [10, 400_000])
@pytest.mark.parametrize("last_words", LAST_WORDS)
async def test_a_call_that_is_sent_again_arrives_once_and_whole(last_words, size, connect):
    """It had its turn, and was given back, before a byte of it could leave."""
    write = b"x" * size
    async with raw_server(answering_once(last_words)) as server:
        transport = connect(server.address)
        calls = (ask(transport, b"first"), ask(transport, write))
        assert [b"fine", b"fine"] == await asyncio.gather(*calls)
        await until(lambda: server.peers[0].is_gone)
        came = [
            [it.stream for it in peer.frames if it.kind == Kind.HEADERS] for peer in server.peers
        ]
        assert ([[1], [1]], [write]) == (came, [it.body for it in server.peers[1].asked])


async def test_a_connection_that_is_over_is_kept_by_nobody():
    """A minute's worth of them was, each by the timer that would have replaced it."""
    kept: WeakSet[Connection] = WeakSet()

    async def noting(address, make, *, tls, connect_s):
        kept.add(connection := await dial(address, make, tls=tls, connect_s=connect_s))
        return connection

    def opening(options, block_of, loop):
        (place,) = places_of(server.address)
        return Pool(place, options=options, block=block_of(place), loop=loop, dial=noting)

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = await peer.request()
        peer.send(answer(asked.stream), goaway(asked.stream))

    async with raw_server(script) as server:
        transport = Http2Transport(server.address, opening=opening)
        for _ in range(3):
            await ask(transport)
        await until(lambda: len(server.peers) == 3 and all(it.is_gone for it in server.peers))
        await until(lambda: not kept)
        await transport.close()
