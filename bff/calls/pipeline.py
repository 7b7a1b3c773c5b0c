"""The steps of every call, in one place, each with the reason why it stands where it stands.

Called by app (builds it once), compose (calls it).
Never     knows what is asked or shown: it moves calls, not meanings.
Source    twitter/finagle StackClient.scala: one file builds the whole stack.

A call that nobody shares goes   events -> transport, and is read inside, so that a reply which
                                 cannot be read counts as a failed call
one that several may share goes  cache -> coalesce -> events -> transport, and each reads the reply:
  cache      outside coalescing: a hit wakes nobody
  coalesce   outside events: twins are one call, and told as one
  events     told once for each call that was made; hits and twins are told as CacheAsked
  transport  innermost: gets what is left of the deadline
"""

from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any

from bff.calls.cache import Cache
from bff.calls.call import Call, Calls, Make, Open, StreamCall
from bff.calls.sharing import ReadTags, Sharing
from bff.calls.told import with_events, with_stream_events
from bff.calls.ways import Ways, deadline_of
from bff.terms.events import Emit
from bff.transport.transport import Transport


def pipeline(
    transports: Mapping[str, Transport],
    *,
    emit: Emit,
    cache: Cache | None = None,
    tags: ReadTags | None = None,
) -> Calls:
    """The whole of a call.

    transports  one entry per service, and "*" for all the others
    cache       where replies are remembered; None: nowhere
    tags        what a reply is about; None: its rpc
    """
    ways = Ways(transports)
    alone = with_events(over(ways), emit)
    sharing = Sharing(ways, emit=emit, cache=cache, tags=tags)
    stream = with_stream_events(streaming_over(ways), emit)
    return Calls(make=alone_or_shared(alone, sharing.make), open=stream)


def alone_or_shared(alone: Make, shared: Make) -> Make:
    """No coroutine of its own: the calls that nobody shares are the many."""

    def make(call: Call) -> Awaitable[Any]:
        if call.shared or call.keep is not None or call.note is not None:
            return shared(call)
        return alone(call)

    return make


def over(ways: Ways) -> Make:
    """Send the call to its service and read the answer."""

    async def make(call: Call) -> Any:
        transport, path, _ = ways[call.rpc]
        read_whole = call.read_whole
        if read_whole is None:
            wire = await transport.unary(
                path, call.request, metadata=call.context.metadata, deadline=deadline_of(call)
            )
            return call.read(wire)
        heard: list[tuple[str, str | bytes]] = []
        wire = await transport.unary(
            path,
            call.request,
            metadata=call.context.metadata,
            deadline=deadline_of(call),
            hear=heard.extend,
        )
        return read_whole(wire, tuple(heard))

    return make


def streaming_over(ways: Ways) -> Open:
    """Open the stream to its service and read each answer."""

    async def stream(call: StreamCall) -> AsyncGenerator[Any, None]:
        replies = ways[call.rpc].transport.stream(
            f"/{call.rpc}",
            call.requests,
            metadata=call.context.metadata,
            deadline=deadline_of(call),
            hear=call.hear,
        )
        async with aclosing(replies) as wires:
            async for wire in wires:
                yield call.read(wire)

    return stream
