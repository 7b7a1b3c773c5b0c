"""Connections to one target, and the calls that wait for room on one.

Why       Which connection a call takes, and what happens to it where there is none, is one matter.
Called by transport.py; balancer.py, where a target has several addresses.
States    Calls wait while a first connection is dialled; where that fails they fail, and so do
          later ones, at once, until a dial succeeds. Where all connections are full, calls wait,
          and one more connection is dialled, up to `connections`.
Never     sends a call twice that a service may have processed, nor more than twice at all.
Source    grpc/doc/connectivity-semantics-and-api.md; gRFC A6 (transparent retries).
"""

import asyncio
import random
from collections.abc import Callable
from time import monotonic

from bff.terms.silence import LATE, UNREACHABLE, silence
from bff.transport.http2.address import Address
from bff.transport.http2.carrier import Carrier
from bff.transport.http2.connection import Connection
from bff.transport.http2.deadlines import Deadlines
from bff.transport.http2.dial import Dial, dial
from bff.transport.http2.dialler import Dialler
from bff.transport.http2.frames import ErrorCode
from bff.transport.http2.options import Http2Options
from bff.transport.http2.owner import Owner
from bff.transport.http2.stream import Stream

_AGE_JITTER = 0.2
_SERVED_S = 1.0
"""A connection that lived so long was no failure, though it answered nothing."""
_GOODBYE_S = 1.0


