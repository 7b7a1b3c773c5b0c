"""Begin a call with all that its method's policies want, by callback or awaited.

Order     hedge, then retry, then turnstile (breaker and limiter), then the transport; see
          pipeline.py for the reasons.
Called by calls/pipeline.py, calls/sharing.py, calls/starting.py.
Never     reads a reply: whoever asked does, and tells the turnstile of one that is spoiled.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from bff.calls.attempts import Attempts, Sending, Told
from bff.calls.hedging import Hedged
from bff.calls.ways import Way

_Answer: TypeAlias = "asyncio.Future[bytes]"


def begin(way: Way, sending: Sending, done: Told) -> Callable[[], object]:
    """`done` is told once how the call ended, maybe at once. Returns what gives it up.

    Raises ValueError for metadata that must not be sent
    """
    call: Attempts | Hedged
    spread = way.spread
    if spread is not None and sending.idempotent and way.turnstile.p95_s and spread.replicas > 1:
        call = Hedged(way, sending, done)
    else:
        call = Attempts(way, sending, done)
    call.begin()
    return call.cancel


async def answered(way: Way, sending: Sending) -> bytes:
    """The reply's wire bytes. Raises what the call failed with; a cancelled one is given up."""
    answer: _Answer = asyncio.get_running_loop().create_future()
    cancel = begin(way, sending, partial(_settle, answer))
    try:
        return await answer
    except asyncio.CancelledError:
        cancel()
        raise


def _settle(answer: _Answer, wire: bytes, failure: Exception | None) -> None:
    if answer.done():
        return
    if failure is None:
        answer.set_result(wire)
    else:
        answer.set_exception(failure)
