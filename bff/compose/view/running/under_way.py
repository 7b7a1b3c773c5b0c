"""The calls of one request that are under way: by a callback of their transport, or on a task.

Called by gathering.py.
Never     holds a call that is over: the call holds us, and a cycle would be the collector's.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

from bff.calls.call import Call, Calls, Cancel

Came: TypeAlias = Callable[[Any, BaseException | None], object]
"""As Done, of a call that may have been cancelled with its task."""


class UnderWay:
    """It holds nobody who waits: who does holds it."""

    __slots__ = ("_begun", "_calls", "_tasks")

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._begun: list[Cancel] = []
        self._tasks: list[asyncio.Task[None]] = []

    def __repr__(self) -> str:
        return f"<UnderWay, {len(self._begun)} by callbacks, {len(self._tasks)} on tasks>"

    def hold(self, cancel: Cancel) -> None:
        """A call that somebody else began."""
        self._begun.append(cancel)

    def send(self, call: Call, came: Came) -> None:
        """`came` is told once, unless the call was cancelled."""
        cancel = self._calls.begin(call, came)
        if cancel is not None:
            self._begun.append(cancel)
            return
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(self._awaited(call, came)))

    def over(self) -> None:
        """All of them have ended."""
        self._begun.clear()

    def cancel(self) -> None:
        """Nobody wants what they bring."""
        begun, self._begun = self._begun, []
        for cancel in begun:
            cancel()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """All are cancelled and have ended, however often we are cancelled meanwhile."""
        self.cancel()
        cancelled = False
        while pending := [task for task in self._tasks if not task.done()]:
            try:
                await asyncio.wait(pending)
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError

    async def _awaited(self, call: Call, came: Came) -> None:
        try:
            reply = await self._calls.make(call)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - `came` is told
            came(None, error)
        else:
            came(reply, None)
