"""Good HTTP/2, bad gRPC: answers that a broken service or a proxy gives, and what they come to.

Sources   docs/spec/reliability.md F7, F8; gRPC over HTTP/2; grpc/doc/http-grpc-status-mapping.md
"""

import gzip
import tracemalloc

import pytest

from bff.terms.errors import ServiceSilent
from tests.transport.both import AMPLE_S, HTTP2, LIMIT_BYTES, ask, outcome
from tests.transport.expectations import Does, Row, answering, rows
from tests.transport.raw_frames import (
    GRPC,
    OK,
    ZIPPED,
    Fields,
    answer,
    data,
    headers,
    in_frames,
    message,
    zipped,
)
from tests.transport.raw_server import raw_server

UNREADABLE = "silent upstream-invalid-response"
TOO_LARGE = "silent upstream-response-too-large"
UNREACHABLE = "silent upstream-unavailable"
HTML: Fields = (("content-type", "text/html"),)
LATE = "silent upstream-timeout"


def only_headers(*fields: tuple[str, str]):
    return lambda stream: headers(stream, fields, end=True)


def page(status: int):
    """What a proxy says in place of the service."""

    def sent(stream: int) -> bytes:
        fields = ((":status", str(status)), *HTML)
        return headers(stream, fields) + data(stream, b"<h1>oops</h1>", end=True)

    return sent


def body(*payloads: bytes, begin: Fields = GRPC, end: Fields = OK):
    """The answer's DATA frames, between good headers and good trailers unless told otherwise."""

    def sent(stream: int) -> bytes:
        middle = b"".join(in_frames(stream, payload) for payload in payloads)
        return headers(stream, begin) + middle + headers(stream, end, end=True)

    return sent


def trailers(*fields: tuple[str, str]):
    return body(message(b"fine"), end=fields)


def without_trailers(stream: int) -> bytes:
    return headers(stream, GRPC) + data(stream, message(b"fine"), end=True)


def coded(encoding: str, payload: bytes):
    return body(payload, begin=(*GRPC, ("grpc-encoding", encoding)))


FRAMING = (
    Row("a good answer", answer, "answer fine"),
    Row("a message in pieces", body(*(bytes((b,)) for b in message(b"fine"))), "answer fine"),
    Row("an empty message", body(message(b"")), "answer "),
    Row("no trailers", without_trailers, UNREADABLE),
    Row("trailers without grpc-status", trailers(("x-k", "v")), UNREADABLE),
    Row("an OK without a message", body(), UNREADABLE),
    Row("only trailers, with OK", only_headers(*GRPC, *OK), UNREADABLE),
    Row(
        "two messages",
        body(message(b"one"), message(b"two")),
        UNREADABLE,
        grpcio=LATE,
        why="hangs to the deadline",
        seconds=0.2,
    ),
    Row("a message cut short", body(message(b"fine", length=10)), UNREADABLE),
    Row("a prefix cut short", body(b"\0\0\0"), UNREADABLE),
    Row(
        "a message and half a prefix",
        body(message(b"fine"), b"\0\0"),
        UNREADABLE,
        grpcio=LATE,
        why="hangs to the deadline",
        seconds=0.2,
    ),
    Row("a claim of 4 GB", body(message(b"", length=0xFFFFFFFF)), TOO_LARGE),
    Row("a message over the limit", body(message(b"", length=LIMIT_BYTES + 1)), TOO_LARGE),
    Row("an unknown flag", body(message(b"fine", flag=2)), UNREADABLE),
)
COMPRESSION = (
    Row("gzip", body(zipped(b"fine"), begin=ZIPPED), "answer fine"),
    Row("gzip promised, plain sent", body(message(b"fine"), begin=ZIPPED), "answer fine"),
    Row(
        "a compressed flag without encoding",
        body(zipped(b"fine")),
        UNREADABLE,
        grpcio="said internal",
        why="puts its own finding into the service's mouth",
    ),
    Row(
        "a compressed flag with identity",
        coded("identity", zipped(b"fine")),
        UNREADABLE,
        grpcio="said internal",
        why="puts its own finding into the service's mouth",
    ),
    Row("an encoding that nobody knows", coded("br", message(b"fine", flag=1)), UNREADABLE),
    Row("gzip that is none", coded("gzip", message(b"rubbish", flag=1)), UNREADABLE),
    Row("gzip cut short", coded("gzip", message(gzip.compress(b"fine")[:-9], flag=1)), UNREADABLE),
    Row("a gzip bomb", coded("gzip", zipped(bytes(20_000_000))), TOO_LARGE),
)
STATUSES = (
    Row("grpc-status 99", trailers(("grpc-status", "99")), "said unknown"),
    Row("grpc-status abc", trailers(("grpc-status", "abc")), UNREADABLE),
    Row("grpc-status empty", trailers(("grpc-status", "")), UNREADABLE),
    Row("grpc-status -1", trailers(("grpc-status", "-1")), UNREADABLE),
    Row("only trailers, not found", only_headers(*GRPC, ("grpc-status", "5")), "said not-found"),
    Row("a message, then not found", trailers(("grpc-status", "5")), "said not-found"),
    Row("said to be unavailable", trailers(("grpc-status", "14")), UNREACHABLE),
)
HTTP = (
    Row("html with 200", page(200), UNREADABLE),
    Row(
        "no content-type",
        body(message(b"fine"), begin=((":status", "200"),)),
        UNREADABLE,
        grpcio="answer fine",
        why="does not look",
    ),
    Row(
        "grpc-web",
        body(begin=((":status", "200"), ("content-type", "application/grpc-web"))),
        UNREADABLE,
    ),
    Row(
        "no :status",
        body(message(b"fine"), begin=GRPC[1:]),
        UNREADABLE,
        grpcio="answer fine",
        why="does not look",
    ),
    Row("a :status that is no number", only_headers((":status", "many"), *HTML), UNREADABLE),
    Row("HTTP 302", page(302), UNREADABLE),
    Row("HTTP 400", page(400), UNREADABLE),
    Row("HTTP 401", page(401), UNREADABLE),
    Row("HTTP 403", page(403), UNREADABLE),
    Row("HTTP 404", page(404), "silent upstream-unimplemented"),
    Row("HTTP 429", page(429), UNREACHABLE),
    Row("HTTP 500", page(500), UNREADABLE),
    Row("HTTP 502", page(502), UNREACHABLE),
    Row("HTTP 503", page(503), UNREACHABLE),
    Row("HTTP 504", page(504), UNREACHABLE),
)
TABLE = (*FRAMING, *COMPRESSION, *STATUSES, *HTTP)


