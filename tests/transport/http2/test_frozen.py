"""A peer that is silent for long, then frozen: over a raw server, with a clock that the test moves.

The sockets are real, the time is not: minutes pass between two frames.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.address import places_of
from bff.transport.http2.connection import Connection
from bff.transport.http2.dial import dial
from bff.transport.http2.exchange import Exchange
from bff.transport.http2.options import Http2Options
from bff.transport.http2.request_head import RequestHeads
from bff.transport.http2.sign import CHECK
from bff.transport.http2.stream import Stream
from tests.conditions import until
from tests.transport.http2.test_waiting import Hours
from tests.transport.raw_frames import GRPC, Kind, answer, goaway, headers
from tests.transport.raw_server import Peer, raw_server

OPTIONS = Http2Options(keepalive_s=2.0, keepalive_timeout_s=1.0, quiet_keepalive_s=300.0)
Script = Callable[[Peer], Awaitable[None]]
UNIMPLEMENTED = (*GRPC, ("grpc-status", "12"))


class LoopOfHours(Hours):
    """The loop that runs, with timers that only the test fires."""

    def call_soon(self, callback: Callable[..., object], *given: Any) -> Any:
        return asyncio.get_running_loop().call_soon(callback, *given)

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio.get_running_loop(), name)


class House:
    """A connection that nobody else has, and what came of its one long call."""

    def __init__(self) -> None:
        self.hours = LoopOfHours()
        self.told: list[Failure | None] = []
        heads = RequestHeads(authority="raw", secure=False)
        self.connection = Connection(
            self,
            options=OPTIONS,
            block=lambda stream: heads.block(stream.path, stream.fields, stream.deadline),
            loop=self.hours,  # type: ignore[arg-type]
            clock=self.hours,
        )

    def roomier(self) -> None: ...
    def gone(self, carrier: object) -> None: ...
    def gave_back(self, streams: list[Stream], why: str) -> None:
        for one in streams:
            assert not one.rewound()

    def call(self) -> None:
        self.connection.open(
            Exchange(
                "/a.B/Long",
                b"",
                fields=b"",
                deadline=Deadline.after(3600),
                done=lambda _wire, failure: self.told.append(failure),
                hear=None,
                most_bytes=100,
            )
        )

    async def quiet(self, peer: Peer, seconds: float) -> None:
        """So long nobody says anything of his own; then what was asked for has been answered."""
        frames = len(peer.frames)
        self.hours.pass_to(self.hours.now_s + seconds)
        await until(lambda: len(peer.frames) > frames)
        await until(lambda: self.connection._pulse.heard_at_s == self.hours.now_s)
        await until(lambda: len(self.connection.streams) == 1)


@asynccontextmanager
async def calling(script: Script) -> AsyncIterator[tuple[House, Peer]]:
    """A house whose call the peer has read."""
    house = House()
    async with raw_server(script) as server:
        (place,) = places_of(server.address)
        await dial(place, lambda: house.connection, tls=None, connect_s=5.0)
        house.call()
        await until(lambda: server.peers and server.peers[0].asked)
        yield house, server.peers[0]
        house.connection.abort()
        await house.connection.closed


def signs(peer: Peer) -> list[str]:
    """How the peer was asked for signs of life, in order."""
    asked = [it for it in peer.frames if it.kind in (Kind.PING, Kind.HEADERS) and not it.is_pong]
    return ["PING" if it.kind == Kind.PING else "call" for it in asked[1:]]


async def lives(peer: Peer) -> None:
    """Answers no call but the questions for its health, with words that it has none to tell."""
    await peer.greet()
    await peer.request()
    while True:
        asked = await peer.request()
        peer.send(headers(asked.stream, UNIMPLEMENTED, end=True))


async def test_a_peer_that_answers_nothing_but_signs_is_asked_for_ever_and_never_pinged_thrice():
    async with calling(lives) as (house, peer):
        for _ in range(7):
            await house.quiet(peer, 2.0)
        assert ["PING", "PING", "call", "PING", "PING", "call", "PING"] == signs(peer)
        assert [] == house.told
        assert CHECK.encode() in b"".join(it.payload for it in peer.frames)


async def test_f6_a_peer_that_freezes_after_two_answered_pings_is_found_within_three_seconds():
    async with calling(lives) as (house, peer):
        await house.quiet(peer, 2.0)
        await house.quiet(peer, 2.0)
        peer.polite = False
        house.hours.pass_to(house.hours.now_s + 3.06)
        (failure,) = house.told
        assert failure is not None
        assert "upstream-unavailable" == failure.reason


async def test_a_peer_that_is_about_to_go_is_not_called():
    """Only after five minutes, by a PING."""

    async def leaving(peer: Peer) -> None:
        await peer.greet()
        await peer.request()
        peer.send(goaway(1))

    async with calling(leaving) as (house, peer):
        await until(lambda: house.connection.draining)
        await house.quiet(peer, 2.0)
        await house.quiet(peer, 2.0)
        house.hours.pass_to(house.hours.now_s + 299.0)
        await peer_echo(house, peer)
        assert ["PING", "PING"] == signs(peer)
        await house.quiet(peer, 2.0)
        assert ["PING", "PING", "PING"] == signs(peer)


async def test_a_connection_that_we_want_no_more_is_still_asked():
    """An hour's stream stays on a connection whose age is up."""
    async with calling(lives) as (house, peer):
        house.connection.drain()
        for _ in range(3):
            await house.quiet(peer, 2.0)
        assert ["PING", "PING", "call"] == signs(peer)
        peer.send(answer(1))
        await house.connection.closed
    assert [None] == house.told


async def test_a_sign_alone_keeps_no_connection_that_is_about_to_go():
    """The peer took the question, and leaves it open for ever: nobody waits for its answer."""

    async def leaving(peer: Peer) -> None:
        await peer.greet()
        asked, sign = await peer.request(), await peer.request()
        peer.send(goaway(sign.stream), answer(asked.stream))

    async with calling(leaving) as (house, peer):
        await house.quiet(peer, 2.0)
        await house.quiet(peer, 2.0)
        house.hours.pass_to(house.hours.now_s + 2.0)
        await house.connection.closed
    assert [None] == house.told


async def peer_echo(house: House, peer: Peer) -> None:
    """Whatever was sent has come."""
    frames = len(peer.frames)
    house.connection.ping()
    await until(lambda: len(peer.frames) > frames)
    peer.frames.pop()
