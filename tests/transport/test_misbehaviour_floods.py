"""A peer that keeps us busy with frames that cost it nothing: the connection ends, soon.

Why       CVE-2023-44487 and its kin (PING, SETTINGS, empty DATA, CONTINUATION floods) work on
          clients, too: a service that floods us must not have the process of every other caller.
Sources   docs/spec/threats.md (BFF process); RFC 9113 section 10.5; CVE-2019-9511 to 9518.
"""

import pytest

from tests.transport.both import HTTP2, answered, ask, outcome, streamed
from tests.transport.expectations import Does
from tests.transport.raw_frames import (
    GRPC,
    Kind,
    Setting,
    answer,
    block,
    continuation,
    data,
    frame,
    goaway,
    headers,
    ping,
    reset,
    settings,
    window_update,
)
from tests.transport.raw_server import GoneError, Peer, Script, raw_server

UNREADABLE = "silent upstream-invalid-response"
BATCH = 1_000
MOST_BATCHES = 2_000
"""A flood of 2 million frames: whoever takes it all has no limit."""


def flooding(begin: Does, again: Does) -> Script:
    """`begin`, then `again` for as long as the client takes it; `peer.batches` counts."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        asked = await peer.request()
        if asked.body == b"keep":
            peer.send(answer(asked.stream))
            return
        peer.send(begin(asked.stream))
        many = again(asked.stream) * BATCH
        while peer.batches < MOST_BATCHES and not peer.is_gone:
            peer.send(many)
            await peer.flushed()
            peer.batches += 1
        raise GoneError

    return script


def nothing(_: int) -> bytes:
    return b""


def opened(stream: int) -> bytes:
    return headers(stream, GRPC)


def endless_headers(stream: int) -> bytes:
    return frame(Kind.HEADERS, stream=stream, payload=block(GRPC))


FLOODS = (
    ("PINGs", nothing, lambda _: ping()),
    ("SETTINGS", nothing, lambda _: settings({})),
    ("SETTINGS that change", nothing, lambda _: settings({Setting.INITIAL_WINDOW_SIZE: 70_000})),
    ("empty DATA", opened, data),
    (
        "padding alone",
        opened,
        lambda stream: frame(Kind.DATA, flags=8, stream=stream, payload=b"\0"),
    ),
    ("CONTINUATION", endless_headers, lambda stream: continuation(stream, block((("x", "y"),)))),
    ("empty CONTINUATION", endless_headers, lambda stream: continuation(stream, b"")),
    ("window updates", nothing, lambda stream: window_update(stream, 1)),
    ("unknown frames", nothing, lambda stream: frame(0xEE, stream=stream)),
    ("priorities", nothing, lambda s: frame(Kind.PRIORITY, stream=s, payload=b"\0\0\0\0\1")),
    ("GOAWAYs", nothing, lambda _: goaway(2**31 - 1)),
    ("resets of a closed stream", lambda s: reset(s, 2), lambda s: reset(s, 2)),
    ("informational headers", nothing, lambda s: headers(s, ((":status", "103"),))),
    ("headers for a closed stream", lambda s: reset(s, 2), lambda s: headers(s, GRPC)),
)
floods = pytest.mark.parametrize(
    ("begin", "again"), [pytest.param(*it[1:], id=it[0]) for it in FLOODS]
)


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
@floods
async def test_a_flood_ends_its_connection(begin, again, connect):
    """However patient the deadline. grpcio stands some of these for as long as they last."""
    async with raw_server(flooding(begin, again)) as server:
        transport = connect(server.address)
        assert UNREADABLE == await outcome(ask(transport))
        assert b"fine" == await answered(transport, b"keep")
        assert server.peers[0].batches < MOST_BATCHES


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
@floods
async def test_a_flood_amid_a_stream_ends_its_connection(begin, again, connect):
    """The messages that came before stay good."""
    async with raw_server(flooding(begin, again)) as server:
        assert f", then {UNREADABLE}" == await streamed(connect(server.address))


@floods
async def test_a_flood_does_not_prolong_a_call(begin, again, connect):
    """Whatever else a transport makes of it."""
    async with raw_server(flooding(begin, again)) as server:
        assert (await outcome(ask(connect(server.address), seconds=0.2))).startswith("silent ")


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_peer_may_send_such_frames_now_and_then(connect):
    """A gRPC server may send a PING and a window update with every answer."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            asked = await peer.request()
            peer.send(ping(), window_update(0, 10), answer(asked.stream))

    async with raw_server(script) as server:
        transport = connect(server.address)
        assert {b"fine"} == {await ask(transport) for _ in range(3 * BATCH)}
        assert 1 == len(server.peers)
