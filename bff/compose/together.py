"""Do the same with several things at once: all or nothing, at half the price of a TaskGroup.

Why       A task costs a microsecond; what a TaskGroup and a gather add to it, two more. Nothing of
          that is needed where nobody joins later: the tasks are awaited one after the other, and
          only one that fails has to tell.
Called by compose/view (async functions of a view; `worst`), compose/fanout (`worst`).
Never     returns while one of them still runs: whoever cleans up is waited for.
Source    CPython Lib/asyncio/taskgroups.py, whose promises these are.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bff.terms.errors import Failure

Item = TypeVar("Item")
Value = TypeVar("Value")


async def together(do: Callable[[Item], Awaitable[Value]], items: Sequence[Item]) -> list[Value]:
    """What `do` returns for each item, in their order. All begin in the same tick.

    Raises what one of them raised, after the others were cancelled and have ended: a bug before a
    Failure. Being cancelled cancels them all.
    """
    if len(items) == 1:
        return [await do(items[0])]
    crew = _Crew(do)
    return await crew.done(items)


class _Crew(Generic[Item, Value]):
    """The tasks of one `together`, and what went wrong."""

    __slots__ = ("_do", "_errors", "_tasks")

    def __init__(self, do: Callable[[Item], Awaitable[Value]]) -> None:
        self._do = do
        self._errors: list[BaseException] = []
        self._tasks: list[asyncio.Task[Value]] = []

    async def done(self, items: Sequence[Item]) -> list[Value]:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._watched(item)) for item in items]
        try:
            values = [await task for task in self._tasks]
        except asyncio.CancelledError:
            await self._dismissed()
            raise
        if self._errors:
            raise worst(self._errors)
        return values

    async def _watched(self, item: Item) -> Value:
        try:
            return await self._do(item)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - `done` raises it
            self._failed(error)
        return None  # type: ignore[return-value] # nobody takes it: `done` raises

    def _failed(self, error: BaseException) -> None:
        self._errors.append(error)
        if len(self._errors) == 1:
            # Soon: a task that is cancelled before it began would pass for `done` being cancelled.
            asyncio.get_running_loop().call_soon(self._cancel)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _dismissed(self) -> None:
        """All were cancelled and have ended, however often we are cancelled meanwhile."""
        self._cancel()
        while pending := [task for task in self._tasks if not task.done()]:
            try:
                await asyncio.wait(pending)
            except asyncio.CancelledError:
                continue


def worst(errors: Sequence[BaseException]) -> BaseException:
    """A bug before a Failure, a Failure before the cancellations that it caused."""

    def badness(error: BaseException) -> int:
        if isinstance(error, asyncio.CancelledError):
            return 0
        return 1 if isinstance(error, Failure) else 2

    return max(errors, key=badness)
