"""F20: whatever a server answers, or does not, ends in time, within bounds, and as one sentence."""

import asyncio
import socket

import pytest

from bff.guard.outbound import MAX_HEAD_BYTES, Answered, Unreachable, ask
from tests.guard.raw_server import server

OK = b"HTTP/1.1 200 OK\r\ncontent-type: Application/JSON; charset=utf-8\r\n"


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


async def test_f20_who_drips_is_left_in_time_all_told() -> None:
    """Each byte comes within a socket's own timeout; together they would last for ever."""
    async with server(OK + b"\r\n", drips=True) as (url, _):
        with pytest.raises(Unreachable, match="no answer within"):
            await ask(url, timeout_s=0.2)


async def test_f20_who_sends_too_much_is_left_before_it_is_all_there() -> None:
    async with server(OK + b"\r\n", *[BIG] * 800) as (url, _):
        with pytest.raises(Unreachable, match="larger than"):
            await ask(url)


async def test_f20_who_does_not_listen_is_told_at_once() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, never listening: nobody else can take the port
        with pytest.raises(Unreachable, match="Connect call failed"):
            await ask(f"http://127.0.0.1:{held.getsockname()[1]}/")


@pytest.mark.parametrize("url", ["http://", "http:///a", "http://[::1", "http://127.0.0.1:99999/"])
async def test_what_is_no_address_is_a_failure_and_no_crash(url: str) -> None:
    with pytest.raises(Unreachable):
        await ask(url, timeout_s=0.1)


async def test_a_user_and_a_query_in_an_address_are_not_told() -> None:
    """Nor is the user sent: whoever writes an address may write it wrong."""
    async with server(OK + b"content-length: x\r\n\r\n") as (url, heard):
        with pytest.raises(Unreachable) as wrong:
            await ask(url.replace("//", "//user:hunter2@"))
    assert [] == [one for one in ("hunter2", "a=b") if one in str(wrong.value)]
    assert b"user" not in heard[0]


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    async with server(OK + b"content-length: 2\r\n\r\n{}") as (url, _):
        assert 200 == (await ask(url)).status


async def test_https_wants_a_certificate_that_we_can_check() -> None:
    """The server speaks plain HTTP: the handshake fails, and nothing is read unencrypted."""
    async with server(OK + b"content-length: 2\r\n\r\n{}") as (url, heard):
        with pytest.raises(Unreachable, match="SSL"):
            await ask(url.replace("http://", "https://"))
    assert [] == heard


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