@rows(TABLE)
async def test_an_answer_comes_to(row: Row, connect, kind):
    async with raw_server(answering(row.does)) as server:
        came = await outcome(ask(connect(server.address), seconds=row.seconds or AMPLE_S))
    assert row.expected(kind) == came


def spoiling_the_first(row: Row) -> Does:
    """Stream 1 is answered as the row says, the others well."""
    return lambda stream: row.does(stream) if stream == 1 else answer(stream)


@rows(TABLE)
async def test_a_bad_answer_leaves_the_connection_to_the_next_call(row: Row, connect, kind):
    """What is wrong with one stream is no word about the others."""
    async with raw_server(answering(spoiling_the_first(row))) as server:
        transport = connect(server.address)
        await outcome(ask(transport, seconds=row.seconds or AMPLE_S))
        assert b"fine" == await ask(transport)
        assert 1 == len(server.peers)


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_a_gzip_bomb_is_not_inflated_beyond_the_limit(connect):
    """F8: 20 MB in 20 KB. grpcio's memory is not Python's, so that it cannot be measured so."""
    bomb = zipped(bytes(20_000_000))
    async with raw_server(answering(body(bomb, begin=ZIPPED))) as server:
        transport = connect(server.address)
        tracemalloc.start()
        try:
            assert TOO_LARGE == await outcome(ask(transport))
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak_bytes < 2_000_000


@pytest.mark.parametrize("kind", [HTTP2], indirect=True)
async def test_f8_a_failure_keeps_nothing_of_what_was_read(connect):
    """Frames hold what they were given; a failure that is remembered for a moment would hold 450 KB
    of a bomb until the collector comes.
    """
    bomb = zipped(bytes(20_000_000))
    async with raw_server(answering(body(bomb, begin=ZIPPED))) as server:
        with pytest.raises(ServiceSilent) as caught:
            await ask(connect(server.address))
    names = {entry.name for entry in caught.traceback}
    assert "unary" in names
    assert not names & {"data_received", "feed", "_inflated"}


async def test_a_gzip_that_lies_about_its_length_is_inflated_no_further(connect, kind):
    """RFC 1952 2.3.1: the last four bytes are the length."""
    whole = gzip.compress(bytes(50_000))
    lying = Row(
        "a lie",
        coded("gzip", message(whole[:-4] + (10).to_bytes(4, "little"), flag=1)),
        UNREADABLE,
    )
    async with raw_server(answering(lying.does)) as server:
        assert lying.expected(kind) == await outcome(ask(connect(server.address)))


async def test_a_1xx_is_not_the_answer_yet(connect, kind):
    """RFC 9113 8.1: it follows. grpcio takes the 1xx for it, and gives up the connection."""
    early = Row(
        "a 1xx first",
        lambda stream: headers(stream, [(":status", "103"), ("link", "</x>")]) + answer(stream),
        "answer fine",
        grpcio=UNREADABLE,
        why="takes it for the answer",
    )
    async with raw_server(answering(early.does)) as server:
        assert early.expected(kind) == await outcome(ask(connect(server.address)))
