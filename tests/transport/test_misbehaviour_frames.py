"""Bad HTTP/2: frames that a broken or hostile peer sends in place of an answer, or before it.

A peer that breaks HTTP/2 gives an answer that cannot be read; one that goes away cannot be reached.

Sources   RFC 9113 sections 4 to 8; docs/spec/reliability.md F7.
"""

import asyncio

from tests.transport.both import AMPLE_S, GRPCIO, answered, ask, outcome
from tests.transport.expectations import Does, Row, answering, rows
from tests.transport.raw_frames import (
    ACK,
    END_HEADERS,
    GRPC,
    OK,
    PADDED,
    PRIORITY_FLAG,
    Kind,
    Setting,
    answer,
    block,
    continuation,
    data,
    frame,
    headers,
    in_frames,
    message,
    ping,
    reset,
    settings,
    window_update,
)
from tests.transport.raw_server import Peer, Script, raw_server

UNREACHABLE = "silent upstream-unavailable"
UNREADABLE = "silent upstream-invalid-response"
TOO_LARGE = "silent upstream-response-too-large"
LATE = "silent upstream-timeout"
FINE = "answer fine"


def then_fine(*frames: bytes):
    """These frames, then a good answer: for what has to be ignored."""
    return lambda stream: b"".join(frames) + answer(stream)


def padded(stream: int) -> bytes:
    first = b"\x03" + block(GRPC) + bytes(3)
    second = b"\x05" + message(b"fine") + bytes(5)
    return (
        frame(Kind.HEADERS, flags=END_HEADERS | PADDED, stream=stream, payload=first)
        + frame(Kind.DATA, flags=PADDED, stream=stream, payload=second)
        + headers(stream, OK, end=True)
    )


def prioritised(stream: int) -> bytes:
    first = bytes(4) + b"\x10" + block(GRPC)
    return (
        frame(Kind.PRIORITY, stream=stream, payload=bytes(4) + b"\x01")
        + frame(Kind.HEADERS, flags=END_HEADERS | PRIORITY_FLAG, stream=stream, payload=first)
        + in_frames(stream, message(b"fine"))
        + headers(stream, OK, end=True)
    )


def continued(stream: int) -> bytes:
    raw = block((*GRPC, ("x-long", "v" * 100)))
    begun = frame(Kind.HEADERS, stream=stream, payload=raw[:20])
    middle = continuation(stream, raw[20:40]) + continuation(stream, raw[40:], last=True)
    return begun + middle + data(stream, message(b"fine")) + headers(stream, OK, end=True)


def broken_off(stream: int) -> bytes:
    """CONTINUATION is promised; something else comes."""
    return headers(stream, GRPC, whole=False) + data(stream, message(b"fine"))


