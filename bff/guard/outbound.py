"""Ask one URL over HTTP/1.1, bounded in time and in bytes: how this server talks to an issuer.

Why       An identity provider can stall, drip, redirect, or send 50 MB. Each of these ends here, in
          seconds and kilobytes, and no thread is held meanwhile: a hundred sign-ins that wait for
          a dead provider must not stop what else needs a thread.
Called by guard/turns, guard/provider, guard/tokens/key_source.
Never     follows a redirect, knows a proxy, or keeps a connection.
Source    RFC 9112 sections 2-7; docs/spec/reliability.md F20; threats.md "SSRF".
"""

import asyncio
import ssl
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

import orjson

from bff.contract.status import FIRST_ERROR

TIMEOUT_S = 5.0
MAX_ANSWER_BYTES = 65_536
MAX_HEAD_BYTES = 16_384

Pairs = Iterable[tuple[str, str]]


class Unreachable(Exception):
    """There is no usable answer; the text says why, in one line, for the log."""


class Declined(Unreachable):
    """It answered: this question was refused, others may not be."""


class Answered(NamedTuple):
    """What came. `media_type` is in lower case and without parameters."""

    status: int
    media_type: str
    body: bytes

    @property
    def told(self) -> dict[str, object] | None:
        """The JSON object that the body is; None where it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None
        return found if isinstance(found, dict) else None


async def ask(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Pairs = (),
    timeout_s: float = TIMEOUT_S,
    max_bytes: int = MAX_ANSWER_BYTES,
) -> Answered:
    """GET, or POST where there is a form. Raises Unreachable for anything but a whole answer."""
    try:
        parts = urlsplit(url)
        async with asyncio.timeout(timeout_s):
            return await _asked(parts, _request(parts, form, headers), max_bytes)
    except TimeoutError:
        raise Unreachable(f"{shown(url)}: no answer within {timeout_s:g} s") from None
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        told = " ".join(str(error).split())[:200] or type(error).__name__
        raise Unreachable(f"{shown(url)}: {told}") from None


def shown(url: str) -> str:
    """As logs may have it: without user, password and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the address"
    return f"{parts.scheme}://{parts.hostname}{parts.path}"


def _request(parts: SplitResult, form: Mapping[str, str] | None, headers: Pairs) -> bytes:
    body = urlencode(form).encode() if form is not None else b""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [
        f"{'GET' if form is None else 'POST'} {target} HTTP/1.1",
        f"host: {host}",
        "accept: application/json",
        "accept-encoding: identity",
        "connection: close",
        *(f"{name}: {value}" for name, value in headers),
    ]
    if form is not None:
        lines += [
            "content-type: application/x-www-form-urlencoded",
            f"content-length: {len(body)}",
        ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


async def _asked(parts: SplitResult, request: bytes, max_bytes: int) -> Answered:
    if not parts.hostname:
        raise ValueError("names no host")
    encrypted = parts.scheme == "https"
    trust = await asyncio.to_thread(_trust) if encrypted else None
    port = parts.port or (443 if encrypted else 80)
    reader, writer = await asyncio.open_connection(
        parts.hostname, port, ssl=trust, limit=MAX_HEAD_BYTES
    )
    try:
        writer.write(request)
        return await _read(reader, max_bytes)
    finally:
        writer.transport.abort()  # a polite goodbye could take as long as the peer likes


@cache
def _trust() -> ssl.SSLContext:
    """Reading a hundred authorities takes 20 ms: once, and not on the loop."""
    return ssl.create_default_context()


async def _read(reader: asyncio.StreamReader, max_bytes: int) -> Answered:
    status, headers = await _head(reader)
    if 300 <= status < FIRST_ERROR:
        raise ValueError(f"answered {status}; redirects are not followed")
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = await _chunks(reader, max_bytes)
    elif "content-length" in headers:
        length = int(headers["content-length"])
        if not 0 <= length <= max_bytes:
            raise ValueError(f"larger than {max_bytes} bytes")
        body = await reader.readexactly(length)
    else:
        body = await _rest(reader, max_bytes)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answered(status, media_type, body)


async def _head(reader: asyncio.StreamReader) -> tuple[int, Mapping[str, str]]:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.rstrip("\r\n").split("\r\n")
        version, _, rest = line.partition(" ")
        if not version.startswith("HTTP/1."):
            raise ValueError("this is not HTTP/1.1")
        status = int(rest[:3])
        if status >= 200:  # what is below only says that an answer comes
            pairs = (one.partition(":") for one in fields)
            return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _chunks(reader: asyncio.StreamReader, max_bytes: int) -> bytes:
    body = bytearray()
    while True:
        size = int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
        if not 0 <= size <= max_bytes - len(body):
            raise ValueError(f"larger than {max_bytes} bytes")
        if size == 0:
            return bytes(body)
        body += await reader.readexactly(size)
        await reader.readexactly(2)


async def _rest(reader: asyncio.StreamReader, max_bytes: int) -> bytes:
    body = bytearray()
    while piece := await reader.read(MAX_HEAD_BYTES):
        body += piece
        if len(body) > max_bytes:
            raise ValueError(f"larger than {max_bytes} bytes")
    return bytes(body)
