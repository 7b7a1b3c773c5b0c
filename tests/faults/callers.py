"""Clients byte by byte: they leave, trickle, or never read, as no HTTP library would.

Called by scenarios (F13, F14, F26).
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from tests.faults.link import RESET
from tests.faults.moment import passed
from tests.faults.oracle import Ask

SMALL_BYTES = 4_096
FEW = 25


@dataclass(slots=True, eq=False)
class Caller:
    """One connection to a BFF."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def dial(cls, port: int, *, receives_bytes: int = 0) -> "Caller":
        """`receives_bytes`: how much the kernel takes for one who does not read; 0: the usual."""
        sock = socket.socket()
        sock.setblocking(False)
        if receives_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives_bytes)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        except OSError:
            sock.close()
            raise
        limit = receives_bytes or 2**16
        return cls(*await asyncio.open_connection(sock=sock, limit=limit))

    def ask(self, ask: Ask, *, share: float = 1.0) -> None:
        """Send it, or so much of it."""
        wire = ask.wire()
        self.writer.write(wire[: round(len(wire) * share)])

    async def read(self, size: int) -> bytes:
        """So many bytes, or what came before the end."""
        try:
            return await self.reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            return error.partial

    @property
    def port(self) -> int:
        """Its own end's; 0 once it is closed."""
        name = self.writer.get_extra_info("sockname")
        return int(name[1]) if name else 0

    @property
    def is_cut(self) -> bool:
        """Whether the other side has closed."""
        return self.reader.at_eof() or self.writer.is_closing()

    def leave(self) -> None:
        """FIN, as a browser does that was closed."""
        self.writer.close()

    def reset(self) -> None:
        """RST, as a machine does that lost its power or its patience."""
        held = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.writer.transport.abort()


@contextlib.asynccontextmanager
async def crowd(port: int, count: int) -> AsyncIterator[list[Caller]]:
    """So many connections; those that are left at the end are reset. They come a few at a time:
    our own loop, which sends the load as well, would stand still while it dials hundreds.
    """
    callers: list[Caller] = []
    for begun in range(0, count, FEW):
        few = range(min(FEW, count - begun))
        dialling = (Caller.dial(port) for _ in few)
        dialled = await asyncio.gather(*dialling, return_exceptions=True)
        callers += (one for one in dialled if isinstance(one, Caller))
        await passed(0.02)
    try:
        yield callers
    finally:
        disperse(callers)


def disperse(callers: Iterable[Caller]) -> None:
    for one in callers:
        one.reset()
