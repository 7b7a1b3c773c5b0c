"""Which transport carries an rpc, and how long it may take.

Called by calls/pipeline.py, calls/sharing.py, calls/starting.py.
Never     opens a connection: a transport does that when it is first used.
"""

from collections.abc import Mapping
from typing import NamedTuple

from bff.calls.budget import effective
from bff.calls.call import Call, StreamCall
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent
from bff.transport.transport import Starting, Transport

SHORTEST_CALL_S = 0.001
"""With less time left than this, a call could only fail: it is not started."""


class Way(NamedTuple):
    """`starting` is the transport again where it needs nobody to wait, else None."""

    transport: Transport
    path: str
    starting: Starting | None


class Ways(dict[str, Way]):
    """The way of each rpc, found when it is first taken.

    transports  one entry per service, and "*" for all the others
    Raises      ServiceSilent for a service that has no address
    """

    def __init__(self, transports: Mapping[str, Transport]) -> None:
        super().__init__()
        self._transports = transports

    def __missing__(self, rpc: str) -> Way:
        service = rpc.partition("/")[0]
        transport = self._transports.get(service) or self._transports.get("*")
        if transport is None:
            raise _unaddressed(rpc, service)
        starting = transport if isinstance(transport, Starting) else None
        way = self[rpc] = Way(transport, f"/{rpc}", starting)
        return way


def deadline_of(call: Call | StreamCall) -> Deadline:
    """Raises ServiceSilent where too little time is left."""
    deadline = effective(call.context.deadline)
    if deadline.remaining_s() < SHORTEST_CALL_S:
        raise too_late(call.rpc)
    return deadline


def too_late(rpc: str) -> ServiceSilent:
    return ServiceSilent(
        "There was no time left to ask a service that this needs.",
        reason="upstream-timeout",
        code=Code.DEADLINE_EXCEEDED,
        source=rpc,
    )


def _unaddressed(rpc: str, service: str) -> ServiceSilent:
    failure = ServiceSilent("A service that this needs has no address.", source=rpc)
    failure.add_note(f'add "{service}" to [services]')
    return failure
