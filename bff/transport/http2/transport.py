"""The Transport that stands on our own HTTP/2: start a call with a callback, or await it.

Called by targets.py (makes one per target), calls/pipeline.py (through Transport).
Never     makes a task, a timeout or a second future for a unary call.
Source    docs/spec/performance.md sections 2, 7 and 8.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.address import Address, places_of
from bff.transport.http2.dialogue import Dialogue
from bff.transport.http2.exchange import Exchange
from bff.transport.http2.options import Http2Options, Tls
from bff.transport.http2.pool import Pool
from bff.transport.http2.reply_head import metadata_of
from bff.transport.http2.request_head import RequestHeads
from bff.transport.http2.stream import Stream
from bff.transport.transport import Done, Hear

Block = Callable[[Stream], bytes]
"""Makes the header block of a call."""
BlockOf = Callable[[Address], Block]


class Bearer(Protocol):
    """What carries the calls of one target: a pool, or a balancer of pools."""

    @property
    def replicas(self) -> int:
        """Among how many it chooses now."""
        ...

    @property
    def start(self) -> Callable[[Stream], None]: ...
    def cancel(self, stream: Stream) -> None: ...
    async def close(self) -> None: ...


Opening = Callable[[Http2Options, BlockOf, asyncio.AbstractEventLoop], Bearer]
"""Makes the bearer, when a first call asks for it."""


class Http2Transport:
    """Calls to `target`: "host:port" or "h2c://host:port", "https://host[:port]", "unix:path".

    opening    what carries the calls; None: one pool, to the one place of the target
    is_spread  whether there may be several replicas

    Connections are opened on the first call, on the loop that it runs on.
    Raises ValueError for a target that names no place.
    """

    def __init__(
        self, target: str, options: Http2Options | None = None, *, opening: Opening | None = None
    ) -> None:
        self.target = target
        self._options = options or Http2Options()
        places = places_of(target)
        if opening is None and len(places) > 1:
            raise ValueError(f"{target!r}: one pool has one place")
        self._address = places[0]
        if self._address.secure and self._options.tls is None:
            self._options = _with_tls(self._options)
        self._heads = self._heads_of(self._address)
        self._most_bytes = self._options.max_reply_bytes
        self.is_spread = opening is not None
        self._opening = opening or self._alone
        self._pool: Bearer | None = None

    def __repr__(self) -> str:
        return f"<Http2Transport to {self.target}, {self._pool or 'never used'}>"

    @property
    def replicas(self) -> int:
        """How many take calls now; 0 where none was called yet."""
        return self._pool.replicas if self._pool is not None else 0

    def start(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        done: Done,
        hear: Hear | None = None,
    ) -> Stream:
        """Begin a unary call; `done` is called with its reply or its failure, maybe at once.

        `done` and `hear` are called amid the reading of the socket: they must not raise, nor wait.

        Raises ValueError for metadata that must not be sent.
        """
        call = Exchange(
            path,
            request,
            fields=self._heads.metadata(metadata),
            deadline=deadline,
            done=done,
            hear=hear,
            most_bytes=self._most_bytes,
        )
        (self._pool or self._opened()).start(call)
        return call

    def cancel(self, call: Stream) -> None:
        """Give up what `start` began: its `done` will not be called."""
        if self._pool is not None:
            self._pool.cancel(call)

    async def unary(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> bytes:
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        heard: list[Metadata] = []
        call = self.start(
            path,
            request,
            metadata=metadata,
            deadline=deadline,
            done=partial(_settle, answer),
            hear=heard.append if hear is not None else None,
        )
        try:
            reply = await answer
        except asyncio.CancelledError:
            self.cancel(call)
            raise
        if hear is not None:
            hear(heard[0])
        return reply

    async def stream(
        self,
        path: str,
        requests: AsyncIterable[bytes],
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        pool = self._pool or self._opened()
        call = Dialogue(
            path,
            fields=self._heads.metadata(metadata),
            deadline=deadline,
            most_bytes=self._most_bytes,
            loop=loop,
        )
        pool.start(call)
        writer = loop.create_task(call.write(requests))
        try:
            await call.begun()
            if hear is not None and call.has_begun_well:
                hear(metadata_of(call.first))
            while (reply := await call.next()) is not None:
                yield reply
            if hear is not None:
                hear(metadata_of(call.last))
        finally:
            pool.cancel(call)
            await _stopped(writer, requests)

    async def close(self) -> None:
        pool = self._pool or self._opened()
        await pool.close()

    def _opened(self) -> Bearer:
        loop = asyncio.get_running_loop()
        self._pool = self._opening(self._options, self._block_of, loop)
        return self._pool

    def _alone(
        self, options: Http2Options, block_of: BlockOf, loop: asyncio.AbstractEventLoop
    ) -> Pool:
        return Pool(self._address, options=options, block=block_of(self._address), loop=loop)

    def _block_of(self, address: Address) -> Block:
        heads = self._heads_of(address)
        return lambda stream: heads.block(stream.path, stream.fields, stream.deadline)

    def _heads_of(self, address: Address) -> RequestHeads:
        return RequestHeads(
            authority=self._options.authority or address.authority,
            secure=self._options.tls is not None,
        )


def _settle(answer: asyncio.Future[bytes], reply: bytes, failure: Failure | None) -> None:
    if answer.done():
        return
    if failure is None:
        answer.set_result(reply)
    else:
        answer.set_exception(failure)


async def _stopped(writer: asyncio.Task[None], requests: AsyncIterable[bytes]) -> None:
    """The writer has ended, and so have the requests that it read."""
    writer.cancel()
    await asyncio.wait({writer})
    if isinstance(requests, AsyncGenerator):
        await requests.aclose()


def _with_tls(options: Http2Options) -> Http2Options:
    return replace(options, tls=Tls())