def long_headers(size: int):
    """A good answer but for a header list of that many bytes."""

    def sent(stream: int) -> bytes:
        raw = block((*GRPC, *((f"x-{number:03}", "v" * 61) for number in range(size // 100))))
        pieces = [raw[at : at + 16_000] for at in range(0, len(raw), 16_000)]
        begun = frame(Kind.HEADERS, stream=stream, payload=pieces[0])
        middle = b"".join(continuation(stream, piece) for piece in pieces[1:])
        ended = continuation(stream, b"", last=True) + data(stream, message(b"fine"))
        return begun + middle + ended + headers(stream, OK, end=True)

    return sent


def bad(kind: int, *, flags: int = 0, payload: bytes = b"", other: int | None = None):
    """One broken frame on the call's stream, or on another one, then a good answer."""

    def sent(stream: int) -> bytes:
        at = stream if other is None else other
        return frame(kind, flags=flags, stream=at, payload=payload) + answer(stream)

    return sent


def loose(name: str, does: Does) -> Row:
    """A connection error that grpcio lets pass."""
    return Row(name, does, UNREADABLE, grpcio=FINE, why="does not look")


def late(name: str, does: Does, *, why: str) -> Row:
    """An error that grpcio does not see: the deadline ends the call."""
    return Row(name, does, UNREADABLE, grpcio=LATE, why=why, seconds=0.2)


IGNORED = (
    Row("an unknown frame type", then_fine(frame(0xFA, payload=b"?")), FINE),
    Row("an unknown frame on our stream", bad(0xFA, flags=0xFF, payload=b"?"), FINE),
    Row("an unknown setting", then_fine(settings({0x77: 7})), FINE),
    Row("an unasked PING ACK", then_fine(ping(ack=True)), FINE),
    Row("a PING", then_fine(ping()), FINE),
    Row("settings again and again", then_fine(*[settings()] * 5), FINE),
    Row("padding", padded, FINE, grpcio=UNREADABLE, why="knows no padding"),
    Row("priorities", prioritised, FINE),
    Row("headers in three frames", continued, FINE),
    Row("a reset of a stream long gone", lambda s: answer(s) + reset(s, 8), FINE),
    Row("an error after the answer", lambda s: answer(s) + data(s, b"late"), FINE),
)
CONNECTION = (
    Row("noise", lambda _: b"\x16\x03\x01 what is this?" * 20, UNREADABLE),
    Row("16 MB announced", lambda s: b"\xff\xff\xff\0\0" + s.to_bytes(4, "big"), UNREADABLE),
    Row("oversize DATA", lambda s: headers(s, GRPC) + data(s, bytes(16_385)), UNREADABLE),
    Row("a short PING", bad(Kind.PING, payload=b"short", other=0), UNREADABLE),
    loose("a PING on a stream", bad(Kind.PING, payload=bytes(8))),
    Row("settings on a stream", bad(Kind.SETTINGS), UNREADABLE),
    Row("settings of 5 bytes", bad(Kind.SETTINGS, payload=bytes(5), other=0), UNREADABLE),
    Row(
        "an ACK that says more",
        bad(Kind.SETTINGS, flags=ACK, payload=bytes(6), other=0),
        UNREADABLE,
    ),
    Row("a window of 2^31", then_fine(settings({Setting.INITIAL_WINDOW_SIZE: 2**31})), UNREADABLE),
    Row("a frame size of 5", then_fine(settings({Setting.MAX_FRAME_SIZE: 5})), UNREADABLE),
    Row("push switched to 2", then_fine(settings({Setting.ENABLE_PUSH: 2})), UNREADABLE),
    Row("a short window update", bad(Kind.WINDOW_UPDATE, payload=b"\0", other=0), UNREADABLE),
    Row("a window update of 0", then_fine(window_update(0, 0)), UNREADABLE),
    loose("a window over 2^31", then_fine(window_update(0, 2**31 - 1))),
    Row("a short reset", bad(Kind.RST_STREAM, payload=b"\0"), UNREADABLE),
    loose("a reset of stream 0", bad(Kind.RST_STREAM, payload=bytes(4), other=0)),
    Row(
        "a GOAWAY on a stream",
        bad(Kind.GOAWAY, payload=bytes(8)),
        UNREADABLE,
        grpcio=UNREACHABLE,
        why="takes it for a GOAWAY",
    ),
    Row("a short GOAWAY", bad(Kind.GOAWAY, payload=bytes(4), other=0), UNREADABLE),
    loose("DATA on stream 0", bad(Kind.DATA, payload=b"x", other=0)),
    loose("headers on stream 0", bad(Kind.HEADERS, flags=4, payload=block(GRPC), other=0)),
    loose("a push promise", bad(Kind.PUSH_PROMISE, flags=4, payload=b"\0\0\0\2" + block(GRPC))),
    late("an answer to nobody", lambda s: answer(s + 2), why="throws it away, and waits on"),
    late("an answer of stream 2", lambda _: answer(2), why="throws it away, and waits on"),
    Row("a CONTINUATION of nothing", bad(Kind.CONTINUATION, flags=4), UNREADABLE),
    Row("a header list broken off", broken_off, UNREADABLE),
    Row(
        "padding longer than its frame", bad(Kind.DATA, flags=PADDED, payload=b"\x09x"), UNREADABLE
    ),
    Row("headers that are no HPACK", bad(Kind.HEADERS, flags=4, payload=b"\xff" * 20), UNREADABLE),
    Row(
        "70 KB of headers",
        long_headers(70_000),
        UNREADABLE,
        grpcio=TOO_LARGE,
        why="reads on, however much comes",
    ),
)
STREAM = (
    Row("a window update of 0 for us", lambda s: window_update(s, 0), UNREADABLE),
    late("a window over 2^31 for us", lambda s: window_update(s, 2**31 - 1), why="does not count"),
    Row("DATA before headers", lambda s: data(s, message(b"fine"), end=True), UNREADABLE),
    Row("20 KB of headers", long_headers(20_000), TOO_LARGE),
    Row(
        "a name in upper case", lambda s: headers(s, (*GRPC, ("X-K", "v"))) + answer(s), UNREADABLE
    ),
    Row("a second header list", lambda s: headers(s, GRPC) * 2 + answer(s), UNREADABLE),
)
TABLE = (*IGNORED, *CONNECTION, *STREAM)


@rows(TABLE)
async def test_frames_come_to(row: Row, connect, kind):
    async with raw_server(answering(row.does)) as server:
        came = await outcome(ask(connect(server.address), seconds=row.seconds or AMPLE_S))
    assert row.expected(kind) == came


@rows(IGNORED)
async def test_what_is_ignored_leaves_the_connection_open(row: Row, connect, kind):
    async with raw_server(answering(row.does)) as server:
        transport = connect(server.address)
        outcomes = {await outcome(ask(transport)) for _ in range(3)}
        if kind == GRPCIO and row.grpcio:
            assert FINE not in outcomes
        else:
            assert ({FINE}, 1) == (outcomes, len(server.peers))


def spoiling(row: Row) -> Script:
    """The request "spoil" is answered as the row says, every other one well."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        while True:
            asked = await peer.request()
            peer.send(row.does(asked.stream) if asked.body == b"spoil" else answer(asked.stream))

    return script


@rows(STREAM)
async def test_what_is_wrong_with_one_stream_leaves_the_others_alone(row: Row, connect, kind):
    """Two calls are under way on one connection; the answer to one is spoiled. grpcio makes some of
    these an error of the connection.
    """

    async def script(peer: Peer) -> None:
        await peer.greet()
        streams = {asked.body: asked.stream for asked in [await peer.request() for _ in range(2)]}
        peer.send(row.does(streams[b"spoil"]), answer(streams[b"keep"]))

    async with raw_server(script) as server:
        transport = connect(server.address)
        spoiled = outcome(ask(transport, b"spoil", seconds=row.seconds or AMPLE_S))
        kept = outcome(ask(transport, b"keep"))
        outcomes = await asyncio.gather(spoiled, kept)
    assert row.expected(kind) == outcomes[0]
    assert FINE == outcomes[1] or (kind == GRPCIO and UNREADABLE == outcomes[1])


@rows(CONNECTION)
async def test_after_a_connection_error_the_next_call_has_a_new_connection(row: Row, connect, kind):
    async with raw_server(spoiling(row)) as server:
        transport = connect(server.address)
        await outcome(ask(transport, b"spoil", seconds=row.seconds or AMPLE_S))
        assert b"fine" == await answered(transport)
        assert kind == GRPCIO or 2 == len(server.peers)
