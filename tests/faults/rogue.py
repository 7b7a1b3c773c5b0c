"""A service that misbehaves as it is told to, frame by frame, in the scenario's own process.

Why       A real gRPC server refuses to send what a broken or hostile one sends. Called with nothing
          to misbehave about, it answers as the scripted echo service does.
Called by scenarios (F7, F8, F9, F24).
Never     keeps what was asked: thousands of requests go by.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from hpack import Decoder

from tests.faults.contract import messages
from tests.transport.raw_frames import Kind, answer
from tests.transport.raw_server import Asked, Peer, RawServer, raw_server

Misdeed = Callable[[Peer, Asked], Awaitable[None] | None]
"""What it does about a request; the good answer where there is none."""
Greeting = Callable[[Peer], Awaitable[None] | None]
"""What it does with a new connection, in place of all that HTTP/2 has."""


class Rogue:
    """misdeed   done to each request; None: it is answered
    greeting  done to each new connection; None: it is served
    calls     requests that came
    """

    def __init__(self, descriptors: Path, *, name: str = "rogue") -> None:
        self.misdeed: Misdeed | None = None
        self.greeting: Greeting | None = None
        self.calls = 0
        self._descriptors = descriptors
        self._name = name
        self._identity = ""
        self._server: RawServer | None = None

    def __repr__(self) -> str:
        return f"<Rogue at {self._server!r}, {self.calls} calls>"

    @property
    def address(self) -> str:
        assert self._server is not None
        return self._server.address

    @property
    def connections(self) -> int:
        """How many were accepted so far."""
        assert self._server is not None
        return len(self._server.peers)

    def hang_up(self) -> None:
        """On everybody."""
        assert self._server is not None
        for peer in self._server.peers:
            peer.end()

    def said(self, asked: Asked, **more: object) -> bytes:
        """The reply's wire bytes, as the scripted service would have them."""
        asked_type, said_type = messages(self._descriptors)
        request = asked_type.FromString(asked.body)
        told = {"id": request.id, "identity": self._identity, "replica": self._name, "attempt": 1}
        reply: Any = said_type(**{**told, **more})
        return bytes(reply.SerializeToString())

    async def script(self, peer: Peer) -> None:
        if self.greeting is not None:
            await _done(self.greeting(peer))
            return
        await peer.greet()
        while not peer.is_gone:
            asked = await peer.request()
            self.calls += 1
            self._identity = _identity(peer, asked)
            if self.misdeed is None:
                peer.send(answer(asked.stream, self.said(asked)))
            else:
                await _done(self.misdeed(peer, asked))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Rogue"]:
        """On a free port of loopback."""
        async with raw_server(self.script) as self._server:
            yield self


def _identity(peer: Peer, asked: Asked) -> str:
    """Who asks; the frames that say so are forgotten: thousands of calls go by.

    Our client's headers are literals, so that each block can be read alone.
    """
    head = next(it for it in peer.frames if (it.stream, it.kind) == (asked.stream, Kind.HEADERS))
    peer.frames[:] = [it for it in peer.frames if it.stream not in (0, asked.stream)]
    fields = {str(name): str(value) for name, value in Decoder().decode(head.payload)}
    return fields.get("x-identity", "")


async def _done(doing: Awaitable[None] | None) -> None:
    if doing is not None:
        await doing
