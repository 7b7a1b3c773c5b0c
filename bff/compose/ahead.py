"""An iterator whose next item can be waited for with a limit, and is not lost when that passes.

Why       `asyncio.wait_for(anext(replies))` cancels the call that it gives up on. A heartbeat, or
          the head of an answer, must not.
Called by compose/streams.py, compose/streaming.py.
Never     asks for more than one item before it is taken: who reads slowly is never run ahead of
          (ST6).
"""

import asyncio
from collections.abc import AsyncGenerator
from enum import Enum
from typing import Any, Final, Generic, Literal, TypeVar

T = TypeVar("T")


class _End(Enum):
    END = "end"


END: Final = _End.END
"""What stands after the last item."""


class Ahead(Generic[T]):
    """Reads one source, one item ahead at most. Closing it closes the source."""

    def __init__(self, source: AsyncGenerator[T, None]) -> None:
        self._source = source
        self._next: asyncio.Task[T | Literal[_End.END]] | None = None

    def __repr__(self) -> str:
        return f"<Ahead {'asking' if self._next else 'idle'}>"

    async def arrives(
        self, within_s: float | None, *, unless: "asyncio.Future[Any] | None" = None
    ) -> bool:
        """Whether the next item, the end or a failure is here in time.

        unless  the wait ends, too, when this is done
        """
        if self._next is None:
            self._next = asyncio.create_task(self._pull())
        waited = {self._next} if unless is None else {self._next, unless}
        await asyncio.wait(waited, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        return self._next.done()

    async def take(self) -> T | Literal[_End.END]:
        """The next item, or END. Raises what the source raises."""
        if self._next is None:
            return await self._pull()
        try:
            return await self._next
        finally:
            self._next = None

    def raise_early(self) -> None:
        """Raise the failure that is here in place of the next item, if it is one."""
        if self._next is not None and self._next.done():
            failed = self._next.exception()
            if failed is not None:
                raise failed

    async def aclose(self) -> None:
        """Stop asking, and close the source."""
        pulling, self._next = self._next, None  # a task keeps its end, whose frames keep us
        if pulling is not None:
            pulling.cancel()
            await asyncio.gather(pulling, return_exceptions=True)
        await self._source.aclose()

    async def _pull(self) -> T | Literal[_End.END]:
        return await anext(self._source, END)
