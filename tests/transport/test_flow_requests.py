"""What we send obeys the peer: its windows, its frame size, its number of streams, and changes.

Sources   RFC 9113 sections 5.1.2, 5.2 and 6.9.
"""

import asyncio

import pytest

from tests.conditions import until
from tests.transport.both import ask, outcome, streamed
from tests.transport.raw_frames import (
    GRPC,
    OK,
    Kind,
    Setting,
    answer,
    headers,
    settings,
    window_update,
)
from tests.transport.raw_server import Peer, Script, raw_server

LATE = "silent upstream-timeout"
MEGABYTE = bytes(range(256)) * 4096
WINDOW = {Setting.INITIAL_WINDOW_SIZE: 1_000}


def taken(peer: Peer, stream: int) -> int:
    """Bytes of DATA that came on a stream."""
    return sum(len(it.payload) for it in peer.frames if (it.kind, it.stream) == (Kind.DATA, stream))


def checking(values: dict[int, int], expected: bytes) -> Script:
    """Opens windows a little at a time and keeps the books: an overdrawn window fails the test."""

    async def script(peer: Peer) -> None:
        peer.refills = False
        await peer.greet(values)
        left = {0: 65_535}
        while not (came := await peer.read()).ends():
            if came.kind == Kind.HEADERS:
                left[came.stream] = values.get(Setting.INITIAL_WINDOW_SIZE, 65_535)
            if came.kind != Kind.DATA:
                continue
            for stream in (0, came.stream):
                left[stream] -= len(came.payload)
                assert left[stream] >= 0, f"window {stream} overdrawn by {-left[stream]}"
                left[stream] += len(came.payload)
                peer.send(window_update(stream, max(1, len(came.payload))))
        body = b"".join(it.payload for it in peer.frames if it.kind == Kind.DATA)
        peer.send(answer(came.stream, str(body[5:] == expected).encode()))

    return script


@pytest.mark.parametrize("window", [1, 100, 1_000, 65_535], ids=lambda it: f"window {it}")
async def test_a_large_request_goes_through_small_windows(window, connect):
    """Byte for byte, and never a byte more than was granted."""
    body = MEGABYTE[: window * 1_000]
    async with raw_server(checking({Setting.INITIAL_WINDOW_SIZE: window}, body)) as server:
        assert b"True" == await ask(connect(server.address), body)


async def test_a_window_that_never_opens_ends_at_the_deadline(connect):
    """The call waits for room that does not come; its cancellation reaches the peer."""

    async def script(peer: Peer) -> None:
        peer.refills = False
        await peer.greet({Setting.INITIAL_WINDOW_SIZE: 0})

    async with raw_server(script) as server:
        assert LATE == await outcome(ask(connect(server.address), MEGABYTE, seconds=0.3))
        await until(lambda: server.peers[0].resets)
        assert 0 == sum(taken(server.peers[0], it) for it in server.peers[0].resets)


async def test_a_window_that_opens_late_lets_the_request_through(connect):
    """By SETTINGS, for a stream that was opened before (RFC 9113 6.9.2)."""

    async def script(peer: Peer) -> None:
        await peer.greet({Setting.INITIAL_WINDOW_SIZE: 0})
        await peer.opened()
        peer.send(settings({Setting.INITIAL_WINDOW_SIZE: 100_000}))
        asked = await peer.request()
        peer.send(answer(asked.stream, asked.body))

    async with raw_server(script) as server:
        assert b"hello" == await ask(connect(server.address))


async def test_a_window_may_shrink_below_zero_and_open_again(connect):
    """RFC 9113 6.9.2: what was sent already counts; only window updates bring it back above 0."""

    async def script(peer: Peer) -> None:
        peer.refills = False
        await peer.greet(WINDOW)
        stream = await peer.opened()
        await peer.until(lambda: taken(peer, stream) == 1_000)
        peer.send(settings({Setting.INITIAL_WINDOW_SIZE: 10}))
        peer.send(window_update(stream, 990))  # the window is 0 now: nothing may come
        await peer.echoed()
        assert 1_000 == taken(peer, stream)
        peer.send(window_update(stream, 4_005))
        await peer.until(lambda: taken(peer, stream) == 5_005)
        peer.send(answer(stream))

    async with raw_server(script) as server:
        assert b"fine" == await ask(connect(server.address), bytes(5_000))


