"""Calls that are begun, and tell by a callback how they ended: no coroutine, no task, no future.

Why       Most requests are one call whose reply goes out as it comes. A task, and the futures that
          it awaits, would be half of the work between the client's socket and the service's.
          It has all that the pipeline gives a call: deadline, hedge, retry, breaker, limiter.
Called by calls/pipeline.py, compose/unary.py and compose/view (through Calls).
Never     waits; never calls back twice, nor for a call that it did not begin.
"""

from typing import Any

from bff.calls.attempts import Sending
from bff.calls.beginning import begin
from bff.calls.call import Begin, Call, Cancel, Done, Read, Start, Starter
from bff.calls.reserve import sent_by
from bff.calls.told import finished
from bff.calls.ways import SHORTEST_CALL_S, Way, Ways
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import Failure
from bff.terms.events import CallFinished, Emit


def starter(ways: Ways, *, emit: Emit) -> Starter:
    """What prepares the calls of one rpc; None where its transport has no callbacks."""

    def prepared(rpc: str, read: Read, *, idempotent: bool = False) -> Start | None:
        if ways.starting(rpc) is None:
            return None
        return _start(ways[rpc], read, emit, idempotent=idempotent)

    return prepared


def beginner(ways: Ways, *, emit: Emit) -> Begin:
    """Begins any call that nobody shares and of which only the message is wanted."""

    def begin(call: Call, done: Done) -> Cancel | None:
        if call.read_whole is not None or ways.starting(call.rpc) is None:
            return None
        start = _start(ways[call.rpc], call.read, emit, idempotent=call.idempotent)
        return start(call.request, call.context, done)

    return begin


def _start(way: Way, read: Read, emit: Emit, *, idempotent: bool) -> Start:
    service, method, turnstile, clock = way.service, way.method, way.turnstile, way.means.clock

    def start(request: bytes, context: RequestContext, done: Done) -> Cancel | None:
        now_s = clock()
        if context.deadline.at_s - now_s < SHORTEST_CALL_S:
            return None

        def told(wire: bytes, failure: Exception | None) -> None:
            reply: Any = None
            error = failure
            if failure is None:
                try:
                    reply = read(wire)
                except Exception as unread:  # noqa: BLE001 - whoever asked is told of it
                    error = unread
                    if isinstance(unread, Failure):
                        unread.__traceback__ = None  # or this frame, and with it the reply, stays
                        turnstile.spoiled(unread, clock())
            elapsed_s = clock() - now_s
            if error is None:
                emit(CallFinished(service, method, Code.OK, elapsed_s, context.request_id))
            elif isinstance(error, Failure):
                call = Call(f"{service}/{method}", request, context, read)
                emit(finished(call, elapsed_s, error))
            done(reply, error)

        deadline = sent_by(context.deadline, now_s)
        return begin(way, Sending(request, context, deadline, idempotent), told)

    return start
