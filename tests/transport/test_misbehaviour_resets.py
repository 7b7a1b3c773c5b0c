"""RST_STREAM with every code, at every moment: which failure is it, and may the call be sent again?

Sources   gRPC over HTTP/2 (Errors: the table of codes); RFC 9113 sections 5.4.2 and 8.7.
"""

import pytest

from tests.transport.both import GRPCIO, HTTP2, ask, outcome, streamed
from tests.transport.expectations import Row, answering, rows
from tests.transport.raw_frames import GRPC, answer, data, headers, message, reset
from tests.transport.raw_server import Peer, raw_server

UNREACHABLE = "silent upstream-unavailable"
UNREADABLE = "silent upstream-invalid-response"
NO_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 0, 7, 8, 11
CALM = "silent upstream-response-too-large"


def resetting(code: int):
    return lambda stream: reset(stream, code)


def begun(stream: int) -> bytes:
    return headers(stream, GRPC) + data(stream, message(b"fine"))


TABLE = (
    Row("NO_ERROR", resetting(NO_ERROR), UNREADABLE),
    Row("PROTOCOL_ERROR", resetting(1), UNREADABLE),
    Row("INTERNAL_ERROR", resetting(2), UNREADABLE),
    Row("FLOW_CONTROL_ERROR", resetting(3), UNREADABLE),
    Row("SETTINGS_TIMEOUT", resetting(4), UNREADABLE),
    Row("STREAM_CLOSED", resetting(5), UNREADABLE),
    Row("FRAME_SIZE_ERROR", resetting(6), UNREADABLE),
    Row("REFUSED_STREAM", resetting(REFUSED_STREAM), UNREACHABLE),
    Row("CANCEL", resetting(CANCEL), UNREADABLE),
    Row("COMPRESSION_ERROR", resetting(9), UNREADABLE),
    Row("CONNECT_ERROR", resetting(10), UNREADABLE),
    Row(
        "ENHANCE_YOUR_CALM",
        resetting(ENHANCE_YOUR_CALM),
        UNREACHABLE,
        grpcio=CALM,
        why="says RESOURCE_EXHAUSTED, which we read as an answer that is too large",
    ),
    Row("INADEQUATE_SECURITY", resetting(12), UNREADABLE),
    Row("HTTP_1_1_REQUIRED", resetting(13), UNREADABLE),
    Row("a code that nobody knows", resetting(0xABCD), UNREADABLE),
    Row("after its headers", lambda s: headers(s, GRPC) + reset(s, 2), UNREADABLE),
    Row("after its message", lambda s: begun(s) + reset(s, 2), UNREADABLE),
    Row("after its end", lambda s: answer(s) + reset(s, 2), "answer fine"),
    Row("NO_ERROR after its end", lambda s: answer(s) + reset(s, NO_ERROR), "answer fine"),
)


@rows(TABLE)
async def test_a_reset_comes_to(row: Row, connect, kind):
    async with raw_server(answering(row.does)) as server:
        assert row.expected(kind) == await outcome(ask(connect(server.address)))


@rows(TABLE)
async def test_a_reset_stream_comes_to(row: Row, connect, kind):
    async with raw_server(answering(row.does)) as server:
        came = await streamed(connect(server.address))
    expected = row.expected(kind)
    assert expected in ("answer fine", came.partition("then ")[2])
    assert expected != "answer fine" or "fine, then OK" == came


async def test_a_refused_stream_is_sent_again_once(connect, kind):
    """RFC 9113 8.7: a refused stream was not processed. grpcio's transparent retries are switched
    off together with its others (`grpc.enable_retries`).
    """

    async def script(peer: Peer) -> None:
        await peer.greet()
        peer.send(reset((await peer.request()).stream, REFUSED_STREAM))
        peer.send(answer((await peer.request()).stream))

    async with raw_server(script) as server:
        expected = UNREACHABLE if kind == GRPCIO else "answer fine"
        assert expected == await outcome(ask(connect(server.address)))


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_refused_stream_is_no_reason_for_another_connection(connect):
    """Where the one that refused it has room."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        peer.send(reset((await peer.request()).stream, REFUSED_STREAM))
        while True:
            peer.send(answer((await peer.request()).stream))

    async with raw_server(script) as server:
        transport = connect(server.address)
        assert b"fine" == await ask(transport)
        assert "resting" in repr(transport)


async def test_a_stream_that_goes_on_being_refused_is_not_sent_again_and_again(connect):
    """F9: once, not more."""
    async with raw_server(answering(resetting(REFUSED_STREAM))) as server:
        assert UNREACHABLE == await outcome(ask(connect(server.address)))
        assert len([it for peer in server.peers for it in peer.asked]) <= 2


async def test_a_call_whose_answer_began_is_never_sent_again(connect):
    """A peer that refuses what it has begun to answer lies: doing it twice would be worse."""
    lies = answering(lambda stream: begun(stream) + reset(stream, REFUSED_STREAM))
    async with raw_server(lies) as server:
        assert UNREACHABLE == await outcome(ask(connect(server.address)))
        assert 1 == len([it for peer in server.peers for it in peer.asked])


@pytest.mark.parametrize("code", [NO_ERROR, CANCEL])
async def test_a_status_given_early_is_kept_though_a_reset_follows(code, connect, kind):
    """RFC 9113 8.1: a server may answer before it has the request, then asks us to stop sending.
    grpcio takes a CANCEL for the answer, though the status came before it.
    """

    async def script(peer: Peer) -> None:
        await peer.greet()
        stream = await peer.opened()
        ended = headers(stream, (*GRPC, ("grpc-status", "9")), end=True)
        peer.send(ended, reset(stream, code))

    async with raw_server(script) as server:
        requests = (bytes(1_000) for _ in range(1_000))
        came = await streamed(connect(server.address), requests)
    lost = kind == GRPCIO and code == CANCEL and came == f", then {UNREADABLE}"
    assert lost or ", then said failed-precondition" == came


async def test_an_ok_given_early_is_ok(connect):
    """The service has heard enough."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        stream = await peer.opened()
        peer.send(answer(stream), reset(stream, NO_ERROR))

    async with raw_server(script) as server:
        requests = (bytes(1_000) for _ in range(1_000))
        assert "fine, then OK" == await streamed(connect(server.address), requests)
