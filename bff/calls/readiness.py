"""Which services are not there, and why, for /readyz.

Called by app, on behalf of edge/health.py.
Never     asks more than once at a time, nor more often than every `fresh_s`: a probe must not
          become load.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import Context
from time import monotonic

from bff.terms.deadline import Deadline
from bff.transport.health import ailment
from bff.transport.transport import Transport


class Readiness:
    """Asks every service of `transports` (by service name) and remembers for a moment."""

    def __init__(
        self,
        transports: Mapping[str, Transport],
        *,
        patience_s: float = 1.0,
        fresh_s: float = 1.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._transports = {name: one for name, one in transports.items() if name != "*"}
        self._patience_s = patience_s
        self._fresh_s = fresh_s
        self._clock = clock
        self._asking: asyncio.Task[Mapping[str, str]] | None = None
        self._asked_at_s = -fresh_s

    def __repr__(self) -> str:
        return f"<Readiness of {len(self._transports)} services>"

    async def ailments(self) -> Mapping[str, str]:
        """Service name -> "" or what ails it; sorted. Waiters share one round of questions."""
        now_s = self._clock()
        stale = now_s - self._asked_at_s >= self._fresh_s
        if self._asking is None or (stale and self._asking.done()):
            self._asked_at_s = now_s
            self._asking = asyncio.create_task(self._ask(), context=Context())
        return await asyncio.shield(self._asking)

    async def close(self) -> None:
        """End a round of questions that is under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> Mapping[str, str]:
        deadline = Deadline.after(self._patience_s)
        names = sorted(self._transports)
        found = await asyncio.gather(
            *(ailment(self._transports[name], name, deadline) for name in names)
        )
        return dict(zip(names, found, strict=True))
