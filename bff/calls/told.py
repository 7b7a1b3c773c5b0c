"""Tell how each call went that was made.

Called by calls/pipeline.py, calls/sharing.py, calls/starting.py.
Never     tells of a reply that was remembered or shared: that was no call (see CacheAsked).
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from time import perf_counter
from typing import Any

from bff.calls.call import Call, Make, Open, StreamCall
from bff.terms.codes import Code
from bff.terms.errors import Failure
from bff.terms.events import CallFinished, Emit


def with_events(make: Make, emit: Emit, *, clock: Callable[[], float] = perf_counter) -> Make:
    """Tell how each call went, whoever made it."""

    async def told(call: Call) -> Any:
        started_s = clock()
        try:
            reply = await make(call)
        except Failure as failure:
            emit(finished(call, clock() - started_s, failure))
            raise
        emit(finished(call, clock() - started_s, None))
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
            emit(finished(call, clock() - started_s, failed))

    return told


def finished(call: Call | StreamCall, elapsed_s: float, failure: Failure | None) -> CallFinished:
    """How a call went, for those who listen."""
    service, _, method = call.rpc.partition("/")
    request_id = call.context.request_id
    if failure is None:
        return CallFinished(service, method, Code.OK, elapsed_s, request_id)
    notes = "; ".join([failure.detail, *getattr(failure, "__notes__", ())])
    return CallFinished(
        service, method, failure.code, elapsed_s, request_id, reason=failure.reason, detail=notes
    )
