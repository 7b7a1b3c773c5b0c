"""An HTTP/2 server that does what a script says, frame by frame, right or wrong.

Why       Real servers behave; what a hostile or broken one does to us has to be written by hand.
Called by the tests beside it: `async with raw_server(script) as server:`.
Never     misbehaves unless the script does: it acknowledges SETTINGS, answers PING and gives
          windows back while it reads.  Never times anything.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from tests.transport.raw_frames import (
    ACK,
    PREFACE,
    SETTINGS_ACK,
    Frame,
    Kind,
    Setting,
    ping,
    settings,
    window_update,
)

Script = Callable[["Peer"], Awaitable[object]]

_DEFAULT_WINDOW = 65_535
_TURNS = 10
"""A connection that was accepted last reaches `serve` so many turns of the loop later, at most, and
is closed there; closing takes one more."""


class GoneError(Exception):
    """The client closed the connection."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole request: its stream and its first message."""

    stream: int
    body: bytes


class Peer:
    """One accepted connection.

    number     0 for the first connection that the server accepted
    polite     acknowledges, answers PING; a frozen peer does not
    refills    gives back the window of every DATA frame at once
    frames     everything that came, in order
    asked      the requests that came whole
    batches    for a script to count what it has sent
    windows    bytes that the client lets us send, by stream; 0 is the connection
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.number = number
        self.polite = self.refills = True
        self.frames: list[Frame] = []
        self.asked: list[Asked] = []
        self.windows: defaultdict[int, int] = defaultdict(int)
        self.windows[0] = _DEFAULT_WINDOW
        self.batches = 0
        self.resets: dict[int, int] = {}
        self._initial = _DEFAULT_WINDOW
        self._taken = 0
        self._over = False
        self._bodies: dict[int, bytearray] = {}
        self._reader, self._writer = reader, writer

    def __repr__(self) -> str:
        return f"<Peer {self.number}, {len(self.frames)} frames came>"

    @property
    def is_gone(self) -> bool:
        """Has the connection ended, whoever ended it?"""
        return self._over or self._reader.at_eof()

    @property
    def pings(self) -> list[Frame]:
        """What the client asked for a sign of life with."""
        return [it for it in self.frames if it.kind == Kind.PING and not it.is_pong]

    def send(self, *frames: bytes) -> None:
        self._writer.write(b"".join(frames))

    async def flushed(self) -> None:
        """Waits while the client does not read. Raises GoneError."""
        try:
            await self._writer.drain()
        except OSError:
            raise GoneError from None

    def close(self) -> None:
        self._writer.close()

    def end(self) -> None:
        """The script is over, or the client gone."""
        self._over = True
        self._writer.close()

    def abort(self) -> None:
        """RST instead of FIN."""
        # asyncio's own mistake: a transport that closed with bytes to flush has lost its loop
        with contextlib.suppress(AttributeError):
            self._writer.transport.abort()

    async def greet(self, values: dict[int, int] | None = None) -> None:
        """Take the client's preface, send our SETTINGS."""
        if await self._exactly(len(PREFACE)) != PREFACE:
            raise AssertionError("the client sent no HTTP/2 preface")
        self.send(settings(values))

    async def request(self) -> Asked:
        """The next request that came whole, of whatever stream."""
        while self._taken == len(self.asked):
            await self.read()
        self._taken += 1
        return self.asked[self._taken - 1]

    async def opened(self) -> int:
        """The next stream that is opened, whether or not its request is whole."""
        while (came := await self.read()).kind != Kind.HEADERS:
            pass
        return came.stream

    async def echoed(self) -> None:
        """Until the client has read all that was sent so far: it answers our PING."""
        before = len(self.frames)
        self.send(ping())
        await self.until(lambda: any(it.is_pong for it in self.frames[before:]))

    async def until(self, condition: Callable[[], object]) -> None:
        """Read until it is true."""
        while not condition():
            await self.read()

    async def gone(self) -> None:
        """Read until the client closes."""
        with contextlib.suppress(GoneError):
            while True:
                await self.read()

    async def read(self) -> Frame:
        """The next frame. Raises GoneError."""
        head = await self._exactly(9)
        payload = await self._exactly(int.from_bytes(head[:3], "big"))
        stream = int.from_bytes(head[5:], "big") & 0x7FFFFFFF
        came = Frame(head[3], head[4], stream, payload)
        self.frames.append(came)
        self._note(came)
        if came.ends():
            body = bytes(self._bodies.pop(came.stream, b""))
            self.asked.append(Asked(came.stream, body[5:]))
        return came

    def _note(self, came: Frame) -> None:
        match came.kind:
            case Kind.SETTINGS if not came.flags & ACK:
                self._take_settings(came.payload)
            case Kind.PING if self.polite and not came.flags & ACK:
                self.send(ping(came.payload, ack=True))
            case Kind.HEADERS:
                self._bodies[came.stream] = bytearray()
                self.windows[came.stream] += self._initial
            case Kind.DATA:
                self._take_data(came)
            case Kind.WINDOW_UPDATE:
                self.windows[came.stream] += came.number
            case Kind.RST_STREAM:
                self.resets[came.stream] = came.number

    def _take_settings(self, payload: bytes) -> None:
        for at in range(0, len(payload), 6):
            if int.from_bytes(payload[at : at + 2], "big") == Setting.INITIAL_WINDOW_SIZE:
                self._initial = int.from_bytes(payload[at + 2 : at + 6], "big")
        if self.polite:
            self.send(SETTINGS_ACK)

    def _take_data(self, came: Frame) -> None:
        self._bodies.setdefault(came.stream, bytearray()).extend(came.payload)
        if self.refills and came.payload:
            self.send(window_update(0, len(came.payload)))
            if not came.ends():
                self.send(window_update(came.stream, len(came.payload)))

    async def _exactly(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            raise GoneError from None


class RawServer:
    """Runs the script on every connection, then reads until the client leaves.

    peers  the connections that were accepted, oldest first
    """

    def __init__(self, script: Script) -> None:
        self.address = ""
        self.peers: list[Peer] = []
        self._script = script
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []
        self._closing = False

    def __repr__(self) -> str:
        return f"<RawServer on {self.address}, {len(self.peers)} connections>"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closing:
            writer.close()
            return
        peer = Peer(reader, writer, len(self.peers))
        self.peers.append(peer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._script(peer)
            await peer.gone()
        except (GoneError, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: BLE001 - a script's mistake fails its test, in close()
            self._failed.append(error)
        finally:
            peer.end()

    async def close(self) -> None:
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)
        for peer in self.peers:
            peer.abort()
        await settled()
        for error in self._failed:
            raise error


async def settled() -> None:
    """What was accepted by now has reached `serve`."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def raw_server(script: Script) -> AsyncIterator[RawServer]:
    """A server on a free port of loopback; a script's own mistakes are raised at the end."""
    made = RawServer(script)
    listener = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()[:2]
    made.address = f"{host}:{port}"
    try:
        yield made
    finally:
        # asyncio leaks what it accepts around close(): first accept no more, then let it settle
        asyncio.get_running_loop().remove_reader(listener.sockets[0].fileno())
        await settled()
        listener.close()
        await made.close()
