"""Ask several services at once: what is needed, what may fail, and how long there is.

Why       asyncio.TaskGroup gives "all or nothing"; a screen wants "all of these, any of those, by
          then".
Called by screens in bff/views (through Visit.fanout).
Never     swallows a bug: only a Failure makes a gap, every other exception ends the screen.
Source    docs/spec/views.md "The escape hatch"; PEP 654 (what a TaskGroup raises).

    async with visit.fanout() as ask:
        user = ask.need(users.get_user(user_id="ada"))
        team = ask.soft(absent(teams.get_membership(user_id="ada")), at="/team")
    (await user).display_name                       # after the block every part is done
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from bff.calls.budget import effective, narrowed_to
from bff.compose.endpoint import Gap
from bff.compose.together import worst
from bff.contract.status import retryable
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, ServiceSaid

T = TypeVar("T")

SOFT_SHARE = 0.9
"""A soft part may use this share of the time: what is left is for answering without it."""


class Fanout:
    """Parts asked at the same time, all inside one deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = effective(deadline)
        self.gaps: list[Gap] = []
        self._group = asyncio.TaskGroup()
        self._scope = ExitStack()

    def __repr__(self) -> str:
        return f"<Fanout, {self.deadline.remaining_s():.3f} s left, {len(self.gaps)} gaps>"

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._scope.enter_context(narrowed_to(self.deadline))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for every part. Raises the Failure of a needed part, after its siblings were
        cancelled.
        """
        self._scope.close()
        try:
            await self._group.__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:
            raise worst(list(_leaves(group))) from None

    def need(self, work: Awaitable[T]) -> "asyncio.Task[T]":
        """A part without which there is no screen: its failure cancels the others."""
        return self._group.create_task(_awaited(work))

    def soft(self, work: Awaitable[T], *, at: str | tuple[str, ...]) -> "asyncio.Task[T | None]":
        """A part that may fail: None then, and a gap at the JSON Pointers `at`."""
        seconds = self.deadline.remaining_s() * SOFT_SHARE
        places = (at,) if isinstance(at, str) else at
        run = self._softly(work, places, self.deadline.within(seconds))
        return self._group.create_task(run)

    async def _softly(
        self, work: Awaitable[T], places: tuple[str, ...], deadline: Deadline
    ) -> T | None:
        with narrowed_to(deadline):
            try:
                return await work
            except Failure as failure:
                self.gaps += (gap_of(failure, place) for place in places)
                return None


def gap_of(failure: Failure, at: str) -> Gap:
    """What the client is told of a part that failed: where, which code, is a retry worth it."""
    return Gap(path=at, code=failure.code, retryable=retryable(failure))


async def absent(work: Awaitable[T]) -> T | None:
    """None where the service says NOT_FOUND: absent is not failed."""
    try:
        return await work
    except ServiceSaid as said:
        if said.code is Code.NOT_FOUND:
            return None
        raise


def _awaited(work: Awaitable[T]) -> Coroutine[Any, Any, T]:
    async def run() -> T:
        return await work

    return run()


def _leaves(group: BaseExceptionGroup[BaseException]) -> Generator[BaseException, None, None]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one
