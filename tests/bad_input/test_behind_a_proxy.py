"""Rows 1-25 behind a reverse proxy: it may mend what we refuse, and nobody can smuggle by both."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bad_input.raw import GOOD, Door
from tests.bad_input.rows import MALFORMED, OTHERWISE

pytestmark = pytest.mark.asyncio(loop_scope="module")

HAPROXY = """
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  timeout http-request 1s
frontend front
  bind {socket}
  default_backend back
backend back
  http-reuse always
  server bff 127.0.0.1:{port}
"""
NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  client_header_timeout 1s;
  upstream bff {{ server 127.0.0.1:{port}; keepalive 8; }}
  server {{
    listen unix:{socket};
    location / {{
      proxy_pass http://bff; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Proxied(Door):
    """A door behind another."""

    socket: str = ""

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(self.socket)


@asynccontextmanager
async def proxied(name: str, port: int) -> AsyncIterator[Proxied]:
    program = shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip(f"{name} is not installed")
    with tempfile.TemporaryDirectory() as place:
        folder, socket = Path(place), f"{place}/front.sock"
        config = folder / "config"
        text = HAPROXY if name == "haproxy" else NGINX
        config.write_text(text.format(folder=folder, socket=socket, port=port))
        words = ("-db", "-f") if name == "haproxy" else ("-c",)
        process = await asyncio.create_subprocess_exec(
            program,
            *words,
            str(config),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            door = Proxied(port, socket)
            while not await _listens(door):
                assert process.returncode is None
                await asyncio.sleep(0)
            yield door
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _listens(door: Proxied) -> bool:
    try:
        _, writer = await door.open()
    except OSError:
        return False
    writer.transport.abort()
    return True


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["haproxy", "nginx"])
async def front(request: pytest.FixtureRequest, port: int) -> AsyncIterator[Proxied]:
    async with proxied(request.param, port) as found:
        yield found


ROWS = {**MALFORMED, **{row: sent for row, (sent, _, _) in OTHERWISE.items()}}


@pytest.mark.parametrize("row", ROWS)
async def test_one_request_is_one_answer_and_at_most_one_call(front, demo, row):
    """What a proxy mends is one request to both: a further answer, before that to the good request
    behind it, would be a smuggled one.
    """
    reader, writer = await front.open()
    writer.write(ROWS[row])
    text = await _read(reader, _whole_answer)
    if not reader.at_eof():
        writer.write(GOOD)
        text += await _read(reader, asyncio.StreamReader.read)
    writer.transport.abort()
    assert text.count(b"HTTP/1.1 ") <= 2
    assert len(demo.services.record.methods) <= text.count(b"HTTP/1.1 200 ")
    assert 200 == (await front.ask(GOOD)).status


async def _read(
    reader: asyncio.StreamReader, how: Callable[[asyncio.StreamReader], Awaitable[bytes]]
) -> bytes:
    """What comes, up to a reset."""
    try:
        return await how(reader)
    except ConnectionError:
        return b""


async def _whole_answer(reader: asyncio.StreamReader) -> bytes:
    """One whole answer, or what there is of it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        return head + (await reader.readexactly(int(length[1])) if length else b"")
    except asyncio.IncompleteReadError as cut:
        return bytes(cut.partial)


async def test_a_good_request_passes(front):
    assert 200 == (await front.ask(GOOD)).status
