"""The calls of one request that are under way: by a callback of their transport, or on a task.

Called by running.py.
Never     holds a call that is over: the call holds us, and a cycle would be the collector's.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

from bff.calls.call import Calls, Cancel
from bff.compose.view.running_calls import Question

Came: TypeAlias = Callable[[Question, Any], object]
"""Takes what the call's `read` returned, or the exception. Never raises."""


class UnderWay:
    """It holds nobody who waits: who does holds it."""

    __slots__ = ("_begun", "_calls", "_tasks")

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._begun: list[Cancel] = []
        self._tasks: list[asyncio.Task[None]] = []

    def __repr__(self) -> str:
        return f"<UnderWay, {len(self._begun)} by callbacks, {len(self._tasks)} on tasks>"

    def send(self, question: Question, came: Came) -> None:
        """`came` is told once, unless the call was cancelled."""

        def done(reply: Any, error: Exception | None) -> None:
            came(question, reply if error is None else error)

        cancel = self._calls.begin(question.call, done)
        if cancel is not None:
            self._begun.append(cancel)
            return
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(self._awaited(question, came)))

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

    async def _awaited(self, question: Question, came: Came) -> None:
        said: Any
        try:
            said = await self._calls.make(question.call)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - `came` is told
            said = error
        came(question, said)
