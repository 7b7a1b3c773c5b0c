"""Find out, without a user's call, whether a replica that was ejected answers again.

Why       What comes back by time alone fails its first users each time.
Called by balancer.py, in one task for each ejected replica.
Never     puts a replica back on health alone, where a live call can tell more: a replica may call
          itself healthy and fail every call. A service without the health protocol has to answer
          that it has none, on a fresh connection.
Source    grpc/doc/health-checking.md; docs/spec/reliability.md section 1 (re-admission needs a
          probe, not live traffic).
"""

import asyncio
from collections.abc import Awaitable, Callable

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.health import ailment
from bff.transport.http2.pool import Pool
from bff.transport.http2.stream import Stream
from bff.transport.transport import Transport

ASK_S = 1.0
AGAIN_S = 0.7
"""Between two questions: who is back is found within a second."""
Sleep = Callable[[float], Awaitable[None]]


async def until_healthy(transport: Transport, *, sleep: Sleep = asyncio.sleep) -> None:
    """Returns when what `transport` leads to calls itself healthy, or answers at all."""
    while await ailment(transport, "", Deadline.after(ASK_S)):
        await sleep(AGAIN_S)


class Probe:
    """Carries questions to one replica; it is their judge, so that no other is asked instead."""

    replicas = 1

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __repr__(self) -> str:
        return f"<Probe of {self._pool!r}>"

    def start(self, stream: Stream) -> None:
        stream.judge = self
        self._pool.start(stream)

    def cancel(self, stream: Stream) -> None:
        self._pool.cancel(stream)

    async def close(self) -> None:
        """The pool is not its own."""

    def well(self, stream: Stream) -> None:
        """Whoever asked reads the answer."""

    def failed(self, stream: Stream, failure: Failure) -> None:
        """Whoever asked reads the failure."""
