"""One connection through the chaos proxy: what it does with the bytes of each way.

Called by proxy.py.
Never     looks at the bytes.
"""

import asyncio
import contextlib
import random
import socket
import struct
from dataclasses import dataclass
from typing import Protocol

from tests.faults.moment import passed

UP, DOWN = "up", "down"
PIECE_BYTES, QUEUED = 65_536, 64
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: close() sends RST."""


@dataclass(slots=True)
class Weather:
    """What holds for all connections, from now on.

    delay_ms, jitter_ms  for every piece of bytes, both ways; the order is kept
    bytes_per_s          each way of each connection; 0: as fast as it goes
    stalled              "up" (client to service), "down", "both" or "": nothing passes that way,
                         nobody is told
    cut_after_bytes      RST to both once so many bytes came down; 0: never
    drop                 close what is accepted from now on
    """

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    bytes_per_s: int = 0
    stalled: str = ""
    cut_after_bytes: int = 0
    drop: bool = False

    def stalls(self, way: str) -> bool:
        return self.stalled in (way, "both")


class Sky(Protocol):
    """Under which a connection is."""

    weather: Weather

    async def changed(self) -> None:
        """Returns at the next change of the weather."""
        ...


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Pieces = asyncio.Queue[tuple[float, bytes]]


class Link:
    """One client's connection and ours to the target."""

    def __init__(self, sky: Sky, here: Ends, there: Ends) -> None:
        self._sky = sky
        self._here, self._there = here, there
        self._down_bytes = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        up, down = Pieces(QUEUED), Pieces(QUEUED)
        self._tasks = [
            asyncio.ensure_future(it)
            for it in (
                self._take(self._here[0], up),
                self._give(UP, up, self._there[1]),
                self._take(self._there[0], down),
                self._give(DOWN, down, self._here[1]),
            )
        ]
        try:
            await asyncio.wait(self._tasks)
        finally:
            self.reset(linger=True)

    def reset(self, *, linger: bool = False) -> None:
        """Both ends at once; with `linger` by FIN."""
        for _, writer in (self._here, self._there):
            held = writer.get_extra_info("socket")
            with contextlib.suppress(OSError, AttributeError):
                if not linger:
                    held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()

    def half_close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._here[1].write_eof()

    async def _take(self, source: asyncio.StreamReader, pieces: Pieces) -> None:
        """Read, and note when each piece is due at the other end."""
        loop, due_s = asyncio.get_running_loop(), 0.0
        try:
            while True:
                piece = await source.read(PIECE_BYTES)
                weather = self._sky.weather
                pause_s = (weather.delay_ms + random.uniform(0, weather.jitter_ms)) / 1000
                due_s = max(due_s, loop.time() + pause_s)
                if weather.bytes_per_s:
                    due_s += len(piece) / weather.bytes_per_s
                await pieces.put((due_s, piece))
                if not piece:
                    return
        except OSError:
            self.reset()

    async def _give(self, way: str, pieces: Pieces, sink: asyncio.StreamWriter) -> None:
        """Write what is due, in order; while the way is stalled, nothing."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                due_s, piece = await pieces.get()
                if due_s > loop.time():
                    await passed(due_s - loop.time())
                while self._sky.weather.stalls(way):
                    await self._sky.changed()
                if not piece:
                    sink.write_eof()
                    return
                sink.write(self._uncut(way, piece))
                await sink.drain()
                self._count(way, len(piece))
        except (OSError, RuntimeError):
            self.reset()

    def _uncut(self, way: str, piece: bytes) -> bytes:
        """What still comes through before the cut: a reply may end in its middle."""
        limit = self._sky.weather.cut_after_bytes
        return piece[: max(0, limit - self._down_bytes)] if limit and way == DOWN else piece

    def _count(self, way: str, size: int) -> None:
        self._down_bytes += size if way == DOWN else 0
        limit = self._sky.weather.cut_after_bytes
        if limit and self._down_bytes >= limit:
            self.reset()
