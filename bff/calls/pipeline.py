"""The steps of every call, in one place, each with the reason why it stands where it stands.

Called by app (builds it once), compose (calls it).
Never     knows what is asked or shown: it moves calls, not meanings.
Source    twitter/finagle StackClient.scala: one file builds the whole stack.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from time import perf_counter
from typing import Any

from bff.calls.budget import effective
from bff.calls.call import Call, Calls, Make, Open, StreamCall
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.events import CallFinished, Emit
from bff.transport.transport import Transport

SHORTEST_CALL_S = 0.001
"""With less time left than this, a call could only fail: it is not started."""


def pipeline(transports: Mapping[str, Transport], *, emit: Emit) -> Calls:
    """The whole of a call. `transports` has one entry per service, and "*" for all the others."""
    unary, stream = (
        over(transports),
        streaming_over(transports),
    )  # innermost: what is left of the deadline
    unary, stream = (
        with_events(unary, emit),
        with_stream_events(stream, emit),
    )  # outermost: what the screen saw
    return Calls(make=unary, open=stream)


def over(transports: Mapping[str, Transport]) -> Make:
    """Send the call to its service and read the answer."""

    ways: dict[str, tuple[Transport, str]] = {}

    async def make(call: Call) -> Any:
        way = ways.get(call.rpc)
        if way is None:
            way = ways[call.rpc] = (_transport(transports, call), f"/{call.rpc}")
        transport, path = way
        heard: list[tuple[str, str | bytes]] = []
        wire = await transport.unary(
            path,
            call.request,
            metadata=call.context.metadata,
            deadline=_deadline(call),
            hear=heard.extend if call.read_whole else None,
        )
        return call.read_whole(wire, tuple(heard)) if call.read_whole else call.read(wire)

    return make


def streaming_over(transports: Mapping[str, Transport]) -> Open:
    """Open the stream to its service and read each answer."""

    async def stream(call: StreamCall) -> AsyncGenerator[Any, None]:
        transport = _transport(transports, call)
        replies = transport.stream(
            f"/{call.rpc}",
            call.requests,
            metadata=call.context.metadata,
            deadline=_deadline(call),
            hear=call.hear,
        )
        async with aclosing(replies) as wires:
            async for wire in wires:
                yield call.read(wire)

    return stream


def _transport(transports: Mapping[str, Transport], call: Call | StreamCall) -> Transport:
    found = transports.get(call.service) or transports.get("*")
    if found is None:
        raise _unaddressed(call)
    return found


def _deadline(call: Call | StreamCall) -> Deadline:
    deadline = effective(call.context.deadline)
    if deadline.remaining_s() < SHORTEST_CALL_S:
        raise _too_late(call)
    return deadline


def with_events(make: Make, emit: Emit, *, clock: Callable[[], float] = perf_counter) -> Make:
    """Tell how each call went, whoever made it."""

    async def told(call: Call) -> Any:
        started_s = clock()
        try:
            reply = await make(call)
        except Failure as failure:
            emit(_finished(call, clock() - started_s, failure))
            raise
        emit(_finished(call, clock() - started_s, None))
        return reply

    return told


def with_stream_events(
    stream: Open, emit: Emit, *, clock: Callable[[], float] = perf_counter
) -> Open:
    """Tell how each stream ended; one that its reader left is told as OK."""

    async def told(call: StreamCall) -> AsyncGenerator[Any, None]:
        started_s = clock()
        failed: Failure | None = None
        try:
            async with aclosing(stream(call)) as replies:
                async for reply in replies:
                    yield reply
        except Failure as failure:
            failed = failure
            raise
        finally:
            emit(_finished(call, clock() - started_s, failed))

    return told


def _finished(call: Call | StreamCall, elapsed_s: float, failure: Failure | None) -> CallFinished:
    service, _, method = call.rpc.partition("/")
    request_id = call.context.request_id
    if failure is None:
        return CallFinished(service, method, Code.OK, elapsed_s, request_id)
    notes = "; ".join([failure.detail, *getattr(failure, "__notes__", ())])
    return CallFinished(
        service, method, failure.code, elapsed_s, request_id, reason=failure.reason, detail=notes
    )


def _unaddressed(call: Call | StreamCall) -> ServiceSilent:
    failure = ServiceSilent("A service that this needs has no address.", source=call.rpc)
    failure.add_note(f'add "{call.service}" to [services]')
    return failure


def _too_late(call: Call | StreamCall) -> ServiceSilent:
    return ServiceSilent(
        "There was no time left to ask a service that this needs.",
        reason="upstream-timeout",
        code=Code.DEADLINE_EXCEEDED,
        source=call.rpc,
    )
