"""The steps of every call, in one place, each with the reason why it stands where it stands.

Called by app (builds it once), compose (calls it).
Never     knows what is asked or shown: it moves calls, not meanings.
Source    twitter/finagle StackClient.scala: one file builds the whole stack.

A call goes   cache -> coalesce -> events -> hedge -> retry -> breaker -> limiter -> transport
  deadline   before all of them: what is kept back to answer in is kept back once
  cache      outside coalescing: a hit wakes nobody
  coalesce   outside events: twins are one call, and told as one
  events     told once for each call that was made; hits and twins are told as CacheAsked, further
             attempts as CallRepeated
  hedge      outside retry: the second call is spared the retries of the first
  retry      outside the breaker: each attempt is counted; an open breaker ends the retrying
  breaker    outside the transport: what it refuses costs no socket anything
  limiter    beside the breaker (turnstile.py asks both): only what goes out takes a place
  transport  innermost: gets what is left of the deadline

One that nobody shares skips cache and coalescing, and is read inside of the events, so that a reply
which cannot be read counts as a failed call. A stream obeys the breaker alone: it may last for an
hour, and what it has said cannot be said again.
"""

from collections.abc import AsyncGenerator, Awaitable, Container, Mapping
from contextlib import aclosing
from typing import Any

from bff.calls.attempts import Sending
from bff.calls.beginning import answered
from bff.calls.cache import Cache
from bff.calls.call import Begin, Call, Calls, Cancel, Done, Make, Open, StreamCall
from bff.calls.passage import Passage
from bff.calls.policies import Policies
from bff.calls.reserve import sent_by
from bff.calls.sharing import ReadTags, Sharing
from bff.calls.showing import ShowsOf, as_it_came, made_ready
from bff.calls.starting import beginner, starter
from bff.calls.told import with_events, with_stream_events
from bff.calls.ways import Ways, deadline_of
from bff.terms.errors import Failure
from bff.terms.events import Emit
from bff.transport.transport import Transport


def pipeline(
    transports: Mapping[str, Transport],
    *,
    emit: Emit,
    cache: Cache | None = None,
    tags: ReadTags | None = None,
    policies: Policies | None = None,
    reads: Container[str] | None = None,
    shows_of: ShowsOf = as_it_came,
) -> Calls:
    """The whole of a call.

    transports  one entry per service, and "*" for all the others
    cache       where replies are remembered; None: nowhere
    tags        what a reply is about; None: its rpc
    policies    how calls survive; None: as by default
    reads       the rpcs without side effects, which may be hedged; None: the idempotent ones
    shows_of    what each service is shown of who calls
    """
    ways = Ways(transports, policies=policies, emit=emit, reads=reads, shows_of=shows_of)
    alone = with_events(over(ways), emit)
    sharing = Sharing(ways, emit=emit, cache=cache, tags=tags)
    stream = with_stream_events(streaming_over(ways), emit)
    calls = Calls(
        make=alone_or_shared(alone, sharing.make),
        open=stream,
        starter=starter(ways, emit=emit),
        begin=begun_alone_or_shared(beginner(ways, emit=emit), sharing.begin),
    )
    return calls if shows_of is as_it_came else made_ready(calls, shows_of)


def alone_or_shared(alone: Make, shared: Make) -> Make:
    """No coroutine of its own: the calls that nobody shares are the many."""

    def make(call: Call) -> Awaitable[Any]:
        return shared(call) if _is_shared(call) else alone(call)

    return make


def begun_alone_or_shared(alone: Begin, shared: Begin) -> Begin:
    """The same of calls that nobody waits for."""

    def begin(call: Call, done: Done) -> Cancel | None:
        return shared(call, done) if _is_shared(call) else alone(call, done)

    return begin


def _is_shared(call: Call) -> bool:
    return call.shared or call.keep is not None or call.note is not None


def over(ways: Ways) -> Make:
    """Send the call to its service and read the answer."""

    async def make(call: Call) -> Any:
        way, read_whole = ways[call.rpc], call.read_whole
        heard: list[tuple[str, str | bytes]] = []
        deadline = sent_by(deadline_of(call), way.means.clock())
        hear = None if read_whole is None else heard.extend
        sending = Sending(call.request, call.context, deadline, call.idempotent, hear)
        wire = await answered(way, sending)
        try:
            return call.read(wire) if read_whole is None else read_whole(wire, tuple(heard))
        except Failure as failure:
            way.turnstile.spoiled(failure, way.means.clock())
            raise

    return make


def streaming_over(ways: Ways) -> Open:
    """Open the stream to its service and read each answer."""

    async def stream(call: StreamCall) -> AsyncGenerator[Any, None]:
        way = ways[call.rpc]
        replies = way.transport.stream(
            way.path,
            call.requests,
            metadata=way.metadata(call.context),
            deadline=deadline_of(call),
            hear=call.hear,
        )
        async with aclosing(replies) as wires:
            with Passage(way.turnstile, clock=way.means.clock) as passage:
                async for wire in wires:
                    passage.said()
                    yield call.read(wire)

    return stream