class Pool:
    """`start` and `cancel` calls; each is told of its end by itself."""

    replicas = 1

    def __init__(
        self,
        address: Address,
        *,
        options: Http2Options,
        block: Callable[[Stream], bytes],
        loop: asyncio.AbstractEventLoop,
        owner: Owner | None = None,
        dial: Dial = dial,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._address = address
        self._owner = owner
        self._options = options
        self._block = block
        self._loop = loop
        self._dial = dial
        self._chance = chance
        self._open: list[Carrier] = []
        self._leaving: set[Carrier] = set()
        self._replaced: Carrier | None = None
        self._waiting: dict[Stream, None] = {}
        self._deadlines = Deadlines(loop, self._expire)
        self._closed = False
        self._dialler = Dialler(
            self,
            self._open_one,
            loop=loop,
            most_pause_s=options.reconnect_ms / 1000,
            chance=chance,
        )

    def __repr__(self) -> str:
        waiting = f"{len(self._waiting)} waiting"
        return f"<Pool {len(self._open)} open, {self.calls} calls, {waiting}, {self._dialler!r}>"

    @property
    def calls(self) -> int:
        """How many are on a connection."""
        return sum(len(one.streams) for one in (*self._open, *self._leaving))

    @property
    def load(self) -> int:
        """How many would share a new call's connections with it, or stand before it."""
        load = len(self._waiting)
        for one in self._open:
            load += len(one.streams)
        return load

    @property
    def is_ready(self) -> bool:
        """Is a connection open?"""
        return bool(self._open) and not self._closed

    @property
    def is_hopeful(self) -> bool:
        """Is a connection open, or has at least none failed to open?"""
        return not self._closed and (bool(self._open) or self._dialler.failed is None)

    def open(self) -> None:
        """Dial, though no call asks for it."""
        if not self._open:
            self._dial_more()

    def start(self, stream: Stream) -> None:
        """Send the call as soon as there is room for it, or fail it."""
        if stream.deadline.at_s <= monotonic():
            self._expire(stream)
            return
        stream.ledger = self._deadlines
        self._deadlines.add(stream)
        self._place(stream)

    def offer(self) -> None:
        """Let others that are connected have what waits for a first connection here."""
        if self._owner is None or self._open or not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        for stream in waiting:
            if not self._owner.take(stream, hopeful=False):
                self._waiting[stream] = None

    def cancel(self, stream: Stream) -> None:
        """Give the call up; nobody is told of its end."""
        if not stream.over:
            stream.settle()
            self.withdraw(stream)

    async def drained(self) -> None:
        """Take no more calls, and let others have those that wait; returns when all are over."""
        self._closed = True
        await self._dialler.close()
        self._fail_waiting(UNREACHABLE, "the address was given up")
        for carrier in tuple(self._open):
            carrier.drain()
        if self._leaving:
            await asyncio.wait([one.closed for one in self._leaving])
        self._deadlines.close()

    async def close(self) -> None:
        """End all calls and connections; returns when the sockets are closed."""
        self._closed = True
        await self._dialler.close()
        self._fail_waiting(UNREACHABLE, "the transport was closed")
        carriers = (*self._open, *self._leaving)
        for carrier in carriers:
            carrier.close()
        if carriers:
            await asyncio.wait([one.closed for one in carriers], timeout=_GOODBYE_S)
        for carrier in carriers:
            carrier.abort()
        self._deadlines.close()

    def roomier(self) -> None:
        """A stream was closed, or the peer allows more: who waited longest goes first."""
        while self._waiting:
            carrier = self._roomiest()
            if carrier is None:
                self._dial_more()
                return
            stream = next(iter(self._waiting))
            del self._waiting[stream]
            if not stream.over:
                carrier.open(stream)

    def gave_back(self, streams: list[Stream], why: str) -> None:
        """Not processed: once, a call is sent again where its request is still at hand."""
        for stream in streams:
            if stream.over:
                continue
            if stream.resent or not stream.rewound():
                stream.fail(silence(UNREACHABLE, note=why, source=stream.source))
                continue
            stream.resent = True
            stream.line, stream.id, stream.owed_in = None, 0, 0
            stream.outbox, stream.sent_all = None, False
            self._place(stream)

    def gone(self, carrier: Carrier) -> None:
        """It takes no more calls; it may still have some to finish."""
        if carrier not in self._open:
            return
        self._open.remove(carrier)
        self._leaving.add(carrier)
        carrier.closed.add_done_callback(lambda _: self._leaving.discard(carrier))
        lived_s = monotonic() - carrier.born_s
        self._dialler.judge(well=carrier.answered or lived_s > _SERVED_S)
        if self._waiting or self._is_wanted:
            self._dial_more()
        self._tell_owner()

    def ready(self, connection: Connection) -> None:
        """A dial succeeded, unless the peer said farewell in the same breath."""
        if connection.draining:
            self._dialler.judge(well=False)
            if self._waiting or self._is_wanted:
                self._dial_more()
            return
        self._open.append(connection)
        self._tell_owner()
        if self._options.max_age_s > 0:
            age_s = self._options.max_age_s * (1.0 - _AGE_JITTER * self._chance())
            connection.renewal = self._loop.call_later(age_s, self._renew, connection)
        replaced, self._replaced = self._replaced, None
        if replaced is not None:
            replaced.drain()
        self.roomier()

    def not_ready(self) -> None:
        """A dial failed: who has nothing else to wait for fails with it."""
        replaced, self._replaced = self._replaced, None
        if replaced in self._open:
            replaced.renewal = self._loop.call_later(self._options.max_age_s, self._renew, replaced)
        if self._is_wanted:
            self._dial_more()
        if not self._open and self._dialler.failed is not None:
            self._tell_owner()
            self._fail_waiting(*self._dialler.failed)

    @property
    def _is_wanted(self) -> bool:
        """Whoever has several pools gives calls to those that are open: so one must always be."""
        return self._owner is not None and not self._open

    def _tell_owner(self) -> None:
        if self._owner is not None and not self._closed:
            self._owner.changed()

    def _place(self, stream: Stream) -> None:
        """On a connection with room, behind those that wait for one."""
        carrier = None if self._waiting else self._roomiest()
        if carrier is not None:
            carrier.open(stream)
        else:
            self._wait(stream)

    def _wait(self, stream: Stream) -> None:
        """For room; where there is no hope of any, fail."""
        failed = self._dialler.failed
        lost = self._closed or failed is not None
        if not self._open and self._owner is not None and self._owner.take(stream, hopeful=lost):
            return
        if self._closed:
            stream.fail(silence(UNREACHABLE, note="the transport is closed", source=stream.source))
        elif failed is not None and not self._open:
            stream.fail(silence(failed[0], note=failed[1], source=stream.source))
            self._dialler.want()
        else:
            self._waiting[stream] = None
            self._dial_more()

    def _roomiest(self) -> Carrier | None:
        if len(self._open) == 1:
            only = self._open[0]
            return only if only.has_room else None
        best: Carrier | None = None
        for one in self._open:
            if one.has_room and (best is None or len(one.streams) < len(best.streams)):
                best = one
        return best

    def _dial_more(self) -> None:
        if not self._closed and len(self._open) < max(1, self._options.connections):
            self._dialler.want()

    async def _open_one(self) -> Connection:
        return await self._dial(
            self._address, self._made, tls=self._options.tls, connect_s=self._options.connect_s
        )

    def _made(self) -> Connection:
        return Connection(self, options=self._options, block=self._block, loop=self._loop)

    def _renew(self, carrier: Carrier) -> None:
        """Its age is up: look the name up again, and change over where it is in use."""
        if carrier not in self._open or self._closed:
            return
        if carrier.used or self._owner is not None:
            self._replaced = carrier
            self._dialler.want()
        else:
            carrier.drain()

    def _expire(self, stream: Stream) -> None:
        if not stream.over:
            self.withdraw(stream)
            stream.fail(silence(LATE, note="the deadline passed", source=stream.source))

    def withdraw(self, stream: Stream) -> None:
        """Carry it no further, wherever it is; it is over, or about to be."""
        self._waiting.pop(stream, None)
        if stream.line is not None:
            stream.line.reset(stream, ErrorCode.CANCEL)

    def _fail_waiting(self, reason: str, note: str) -> None:
        waiting, self._waiting = self._waiting, {}
        for stream in waiting:
            if self._owner is not None and self._owner.take(stream, hopeful=True):
                continue
            stream.fail(silence(reason, note=note, source=stream.source))
