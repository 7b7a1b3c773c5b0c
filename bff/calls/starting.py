"""Calls that are begun, and tell by a callback how they ended: no coroutine, no task, no future.

Why       Most requests are one call whose reply goes out as it comes. A task, and the futures that
          it awaits, would be half of the work between the client's socket and the service's.
Called by app (`starter`), compose/unary.py (through Calls).
Never     waits; never calls back twice, nor for a call that it did not begin.
"""

from collections.abc import Mapping
from functools import partial
from time import monotonic, perf_counter
from typing import Any

from bff.calls.call import Call, Cancel, Done, Read, Start, Starter
from bff.calls.told import finished
from bff.calls.ways import SHORTEST_CALL_S
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import Failure
from bff.terms.events import CallFinished, Emit
from bff.transport.transport import Starting, Transport


def starter(transports: Mapping[str, Transport], *, emit: Emit) -> Starter:
    """What prepares the calls of one rpc; None where its transport has no callbacks.

    A call has what the pipeline gives it: its deadline, its reply read inside, its event.
    """

    def prepared(rpc: str, read: Read) -> Start | None:
        transport: object = transports.get(rpc.partition("/")[0]) or transports.get("*")
        return _start(transport, rpc, read, emit) if isinstance(transport, Starting) else None

    return prepared


def _start(transport: Starting, rpc: str, read: Read, emit: Emit) -> Start:
    send, cancel, path = transport.start, transport.cancel, f"/{rpc}"
    service, _, method = rpc.partition("/")

    def start(request: bytes, context: RequestContext, done: Done) -> Cancel | None:
        deadline = context.deadline
        if deadline.at_s - monotonic() < SHORTEST_CALL_S:
            return None
        started_s = perf_counter()

        def told(wire: bytes, failure: Failure | None) -> None:
            reply: Any = None
            error: Exception | None = failure
            if failure is None:
                try:
                    reply = read(wire)
                except Exception as unread:  # noqa: BLE001 - whoever asked is told of it
                    error = unread
            elapsed_s = perf_counter() - started_s
            if error is None:
                emit(CallFinished(service, method, Code.OK, elapsed_s, context.request_id))
            elif isinstance(error, Failure):
                emit(finished(Call(rpc, request, context, read), elapsed_s, error))
            done(reply, error)

        call = send(path, request, metadata=context.metadata, deadline=deadline, done=told)
        return partial(cancel, call)

    return start
