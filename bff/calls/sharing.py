"""Calls whose reply several may have: those who ask at the same moment, and those who come later.

Why       What is shared is the reply's wire bytes: each caller reads them in its own way, so a
          screen that shows two fields and one that shows ten are one question.
Called by calls/pipeline.py, for calls that are `shared`, kept or noted.
Never     shares what may do harm when done for somebody else: only idempotent calls.
"""

from collections.abc import Callable, Hashable
from functools import partial
from time import perf_counter
from typing import Any

from bff.calls.attempts import Sending
from bff.calls.beginning import answered, begin
from bff.calls.budget import effective
from bff.calls.cache import Cache, Made
from bff.calls.call import Call, Cancel, Done
from bff.calls.coalesce import Flights, Landed
from bff.calls.keep import Keep
from bff.calls.keys import key_of
from bff.calls.origin import How, Origin
from bff.calls.reserve import sent_by
from bff.calls.told import finished
from bff.calls.ways import SHORTEST_CALL_S, Way, Ways, too_late
from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.events import CacheAsked, Emit
from bff.transport.transport import Hear

ReadTags = Callable[[str, bytes], frozenset[str]]
"""(rpc, wire bytes of a reply) -> what it is about."""


class Reply:
    """As it came.

    metadata    () where nobody who shares it wanted any
    is_counted  as a failed call, for it cannot be read: once, however many share it
    """

    __slots__ = ("is_counted", "metadata", "wire")

    def __init__(self, wire: bytes, metadata: Metadata, *, is_counted: bool = False) -> None:
        self.wire = wire
        self.metadata = metadata
        self.is_counted = is_counted

    def __repr__(self) -> str:
        return f"<Reply of {len(self.wire)} bytes>"


class Sharing:
    """Makes them. Without a cache, `Call.keep` says nothing."""

    def __init__(
        self,
        ways: Ways,
        *,
        emit: Emit,
        cache: Cache | None = None,
        tags: ReadTags | None = None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._ways = ways
        self._emit = emit
        self._cache = cache
        self._tags = tags or _only_rpc
        self._clock = clock
        self._flights: Flights[Reply] = Flights()

    def __repr__(self) -> str:
        return f"<Sharing: {self._flights!r}, {self._cache!r}>"

    async def make(self, call: Call) -> Any:
        """Raises as any Make does."""
        if not call.idempotent:
            return await self._alone(call)
        if call.keep is not None and self._cache is not None:
            return await self._kept(call, call.keep, self._cache)
        asked: Hashable = call.request
        if call.read_whole is not None:
            asked = (asked, "whole")  # with its metadata, which most replies are spared
        key = key_of(call.rpc, asked, call.context, public=False)
        joined = key in self._flights
        reply = await self._flights.join(
            key, partial(self._launch, call), effective(call.context.deadline), source=call.rpc
        )
        if joined:
            self._emit(CacheAsked(call.rpc, "coalesced"))
        return self._told(call, reply, "coalesced" if joined else "miss")

    def begin(self, call: Call, done: Done) -> Cancel | None:
        """As `make`, told by a callback; None where that takes a task: nothing was begun then."""
        if call.keep is not None or call.note is not None or call.read_whole is not None:
            return None
        if not (call.idempotent and call.shared) or self._ways.starting(call.rpc) is None:
            return None
        key = key_of(call.rpc, call.request, call.context, public=False)
        joined = key in self._flights

        def landed(reply: Any, error: Any) -> None:
            value: Any = None
            if error is None:
                try:
                    value = self._read(call, reply)
                except Exception as unread:  # noqa: BLE001 - whoever asked is told of it
                    error = unread
                    if isinstance(unread, Failure):
                        unread.__traceback__ = None  # or this frame, and with it the reply, stays
                if joined:
                    self._emit(CacheAsked(call.rpc, "coalesced"))
            done(value, error)

        deadline = effective(call.context.deadline)
        launch = partial(self._launch, call)
        return self._flights.board(key, launch, deadline, source=call.rpc, landed=landed)

    async def _alone(self, call: Call) -> Any:
        reply = await self._fetch(call, effective(call.context.deadline))
        return self._told(call, reply, "miss")

    async def _kept(self, call: Call, keep: Keep, cache: Cache) -> Any:
        async def make(until: Deadline) -> Made:
            reply = await self._fetch(call, until)
            tags = self._tags(call.rpc, reply.wire)
            entry = cache.entry(reply.wire, keep, tags=tags, metadata=reply.metadata)
            return Made(entry, reply)

        key = key_of(call.rpc, call.request, call.context, public=keep.public)
        deadline = effective(call.context.deadline)
        entry, how, reply = await cache.get(key, keep, make, deadline=deadline)
        if reply is None:  # remembered: no call, that could have failed
            reply = Reply(entry.body, entry.metadata, is_counted=True)
        try:
            value = self._read(call, reply)
        except Failure:
            await cache.forget(key)
            raise
        if call.note is not None:
            call.note(Origin(how, keep, cache.age_s(entry), entry.tags))
        return value

    def _told(self, call: Call, reply: Reply, how: How) -> Any:
        value = self._read(call, reply)
        if call.note is not None:
            call.note(Origin(how, None, 0.0, self._tags(call.rpc, reply.wire)))
        return value

    def _read(self, call: Call, reply: Reply) -> Any:
        """In the caller's own way; what cannot be read is told as a failed call."""
        try:
            if call.read_whole is not None:
                return call.read_whole(reply.wire, reply.metadata)
            return call.read(reply.wire)
        except Failure as failure:
            if not reply.is_counted:
                reply.is_counted = True
                way = self._way(call)
                way.turnstile.spoiled(failure, way.means.clock())
                self._emit(finished(call, 0.0, failure))
            raise

    def _launch(self, call: Call, until: Deadline, landed: Landed) -> Callable[[], object]:
        """No task: a callback from the transport."""
        if until.remaining_s() < SHORTEST_CALL_S:
            raise self._too_late(call)
        way, heard = self._way(call), list[tuple[str, str | bytes]]()
        started_s = self._clock()

        def done(wire: bytes, failure: Exception | None) -> None:
            if failure is None or isinstance(failure, Failure):
                self._emit(finished(call, self._clock() - started_s, failure))
            landed(Reply(wire, tuple(heard)), failure)

        hear = None if call.read_whole is None else heard.extend
        return begin(way, _sending(way, call, until, hear), done)

    async def _fetch(self, call: Call, until: Deadline) -> Reply:
        """One call, told; its metadata heard."""
        if until.remaining_s() < SHORTEST_CALL_S:
            raise self._too_late(call)
        way, heard = self._way(call), list[tuple[str, str | bytes]]()
        started_s = self._clock()
        try:
            wire = await answered(way, _sending(way, call, until, heard.extend))
        except Failure as failure:
            self._emit(finished(call, self._clock() - started_s, failure))
            raise
        self._emit(finished(call, self._clock() - started_s, None))
        return Reply(wire, tuple(heard))

    def _way(self, call: Call) -> Way:
        try:
            return self._ways[call.rpc]
        except Failure as failure:
            self._emit(finished(call, 0.0, failure))
            raise

    def _too_late(self, call: Call) -> Failure:
        failure = too_late(call.rpc)
        self._emit(finished(call, 0.0, failure))
        return failure


def _sending(way: Way, call: Call, until: Deadline, hear: Hear | None) -> Sending:
    deadline = sent_by(until, way.means.clock())
    return Sending(call.request, call.context, deadline, call.idempotent, hear)


def _only_rpc(rpc: str, _wire: bytes) -> frozenset[str]:
    return frozenset({rpc})
