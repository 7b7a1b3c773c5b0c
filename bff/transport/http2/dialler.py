"""One dial at a time, and pauses between those that fail.

Why       Calls that find no connection must not each open one, nor each wait for a dead target.
Called by pool.py.
States    resting -> dialling -> resting (a connection is open) or pausing -> dialling ...
          `failed` says why calls must fail at once: from a failed dial on, until one succeeds. It
          dials on, asked or not: else the next call would wait for what has just failed.
Source    grpc/doc/connectivity-semantics-and-api.md; gRFC A62 (sticky transient failure).
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Protocol

from bff.terms.errors import untraced
from bff.terms.silence import UNREACHABLE, UNREADABLE
from bff.transport.http2.backoff import pause_s
from bff.transport.http2.connection import Connection
from bff.transport.http2.frames import Violation

Open = Callable[[], Awaitable[Connection]]


class Customer(Protocol):
    """Who wants connections."""

    def ready(self, connection: Connection) -> None: ...
    def not_ready(self) -> None:
        """The dial failed; `failed` says why."""
        ...


class Dialler:
    """`failed` is the reason and the words of the last dial that failed, or None."""

    def __init__(
        self,
        customer: Customer,
        open_one: Open,
        *,
        loop: asyncio.AbstractEventLoop,
        most_pause_s: float,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._customer = customer
        self._open_one = open_one
        self._loop = loop
        self._most_pause_s = most_pause_s
        self._chance = chance
        self._task: asyncio.Task[None] | None = None
        self._pause: asyncio.TimerHandle | None = None
        self._asked = self._closed = False
        self._failures = 0
        self.failed: tuple[str, str] | None = None

    def __repr__(self) -> str:
        state = "dialling" if self._task else "pausing" if self._pause else "resting"
        why = f" after {self._failures} failures: {self.failed[1]}" if self.failed else ""
        return f"<Dialler {state}{why}>"

    def want(self) -> None:
        """A call would use another connection: dial, now or after the pause."""
        self._asked = True
        if self._task is None and self._pause is None and not self._closed:
            self._asked = False
            self._task = self._loop.create_task(self._run(), context=Context())

    def judge(self, *, well: bool) -> None:
        """A connection came to its end: one that never served is like one that never opened."""
        if well:
            self._failures = 0
        elif self._pause is None and self._task is None and not self._closed:
            self._rest()

    async def close(self) -> None:
        self._closed = True
        if self._pause is not None:
            self._pause.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            connection = await self._open_one()
        except (OSError, ValueError, Violation) as error:
            self._task = None
            self.failed = _reason(error)
            untraced(error)  # its frames hold the connection, which holds it
            self._rest()
            self._customer.not_ready()
        else:
            self._task = None
            self.failed = None
            self._customer.ready(connection)

    def _rest(self) -> None:
        self._failures += 1
        seconds = pause_s(self._failures, most_s=self._most_pause_s, chance=self._chance())
        self._pause = self._loop.call_later(seconds, self._rested)

    def _rested(self) -> None:
        self._pause = None
        if self._asked or self.failed is not None:
            self.want()


def _reason(error: Exception) -> tuple[str, str]:
    """A peer that answers in another tongue gave an answer; all else is nobody there."""
    if isinstance(error, Violation):
        return UNREADABLE, f"the service does not speak HTTP/2: {error.what}"
    return UNREACHABLE, f"{type(error).__name__}: {error}"
