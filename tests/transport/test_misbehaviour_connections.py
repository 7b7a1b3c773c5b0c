"""Peers that never get as far as an answer: gone, deaf, speaking something else, or cut off midway.

Sources   docs/spec/reliability.md F1, F2, F6 and F7; RFC 9113 section 3.4.
"""

import asyncio
import socket
from collections.abc import Callable

import pytest

from tests.conditions import until
from tests.transport.both import HTTP2, answered, ask, outcome, streamed
from tests.transport.raw_frames import (
    GRPC,
    SETTINGS_ACK,
    Setting,
    answer,
    data,
    goaway,
    headers,
    message,
    ping,
    settings,
)
from tests.transport.raw_server import Peer, Script, raw_server

UNREACHABLE = "silent upstream-unavailable"
UNREADABLE = "silent upstream-invalid-response"
LATE = "silent upstream-timeout"
HTTP_1 = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


def saying(words: bytes) -> Script:
    """In place of SETTINGS, then nothing more."""

    async def script(peer: Peer) -> None:
        peer.send(words)

    return script


def cut_after(words: Callable[[int], bytes]) -> Script:
    """Greets, reads the request, says this much, and closes."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = await peer.request()
        peer.send(words(asked.stream))
        await peer.flushed()
        peer.close()

    return script


async def closes(peer: Peer) -> None:
    peer.close()


async def aborts(peer: Peer) -> None:
    peer.abort()


async def greets_and_closes(peer: Peer) -> None:
    await peer.greet()
    peer.close()


async def says_nothing(peer: Peer) -> None:
    """Takes the connection and is silent: a frozen process's kernel does that."""
    peer.polite = False


@pytest.mark.parametrize(
    ("script", "comes_to"),
    [
        pytest.param(closes, {UNREACHABLE}, id="closes at accept"),
        pytest.param(aborts, {UNREACHABLE}, id="resets at accept"),
        pytest.param(greets_and_closes, {UNREACHABLE}, id="closes after its settings"),
        pytest.param(saying(HTTP_1), {UNREACHABLE, UNREADABLE}, id="speaks HTTP/1"),
        pytest.param(saying(b"SSH-2.0-OpenSSH_9\r\n"), {UNREACHABLE, UNREADABLE}, id="speaks SSH"),
        pytest.param(saying(bytes(100)), {UNREACHABLE, UNREADABLE}, id="sends zeros"),
        pytest.param(saying(ping()), {UNREACHABLE, UNREADABLE}, id="starts with PING"),
        pytest.param(
            saying(settings({Setting.MAX_FRAME_SIZE: 1})),
            {UNREACHABLE, UNREADABLE},
            id="starts with bad settings",
        ),
        pytest.param(saying(SETTINGS_ACK), {UNREACHABLE, UNREADABLE}, id="starts with an ACK"),
        pytest.param(saying(goaway(0, 2)), {UNREACHABLE, UNREADABLE}, id="starts with GOAWAY"),
    ],
)
async def test_a_peer_that_cannot_be_talked_to_is_a_failure_at_once(script, comes_to, connect):
    """Long before the deadline, and never an answer. Which of the two words says less than that."""
    async with raw_server(script) as server:
        transport = connect(server.address)
        assert await outcome(ask(transport)) in comes_to
        assert (await streamed(transport)).removeprefix(", then ") in comes_to


async def test_nobody_listening_is_a_failure_at_once(connect):
    """F2: a port that is closed says so."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can take it meanwhile
        transport = connect(f"127.0.0.1:{taken.getsockname()[1]}")
        assert UNREACHABLE == await outcome(ask(transport))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(says_nothing, id="nothing at all"),
        pytest.param(saying(b"\0\0"), id="half a frame's head"),
        pytest.param(saying(settings({1: 1})[:-3]), id="half of its settings"),
    ],
)
async def test_silence_at_the_start_ends_at_the_deadline(script, connect):
    """Not before: a busy service may take its time for a handshake."""
    async with raw_server(script) as server:
        assert LATE == await outcome(ask(connect(server.address), seconds=0.3))


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda s: headers(s, GRPC)[:-4], id="half its headers"),
        pytest.param(lambda s: headers(s, GRPC), id="its headers"),
        pytest.param(lambda s: answer(s)[:-20], id="all but its trailers"),
        pytest.param(
            lambda s: headers(s, GRPC) + data(s, message(b"fine")[:7]), id="half a message"
        ),
    ],
)
async def test_a_connection_cut_amid_an_answer_is_silence(words, connect):
    """F9: the whole message may have come; without its status it is not an answer."""
    async with raw_server(cut_after(words)) as server:
        transport = connect(server.address)
        assert UNREACHABLE == await outcome(ask(transport))
        assert (await streamed(transport)).endswith(f", then {UNREACHABLE}")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(lambda s: headers(s, GRPC)[:4], id="half a frame's head"),
        pytest.param(lambda s: answer(s)[:-5], id="half of its trailers"),
        pytest.param(lambda s: headers(s, GRPC), id="whole headers"),
    ],
)
async def test_half_an_answer_and_then_silence_ends_at_the_deadline(words, connect):
    """F6, where nothing else notices."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        peer.send(words((await peer.request()).stream))
        peer.polite = peer.refills = False  # a frame of its own would complete the half one

    async with raw_server(script) as server:
        transport = connect(server.address)
        assert LATE == await outcome(ask(transport, seconds=0.3))
        assert (await streamed(transport, seconds=0.3)).endswith(f", then {LATE}")


async def test_a_call_after_an_outage_finds_the_service_again(connect):
    """F1: the way back is a second at most; the first two connections are cut, the third serves."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        while peer.number >= 2:
            peer.send(answer((await peer.request()).stream))
        peer.close()

    async with raw_server(script) as server:
        assert b"fine" == await answered(connect(server.address))


async def test_an_idle_connection_that_was_closed_costs_no_call(connect):
    """A service that was restarted while nobody called: the next call finds the new one."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        peer.send(answer((await peer.request()).stream))
        while peer.number:
            peer.send(answer((await peer.request()).stream))

    async with raw_server(script) as server:
        transport = connect(server.address)
        await ask(transport)
        server.peers[0].close()
        await until(lambda: server.peers[0].is_gone)
        assert b"fine" == await answered(transport)


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_frozen_peer_is_found_long_before_the_deadline(connect, kind):
    """F4 and F6: grpcio needs `ping_timeout_ms` for it (docs/spec/reliability.md section 1)."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        await peer.request()
        peer.polite = False

    async with raw_server(script) as server:
        transport = connect(server.address)
        calls = (outcome(ask(transport)), streamed(transport, ()))
        assert [UNREACHABLE, f", then {UNREACHABLE}"] == await asyncio.gather(*calls)


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_slow_peer_that_answers_pings_is_not_frozen(connect):
    """Slow is the deadline's affair."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = await peer.request()
        await peer.until(lambda: peer.pings)
        peer.send(answer(asked.stream))

    async with raw_server(script) as server:
        assert b"fine" == await ask(connect(server.address))


async def test_closing_the_transport_ends_the_calls_under_way(connect):
    async with raw_server(says_nothing) as server:
        transport = connect(server.address)
        calls = [asyncio.create_task(outcome(ask(transport))) for _ in range(3)]
        await until(lambda: server.peers)
        await transport.close()
        done, _ = await asyncio.wait(calls)
        assert {True} == {call.cancelled() or call.result() == UNREACHABLE for call in done}
