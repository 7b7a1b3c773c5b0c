"""Looks one name up, again and again, and tells where it leads.

Why       A service that is scaled, moved or restarted has other addresses than at boot.
Called by balancer.py, one for each name.
States    resting -> looking -> resting ...; `hurry` shortens a rest.
Never     has two lookups under way, nor one on asyncio's own threads: a resolver that hangs must
          not keep TLS or large bodies from theirs, nor the process from ending.
Source    docs/spec/reliability.md section 2 ("DNS change").
"""

import asyncio
import contextlib
import random
import socket
import threading
from collections.abc import Awaitable, Callable
from contextvars import Context
from time import monotonic

from bff.transport.resolver_rules import Found, Known, Nothing, after, hurried_in_s, next_in_s

LookUp = Callable[[str, int], Awaitable[Found | Nothing]]
"""Where a host and port lead. Never raises but CancelledError."""
_ABSENT = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


async def look_up(host: str, port: int) -> Found | Nothing:
    """By the system's resolver, in a thread of its own."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Found | Nothing] = loop.create_future()

    def settle(found: Found | Nothing) -> None:
        if not answer.done():
            answer.set_result(found)

    def run() -> None:
        found = _found(host, port)
        with contextlib.suppress(RuntimeError):  # the loop has gone meanwhile
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=run, name=f"look up {host}", daemon=True).start()
    return await answer


def _found(host: str, port: int) -> Found | Nothing:
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return Nothing(why=str(error), is_final=error.errno in _ABSENT)
    except (OSError, UnicodeError) as error:
        return Nothing(why=str(error), is_final=False)
    found = tuple(sorted({(str(it[4][0]), int(it[4][1])) for it in entries}))
    return found or Nothing(why="the name has no address", is_final=True)


class Resolver:
    """`told` is called after each lookup with what is believed then."""

    def __init__(
        self,
        host: str,
        port: int,
        told: Callable[[Known], object],
        *,
        resolve_s: float,
        loop: asyncio.AbstractEventLoop,
        look_up: LookUp = look_up,
        clock: Callable[[], float] = monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._host, self._port = host, port
        self._told = told
        self._resolve_s = resolve_s
        self._loop = loop
        self._look_up = look_up
        self._clock = clock
        self._chance = chance
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looked_at_s = -1e9
        self.known = Known()

    def __repr__(self) -> str:
        state = "looking" if self._task else "resting" if self._timer else "idle"
        why = f", {self.known.why}" if self.known.why else ""
        return f"<Resolver of {self._host}, {state}, {len(self.known.places)} places{why}>"

    def start(self) -> None:
        """Look now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is None:
            self._looked_at_s = self._clock()
            self._task = self._loop.create_task(self._look(), context=Context())

    def hurry(self) -> None:
        """A replica was lost: look soon, if that is sooner than planned."""
        if self._timer is None:
            return
        soon_s = hurried_in_s(self._looked_at_s, self._clock(), self._chance())
        if self._loop.time() + soon_s < self._timer.when():
            self._rest(soon_s)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _look(self) -> None:
        answer = await self._look_up(self._host, self._port)
        self._task = None
        self.known = after(self.known, answer, self._clock())
        self._rest(next_in_s(self.known, self._resolve_s, self._chance()))
        self._told(self.known)

    def _rest(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self.start)
