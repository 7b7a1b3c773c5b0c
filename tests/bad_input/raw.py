"""A client that sends any bytes, and reads what comes back until the server closes."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

GOOD = b"GET /public/v1/links HTTP/1.1\r\nHost: bff\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Told:
    """One answer. `rest` is what came behind it: the next one, or nothing."""

    status: int
    headers: dict[str, str]
    body: bytes
    rest: bytes

    @property
    def problem(self) -> dict[str, Any]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def slug(self) -> str:
        return str(self.problem["type"]).rpartition("/")[2]


def told(text: bytes) -> Told:
    """The first answer of what came."""
    head, _, rest = text.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
    length = int(headers.get("content-length", len(rest)))
    return Told(int(first.split()[1]), headers, rest[:length], rest[length:])


@dataclass(frozen=True, slots=True)
class Door:
    """Where to send it."""

    port: int

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def all_of(self, *pieces: bytes) -> bytes:
        """Everything that comes back until the server closes."""
        reader, writer = await self.open()
        try:
            for piece in pieces:
                writer.write(piece)
            return await reader.read()
        finally:
            writer.transport.abort()

    async def ask(self, *pieces: bytes) -> Told:
        return told(await self.all_of(*pieces))

    async def is_well(self) -> bool:
        """Whether the next good request, on a new connection, succeeds."""
        return (await self.ask(GOOD)).status == 200


def get(target: str | bytes, *lines: str, version: str = "HTTP/1.1") -> bytes:
    """A GET that asks for the end of the connection."""
    target = target.encode() if isinstance(target, str) else target
    head = "\r\n".join(["Host: bff", "Connection: close", *lines, "", ""])
    return b"GET " + target + f" {version}\r\n{head}".encode("latin-1")


def post(*lines: str, body: bytes = b"", path: str = "/v1/todos") -> bytes:
    head = "\r\n".join(["Host: bff", "Content-Type: application/json", *lines, "", ""])
    return f"POST {path} HTTP/1.1\r\n{head}".encode("latin-1") + body


def whole(method: str, path: str, body: bytes | str = b"", *lines: str) -> bytes:
    """Any request with its length, and the end of the connection behind it."""
    body = body.encode() if isinstance(body, str) else body
    length = f"Content-Length: {len(body)}"
    head = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: bff", "Connection: close", length])
    return "\r\n".join([head, *lines, "", ""]).encode("latin-1") + body


def json_of(body: bytes | str, path: str = "/v1/whole") -> bytes:
    """A POST of JSON."""
    return whole("POST", path, body, "Content-Type: application/json")
