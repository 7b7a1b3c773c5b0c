"""The services in Python speak gRPC, as grpcio understands it, and our own load speaks HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from bench.canned import Answer, Downstream, headers_of, listen
from bench.load import main, percentile, request
from tests.conditions import until

BODY = bytes(range(256)) * 1_200
"""Larger than the window that a peer gives at first."""


def raw(channel: grpc.aio.Channel) -> "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]":
    return channel.unary_unary("/any.Service/Any", lambda one: one, lambda one: one)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> set[Downstream]:
    """The connections that are open."""
    found: set[Downstream] = set()
    made = Downstream.connection_made

    def noted(self: Downstream, transport: asyncio.BaseTransport) -> None:
        found.add(self)
        made(self, transport)

    monkeypatch.setattr(Downstream, "connection_made", noted)
    monkeypatch.setattr(Downstream, "connection_lost", lambda self, exc: found.discard(self))
    return found


@pytest_asyncio.fixture
async def channels(
    tmp_path: Path, connected: set[Downstream]
) -> AsyncIterator[list[grpc.aio.Channel]]:
    """Of a plain port, of one with unique headers, and of one that takes a millisecond."""
    file = tmp_path / "body.bin"
    file.write_bytes(BODY)
    arguments = [f"0,{file},0,0", f"0,{file},0,1", f"0,{file},1000,0"]
    servers = await listen([Answer.of(one) for one in arguments])
    ports = [one.sockets[0].getsockname()[1] for one in servers]
    # grpc takes at most 4 MB by default; the window is its own affair
    found = [grpc.aio.insecure_channel(f"127.0.0.1:{port}") for port in ports]
    yield found
    for one in found:
        await one.close()
    await until(lambda: not connected)
    for server in servers:
        server.close()


async def test_many_calls_at_once_get_the_whole_message(channels):
    call = raw(channels[0])
    assert [BODY] * 40 == await asyncio.gather(*(call(b"") for _ in range(40)))


async def test_the_window_for_requests_is_given_back(channels):
    """Together they are larger than what one connection lets in at first."""
    call = raw(channels[0])
    for _ in range(20):
        assert BODY == await call(b"x" * 1_000_000)


async def test_a_late_answer_is_the_same_answer(channels):
    assert BODY == await raw(channels[2])(b"")


async def test_each_answer_can_have_a_header_that_no_other_has(channels):
    call = raw(channels[1])
    seen = set()
    for _ in range(5):
        going = call(b"")
        seen.add(dict(await going.initial_metadata())["x-request-id"])
        await going
    assert 5 == len(seen)


async def test_without_being_told_so_answers_are_alike(channels):
    going = raw(channels[0])(b"")
    assert "x-request-id" not in dict(await going.initial_metadata())
    await going
    assert headers_of(None) == headers_of(None)


def test_a_request_with_a_body_says_how_long_it_is():
    made = request("POST", "/v1/users", host="h", headers=(("A", "b"),), body=b"{}")
    assert b"POST /v1/users HTTP/1.1\r\nHost: h\r\nA: b\r\nContent-Length: 2\r\n\r\n{}" == made


@pytest.mark.parametrize("share, value", [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_percentiles_of_a_hundred(share, value):
    assert value == percentile(list(range(1, 101)), share)


def test_there_is_no_percentile_of_nothing():
    assert 0 == percentile([], 0.5)


async def test_our_own_load_counts_answers_and_errors(capsys):
    """A server that fails every second request: both kinds are counted, and paths take turns."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            asked.append(head.split(maxsplit=2)[1])
            status = b"200 OK" if len(asked) % 2 else b"503 Busy"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")

    gone = asyncio.Event()
    server = await asyncio.start_server(_quietly(serve, gone), "127.0.0.1", 0)
    plan = {
        "host": "127.0.0.1",
        "port": server.sockets[0].getsockname()[1],
        "method": "GET",
        "paths": ["/a", "/b"],
        "headers": [],
        "body": "",
        "connections": 1,
        "seconds": 0.05,
    }
    await main(plan)
    await gone.wait()
    server.close()
    told = json.loads(capsys.readouterr().out)
    assert told["requests"] in (len(asked), len(asked) - 1)
    assert told["errors"] == told["requests"] // 2 > 0
    assert [b"/a", b"/b"] * (len(asked) // 2) == asked[: len(asked) // 2 * 2]


def _quietly(serve, gone: asyncio.Event):
    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            gone.set()

    return run
