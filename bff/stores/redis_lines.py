"""A few connections, each in one hand at a time.

Why       A connection whose question was given up has an answer on its way: the next to use it
          would read what somebody else asked for. So it is closed, whatever ended the question.
How       Connections are made by tasks of their own: whoever waits may give up, and the next one
          finds the connection made.
Called by stores/redis_client.py.
Never     holds more than `most`; never gives a closed one back.
Source    CVE-2023-28858, CVE-2023-28859 (redis-py); docs/spec/threats.md "other user's data".
"""

import asyncio
from collections import deque
from contextvars import Context

from bff.stores.redis_line import Dial, Line, LineLost


class Lines:
    """`idle` ones are taken youngest first, so that a quiet time lets the others be few."""

    def __init__(self, dial: Dial, *, most: int) -> None:
        self._dial = dial
        self._most = most
        self._idle: list[Line] = []
        self._waiting: deque[asyncio.Future[Line]] = deque()
        self._dialing: set[asyncio.Task[None]] = set()
        self._held = 0
        self.closed = 0

    def __repr__(self) -> str:
        idle = sum(not one.gone for one in self._idle)
        return (
            f"<Lines: {idle} idle, {self._held} in use, {len(self._dialing)} being made,"
            f" {len(self._waiting)} waited for, {self.closed} closed>"
        )

    async def take(self) -> Line:
        """One for this caller alone, who gives it back or drops it. Raises LineLost."""
        while self._idle:
            line = self._idle.pop()
            if not line.gone:
                self._held += 1
                return line
            await self._close(line)
        waiting: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._dial_more()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self.give_back(waiting.result())
            raise

    def give_back(self, line: Line) -> None:
        """It was asked and has answered, and nothing more is to come on it."""
        self._held -= 1
        self._offer(line)

    async def drop(self, line: Line) -> None:
        """Something may still come on it, or it broke."""
        self._held -= 1
        await self._close(line)
        self._dial_more()

    async def drop_idle(self) -> None:
        """What broke one of them may have broken all."""
        idle, self._idle = self._idle, []
        for line in idle:
            await self._close(line)

    async def add(self) -> Line:
        """One more, made now, for this caller alone. Raises LineLost."""
        line = await self._dial()
        self._held += 1
        return line

    async def close(self) -> None:
        """End what is being made, and all that is in nobody's hand."""
        for task in self._dialing:
            task.cancel()
        await asyncio.gather(*self._dialing, return_exceptions=True)
        await self.drop_idle()

    def _offer(self, line: Line) -> None:
        waiting = self._next()
        if waiting is None:
            self._idle.append(line)
        else:
            self._held += 1
            waiting.set_result(line)

    def _next(self) -> asyncio.Future[Line] | None:
        """Who has waited longest, and still does."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                return waiting
        return None

    def _dial_more(self) -> None:
        """As many as are waited for, within the bound."""
        there = self._held + len(self._idle) + len(self._dialing)
        wanted = sum(not one.done() for one in self._waiting) - len(self._dialing)
        for _ in range(min(wanted, self._most - there)):
            task = asyncio.get_running_loop().create_task(self._made(), context=Context())
            self._dialing.add(task)
            task.add_done_callback(self._dialed)

    def _dialed(self, task: asyncio.Task[None]) -> None:
        self._dialing.discard(task)
        if not task.cancelled():
            self._dial_more()

    async def _made(self) -> None:
        try:
            line = await self._dial()
        except LineLost as lost:
            self._tell(lost)
        else:
            self._offer(line)

    def _tell(self, lost: LineLost) -> None:
        """All who wait, where nobody could give one back to them."""
        while waiting := self._next():
            waiting.set_exception(LineLost(str(lost)))
            if self._held:
                return

    async def _close(self, line: Line) -> None:
        self.closed += 1
        await line.close()
