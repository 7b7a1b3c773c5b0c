"""A DNS server for one name, whose answer a scenario changes; and a process that asks nobody else.

Why       The BFF looks names up as the system does: getaddrinfo, /etc/resolv.conf, port 53. In a
          mount namespace of its own that file can name a server of ours, on an address of loopback.
Called by scenarios/names.py.
Source    RFC 1035 section 4 (messages); RFC 2308 (no such name, no such data).
"""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.faults.scenario import Impossible

PORT = 53
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
_A, _AUTHORITATIVE, _TTL_S = 1, 0x8400, 1


@dataclass(slots=True)
class Names:
    """What is said of `name`, without the last dot; any other name does not exist."""

    name: str
    addresses: tuple[str, ...] = ()
    code: int = NOERROR
    asked: int = 0

    def answer(self, query: bytes) -> bytes:
        """The reply to one query.

        >>> names = Names("a.b", ("127.0.0.9",))
        >>> query = b"\\x12\\x34\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0\\x01a\\x01b\\0\\0\\x01\\0\\x01"
        >>> names.answer(query)[-4:]
        b'\\x7f\\x00\\x00\\t'
        """
        self.asked += 1
        name, end = _name(query)
        question = query[12 : end + 4]
        kind = int.from_bytes(query[end : end + 2], "big")
        known = name.lower() == self.name
        code = self.code if known else NXDOMAIN
        found = self.addresses if kind == _A and known and code == NOERROR else ()
        flags = (_AUTHORITATIVE | code).to_bytes(2, "big")
        counts = b"\0\1" + len(found).to_bytes(2, "big") + b"\0\0\0\0"
        return query[:2] + flags + counts + question + b"".join(map(_record, found))


def _record(address: str) -> bytes:
    """An A record of the name in the question."""
    return b"\xc0\x0c\0\1\0\1" + _TTL_S.to_bytes(4, "big") + b"\0\4" + socket.inet_aton(address)


def _name(query: bytes) -> tuple[str, int]:
    """The question's name, and where its type stands."""
    at, labels = 12, []
    while size := query[at]:
        labels.append(query[at + 1 : at + 1 + size].decode("latin-1"))
        at += 1 + size
    return ".".join(labels), at + 1


class _Desk(asyncio.DatagramProtocol):
    def __init__(self, names: Names) -> None:
        self._names = names
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        self._transport.sendto(self._names.answer(data), addr)


@asynccontextmanager
async def dns_server(names: Names) -> AsyncIterator[str]:
    """Serves it at port 53 of a free address of loopback; gives that address.

    Raises Impossible where port 53 is not for us.
    """
    loop = asyncio.get_running_loop()
    for last in range(53, 254):
        address = f"127.53.{os.getpid() % 250}.{last}"
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Desk(names), local_addr=(address, PORT)
            )
        except PermissionError as refused:
            raise Impossible(f"port 53 can't be had ({refused})") from None
        except OSError:
            continue
        try:
            yield address
        finally:
            transport.close()
        return
    raise Impossible("no address of loopback has its port 53 free")


async def asking_only(address: str, folder: Path) -> tuple[str, ...]:
    """The words before a command that make this its only DNS server. Raises Impossible."""
    wanted = folder / "resolv.conf"
    wanted.write_text(f"nameserver {address}\noptions timeout:1 attempts:1\n", encoding="ascii")
    unshare = shutil.which("unshare")
    if unshare is None:
        raise Impossible("there is no `unshare`")
    script = f'mount --bind "{wanted}" /etc/resolv.conf && exec "$@"'
    prefix = (unshare, "--mount", "sh", "-c", script, "sh")
    probe = await asyncio.create_subprocess_exec(
        *prefix, "true", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    if await probe.wait():
        raise Impossible("a mount namespace of our own can't be had")
    return prefix