async def test_the_connections_window_is_shared_by_its_calls(connect):
    """64 KiB for all together; each has its turn when it opens."""

    async def script(peer: Peer) -> None:
        peer.refills = False
        await peer.greet({Setting.INITIAL_WINDOW_SIZE: 2**20})
        open_bytes, came, asked = 65_535, 0, 0
        while asked < 4:
            read = await peer.read()
            if read.kind == Kind.DATA:
                came += len(read.payload)
                assert came <= open_bytes
                if came == open_bytes:
                    peer.send(window_update(0, 50_000))
                    open_bytes += 50_000
            if read.ends():
                asked += 1
                peer.send(answer(read.stream, str(taken(peer, read.stream)).encode()))

    async with raw_server(script) as server:
        transport = connect(server.address)
        calls = (ask(transport, bytes(80_000)) for _ in range(4))
        assert [b"80005"] * 4 == await asyncio.gather(*calls)


@pytest.mark.parametrize("frame_bytes", [16_384, 20_000, 1_000_000])
async def test_no_frame_is_larger_than_the_peer_takes(frame_bytes, connect):
    values = {Setting.MAX_FRAME_SIZE: frame_bytes, Setting.INITIAL_WINDOW_SIZE: 2**21}
    async with raw_server(checking(values, MEGABYTE)) as server:
        assert b"True" == await ask(connect(server.address), MEGABYTE)
        assert frame_bytes >= max(len(it.payload) for it in server.peers[0].frames)


@pytest.mark.parametrize("most", [1, 2, 7])
async def test_no_more_streams_are_open_than_the_peer_allows(most, connect):
    """40 calls at once are all answered, never more than `most` at a time."""

    async def script(peer: Peer) -> None:
        await peer.greet({Setting.MAX_CONCURRENT_STREAMS: most})
        answered = 0
        while True:
            await peer.request()
            await peer.echoed()
            assert sum(it.kind == Kind.HEADERS for it in peer.frames) - answered <= most
            peer.send(*(answer(it.stream, it.body) for it in peer.asked[answered:]))
            answered = len(peer.asked)

    async with raw_server(script) as server:
        transport = connect(server.address)
        bodies = [b"%d" % at for at in range(40)]
        assert bodies == await asyncio.gather(*(ask(transport, it) for it in bodies))


async def test_a_call_that_waits_for_a_stream_waits_no_longer_than_its_deadline(connect):
    """MAX_CONCURRENT_STREAMS of 0: nobody may, for now."""

    async def script(peer: Peer) -> None:
        await peer.greet({Setting.MAX_CONCURRENT_STREAMS: 0})

    async with raw_server(script) as server:
        assert LATE == await outcome(ask(connect(server.address), seconds=0.3))
        assert [] == [it for it in server.peers[0].frames if it.kind == Kind.HEADERS]


async def test_a_call_that_waits_for_a_stream_goes_out_when_the_peer_allows_more(connect):
    async def script(peer: Peer) -> None:
        await peer.greet({Setting.MAX_CONCURRENT_STREAMS: 1})
        first = await peer.request()
        peer.send(settings({Setting.MAX_CONCURRENT_STREAMS: 2}))
        second = await peer.request()
        peer.send(answer(second.stream, second.body), answer(first.stream, first.body))

    async with raw_server(script) as server:
        transport = connect(server.address)
        calls = ask(transport, b"one"), ask(transport, b"two")
        assert [b"one", b"two"] == await asyncio.gather(*calls)


async def test_a_cancelled_call_leaves_its_place_to_the_next(connect):
    """Of three, one under way and one that waits are given up; the last is answered."""

    async def script(peer: Peer) -> None:
        await peer.greet({Setting.MAX_CONCURRENT_STREAMS: 1})
        first = await peer.request()
        await peer.until(lambda: first.stream in peer.resets)
        while True:
            asked = await peer.request()
            peer.send(answer(asked.stream, asked.body))

    async with raw_server(script) as server:
        transport = connect(server.address)
        under_way = asyncio.create_task(ask(transport, b"one"))
        await until(lambda: server.peers and server.peers[0].asked)
        waits = asyncio.create_task(ask(transport, b"two"))
        last = asyncio.create_task(ask(transport, b"three"))
        await asyncio.wait([waits], timeout=0)
        waits.cancel()
        under_way.cancel()
        assert b"three" == await last
        assert b"two" not in [it.body for peer in server.peers for it in peer.asked]


async def test_a_stream_of_requests_waits_for_the_peers_window(connect):
    """An upload is read off no faster than the peer takes it."""
    read = 0

    async def script(peer: Peer) -> None:
        peer.refills = False
        await peer.greet()
        stream = await peer.opened()
        await peer.until(lambda: taken(peer, stream) >= 60_000)
        await peer.echoed()
        peer.send(headers(stream, (*GRPC, *OK), end=True))

    def requests():
        nonlocal read
        for _ in range(10_000):
            read += 1
            yield bytes(1_000)

    async with raw_server(script) as server:
        assert ", then OK" == await streamed(connect(server.address), requests())
    assert read < 1_000
