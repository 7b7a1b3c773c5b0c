"""What comes behind a call's end: on a stream that the peer left open, or that we reset.

Sources   RFC 9113 sections 5.1, 5.4.2 and 6.9; docs/spec/threats.md (BFF process).
"""

import asyncio
from collections.abc import Callable

import pytest

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.options import Http2Options
from bff.transport.http2.transport import Http2Transport
from bff.transport.transport import Transport
from tests.conditions import until
from tests.transport.both import AMPLE_S, ASK, ask, outcome, streamed, worded
from tests.transport.raw_frames import (
    PADDED,
    Fields,
    Kind,
    Setting,
    answer,
    data,
    frame,
    headers,
    in_frames,
)
from tests.transport.raw_server import Peer, RawServer, Script, raw_server

UNREACHABLE = "silent upstream-unavailable"
STREAM_CLOSED = 5
SLACK_BYTES = 65_535
"""So much is overlooked of a peer that sends on behind its own ends."""
LAST_WORD: Fields = (
    (":status", "503"),
    ("content-type", "application/grpc"),
    ("grpc-status", "14"),
)


def answering_one_at_a_time(behind: Callable[[int], bytes]) -> Script:
    """A status that leaves nothing to wait for, though it does not end; `behind` it comes more.
    "keep" is answered well.
    """

    async def script(peer: Peer) -> None:
        await peer.greet({Setting.MAX_CONCURRENT_STREAMS: 1})
        while True:
            asked = await peer.request()
            if asked.body == b"keep":
                peer.send(answer(asked.stream))
            else:
                peer.send(headers(asked.stream, LAST_WORD), behind(asked.stream))

    return script


def closing(stream: int) -> bytes:
    return data(stream, end=True)


@pytest.mark.parametrize("behind", [closing, answer], ids=["an end", "a good answer"])
async def test_a_status_that_does_not_end_frees_its_place(behind) -> None:
    """A few such answers filled every connection, for good: each good call ran into its deadline,
    and no drained connection ever closed.
    """
    async with raw_server(answering_one_at_a_time(behind)) as server:
        transport = Http2Transport(server.address)
        assert [UNREACHABLE] * 3 == [await outcome(ask(transport)) for _ in range(3)]
        assert f", then {UNREACHABLE}" == await streamed(transport)
        assert b"fine" == await ask(transport, b"keep")
        assert 1 == len(server.peers)
        await transport.close()


async def test_an_answer_behind_such_a_status_is_told_to_nobody() -> None:
    """The call has been told of its failure."""
    told: list[str] = []

    def done(reply: bytes, failure: Failure | None) -> None:
        told.append(worded(failure) if failure else f"answer {reply.decode()}")

    async with raw_server(answering_one_at_a_time(answer)) as server:
        transport = Http2Transport(server.address)
        transport.start(ASK, b"", metadata=(), deadline=Deadline.after(AMPLE_S), done=done)
        await until(lambda: told)
        assert b"fine" == await ask(transport, b"keep")  # which came behind it
        assert [UNREACHABLE] == told
        await transport.close()


Late = Callable[[int, int], bytes]
"""What comes for a stream once the peer was told of its reset, by the stream's window."""


def pouring(late: Late) -> Script:
    """Each call is left to its reset, "keep" is answered well."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            asked = await peer.request()
            if asked.body == b"keep":
                peer.send(answer(asked.stream))
                continue
            while asked.stream not in peer.resets:
                await peer.read()
            peer.send(late(asked.stream, peer.windows[asked.stream]))

    return script


async def reset(transport: Transport, server: RawServer) -> None:
    """One call that is given up once the peer has it."""
    before = asked_of(server)
    call = asyncio.create_task(ask(transport))
    await until(lambda: asked_of(server) > before)
    call.cancel()
    await asyncio.wait([call])


def asked_of(server: RawServer) -> int:
    return sum(len(peer.asked) for peer in server.peers)


def large(stream: int, size: int) -> bytes:
    return in_frames(stream, bytes(size))


def prefixes(stream: int, size: int) -> bytes:
    return data(stream, bytes(5)) * (size // 5)


def tiny(stream: int, size: int) -> bytes:
    return data(stream, b"x") * (size // 5)


def ends(stream: int, size: int) -> bytes:
    return data(stream, end=True) * (size // 5)


def padding(stream: int, size: int) -> bytes:
    one = frame(Kind.DATA, flags=PADDED, stream=stream, payload=b"\xff" + bytes(256))
    return one * (size // 257)


@pytest.mark.parametrize("late", [large, prefixes, padding])
async def test_a_window_full_of_late_data_is_no_offence(late: Late) -> None:
    """It left before the peer knew of the reset; and so for each reset."""
    async with raw_server(pouring(late)) as server:
        transport = Http2Transport(server.address)
        for _ in range(3):
            await reset(transport, server)
        assert b"fine" == await ask(transport, b"keep")
        assert 1 == len(server.peers)
        await transport.close()


@pytest.mark.parametrize("late", [large, prefixes, padding, tiny, ends])
async def test_late_data_beyond_its_window_ends_the_connection(late: Late) -> None:
    """100 MB were taken for a stream that we had reset, and 400,000 frames of one byte."""
    beyond = pouring(lambda stream, window: late(stream, window + SLACK_BYTES + 300))
    async with raw_server(beyond) as server:
        transport = Http2Transport(server.address)
        await reset(transport, server)
        await until(lambda: server.peers[0].is_gone)
        assert [STREAM_CLOSED] == goodbyes(server.peers[0])
        await transport.close()


async def test_late_data_are_never_more_than_the_connections_window() -> None:
    """Resets whose DATA never came are no credit for a flood to come."""
    options = Http2Options(stream_window_bytes=70_000, connection_window_bytes=140_000)
    last = 9
    flood = pouring(lambda stream, _: large(stream, 141_000) if stream == last else b"")
    async with raw_server(flood) as server:
        transport = Http2Transport(server.address, options)
        for _ in range(1, last + 1, 2):
            await reset(transport, server)
        await until(lambda: server.peers[0].is_gone)
        assert [STREAM_CLOSED] == goodbyes(server.peers[0])
        await transport.close()


def goodbyes(peer: Peer) -> list[int]:
    """The code of each GOAWAY that we sent."""
    return [int.from_bytes(it.payload[4:8], "big") for it in peer.frames if it.kind == Kind.GOAWAY]
