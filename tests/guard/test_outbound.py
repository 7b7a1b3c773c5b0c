"""F20: whatever a server answers, or does not, ends in time, within bounds, and as one sentence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bff.guard.outbound import MAX_HEAD_BYTES, Answered, Unreachable, ask

OK = b"HTTP/1.1 200 OK\r\ncontent-type: Application/JSON; charset=utf-8\r\n"
Heard = list[bytes]


@asynccontextmanager
async def server(*pieces: bytes, stays: bool = False) -> AsyncIterator[tuple[str, Heard]]:
    """Says those bytes to whoever asks; then hangs up, or stays and says nothing more."""
    heard: Heard = []
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        heard.append(head + await reader.readexactly(length))
        for piece in pieces:
            writer.write(piece)
        if stays:
            await ended.wait()
        writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/token?a=b", heard
    finally:
        ended.set()
        listening.close()


@pytest.mark.parametrize(
    "pieces",
    [
        (OK + b"content-length: 2\r\n\r\n{}",),
        (OK + b"content-length: 2\r\n\r\n", b"{", b"}"),
        (OK + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n",),
        (OK + b"\r\n{}",),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"content-length: 2\r\n\r\n{}",),
    ],
    ids=["length", "pieces", "chunked", "to the end", "after a 100"],
)
async def test_a_whole_answer_is_read_however_it_is_framed(pieces: tuple[bytes, ...]) -> None:
    async with server(*pieces) as (url, _):
        assert Answered(200, "application/json", b"{}") == await ask(url)


async def test_a_form_is_posted_with_its_headers() -> None:
    async with server(OK + b"content-length: 0\r\n\r\n") as (url, heard):
        await ask(url, form={"a b": "c&d"}, headers=(("authorization", "Basic x"),))
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert b"POST /token?a=b HTTP/1.1" == head.split(b"\r\n")[0]
    assert b"a+b=c%26d" == body
    assert b"authorization: Basic x" in head


BIG = b"x" * 70_000


@pytest.mark.parametrize(
    "pieces",
    [
        (OK + b"content-length: 52428800\r\n\r\n", BIG),
        (OK + b"content-length: -1\r\n\r\n",),
        (OK + b"content-length: x\r\n\r\n",),
        (OK + b"content-length: 9\r\n\r\n{}",),
        (OK + b"transfer-encoding: chunked\r\n\r\n11170\r\n", BIG),
        (OK + b"transfer-encoding: chunked\r\n\r\n-1\r\n",),
        (OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n",),
        (OK + b"transfer-encoding: chunked\r\n\r\n2\r\n{",),
        (OK + b"\r\n", BIG),
        (OK + b"x: " + b"y" * 2 * MAX_HEAD_BYTES + b"\r\n\r\n",),
        (b"HTTP/1.1 302 Found\r\nlocation: http://evil.example/\r\ncontent-length: 0\r\n\r\n",),
        (b"HTTP/2 200\r\n\r\n",),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n",),
        (b"HTTP/1.1 abc\r\n\r\n",),
        (b"",),
    ],
    ids=lambda pieces: str(pieces[0][-40:]),
)
async def test_f20_what_is_no_whole_small_answer_is_none(pieces: tuple[bytes, ...]) -> None:
    async with server(*pieces) as (url, _):
        with pytest.raises(Unreachable) as wrong:
            await ask(url)
    assert "\n" not in str(wrong.value)
    assert "a=b" not in str(wrong.value), "no query in logs"


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200", OK, OK + b"content-length: 9\r\n\r\n{"])
async def test_f20_who_stalls_is_left_in_time(begun: bytes) -> None:
    async with server(begun, stays=True) as (url, _):
        with pytest.raises(Unreachable, match=r"no answer within 0\.05 s"):
            await ask(url, timeout_s=0.05)


async def test_f20_who_does_not_listen_is_told_at_once() -> None:
    with pytest.raises(Unreachable):
        await ask("http://127.0.0.1:1/")


async def test_who_cancels_leaves_no_connection() -> None:
    """The server sees the end of the connection, and not only of our patience."""
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asking.cancel()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await reader.readexactly(1)
        writer.close()
        gone.set()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    asking = asyncio.create_task(ask(f"http://127.0.0.1:{port}/"))
    await gone.wait()
    listening.close()
    assert asking.cancelled()
