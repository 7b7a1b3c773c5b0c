"""Calls whose reply several may have: those who ask at the same moment, and those who come later.

Why       What is shared is the reply's wire bytes: each caller reads them in its own way, so a
          screen that shows two fields and one that shows ten are one question.
Called by calls/pipeline.py, for calls that are `shared`, kept or noted.
Never     shares what may do harm when done for somebody else: only idempotent calls.
"""

from collections.abc import Callable, Hashable
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

from bff.calls.budget import effective
from bff.calls.cache import Cache, Made
from bff.calls.call import Call
from bff.calls.coalesce import Flights, Landed
from bff.calls.keep import Keep
from bff.calls.keys import key_of
from bff.calls.origin import How, Origin
from bff.calls.told import finished
from bff.calls.ways import SHORTEST_CALL_S, Way, Ways, too_late
from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.events import CacheAsked, Emit

ReadTags = Callable[[str, bytes], frozenset[str]]
"""(rpc, wire bytes of a reply) -> what it is about."""


class Reply(NamedTuple):
    """As it came. `metadata` is () where nobody who shares it wanted any."""

    wire: bytes
    metadata: Metadata = ()


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

    async def _alone(self, call: Call) -> Any:
        reply = await self._fetch(call, effective(call.context.deadline))
        return self._told(call, reply, "miss")

    async def _kept(self, call: Call, keep: Keep, cache: Cache) -> Any:
        async def make(until: Deadline) -> Made:
            reply = await self._fetch(call, until)
            tags = self._tags(call.rpc, reply.wire)
            return Made(cache.entry(reply.wire, keep, tags=tags, metadata=reply.metadata))

        key = key_of(call.rpc, call.request, call.context, public=keep.public)
        deadline = effective(call.context.deadline)
        entry, how, _ = await cache.get(key, keep, make, deadline=deadline)
        try:
            value = self._read(call, Reply(entry.body, entry.metadata))
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
            self._emit(finished(call, 0.0, failure))
            raise

    def _launch(self, call: Call, until: Deadline, landed: Landed) -> Callable[[], object]:
        """The cheapest way to ask: a callback from the transport, where nobody wants metadata."""
        way = self._way(call)
        if way.starting is None or call.read_whole is not None:
            return self._flights.in_a_task(partial(self._fetch, call))(until, landed)
        if until.remaining_s() < SHORTEST_CALL_S:
            raise self._too_late(call)
        started_s = self._clock()

        def done(wire: bytes, failure: Failure | None) -> None:
            self._emit(finished(call, self._clock() - started_s, failure))
            landed(Reply(wire), failure)

        send, cancel = way.starting.start, way.starting.cancel
        metadata = call.context.metadata
        return partial(
            cancel, send(way.path, call.request, metadata=metadata, deadline=until, done=done)
        )

    async def _fetch(self, call: Call, until: Deadline) -> Reply:
        """One call, told; its metadata heard."""
        if until.remaining_s() < SHORTEST_CALL_S:
            raise self._too_late(call)
        started_s = self._clock()
        transport, path, _ = self._way(call)
        heard: list[tuple[str, str | bytes]] = []
        try:
            wire = await transport.unary(
                path,
                call.request,
                metadata=call.context.metadata,
                deadline=until,
                hear=heard.extend,
            )
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


def _only_rpc(rpc: str, _wire: bytes) -> frozenset[str]:
    return frozenset({rpc})
