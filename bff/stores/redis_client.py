"""Ask Redis, within a time, or learn at once that it is not there.

Why       What is remembered elsewhere must never cost more than it is worth: each use says how long
          it waits, has connections of its own, and stops asking on its own account. A cache that
          gave up on a slow Redis after 10 ms leaves the sessions, which wait longer, in peace.
Called by records_redis.py, redis.py, meters_redis.py; stores/shelves.py makes them.
Never     gives a connection back whose question was not answered; repeats what may have been done;
          says more of an error than its first word.
Source    docs/spec/reliability.md F19, "Redis/cache down"; CVE-2023-28858, CVE-2023-28859.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from hashlib import sha1
from random import random
from typing import Any, Final

from bff.stores.patience import patience
from bff.stores.records import StoreUnreachable
from bff.stores.redis_line import Dial, Line, LineLost, Said, Word
from bff.stores.redis_lines import Lines
from bff.stores.redis_reach import Reach, after_failure, pause_s
from bff.terms.events import Emit, StoreTurned, silence

_MOVED_ON: Final = "READONLY"
"""What a primary says that has become a replica: its name leads to another one now."""


class RedisClient:
    """use        whose questions these are: "cache", "sessions"; for logs and metrics
    prefix     how all its keys begin
    timeout_s  how long a question may take, with waiting for a connection
    """

    def __init__(
        self,
        dial: Dial,
        *,
        use: str,
        prefix: str,
        timeout_s: float,
        connections: int = 16,
        emit: Emit = silence,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random,
    ) -> None:
        self.prefix = prefix
        self._use = use
        self._timeout_s = timeout_s
        self._lines = Lines(dial, most=connections)
        self._emit = emit
        self._sleep = sleep
        self._chance = chance
        self._reach = Reach()
        self._answers = 0
        self._mending: asyncio.Task[None] | None = None
        self._digests: dict[str, str] = {}

    def __repr__(self) -> str:
        state = "not reachable" if self._reach.out else "reachable"
        return f"<RedisClient for {self._use}: {state}, {self._answers} answers, {self._lines!r}>"

    @property
    def reachable(self) -> bool:
        """False: it was found not to be there, and nobody asks until it is."""
        return not self._reach.out

    @property
    def closed(self) -> int:
        """How many connections were closed because an answer may still have come on them."""
        return self._lines.closed

    async def ask(self, *words: Word) -> Any:
        """What Redis answers: bytes, int, list or None.

        Raises StoreUnreachable: no answer in time, none to be expected, or an error
        """
        try:
            return await self._said(words)
        except Said as error:
            raise StoreUnreachable(f"{self._use}: Redis says {error}") from None

    async def eval(self, script: str, keys: Sequence[str | bytes], args: Sequence[Word]) -> Any:
        """What a Lua script returns. It is sent by its digest, whole where Redis lost it.

        Raises StoreUnreachable, as `ask` does
        """
        digest = self._digests.get(script)
        if digest is None:
            digest = sha1(script.encode(), usedforsecurity=False).hexdigest()
            self._digests[script] = digest
        try:
            return await self._said(("EVALSHA", digest, len(keys), *keys, *args))
        except Said as error:
            if str(error) != "NOSCRIPT":
                raise StoreUnreachable(f"{self._use}: Redis says {error}") from None
        return await self.ask("EVAL", script, len(keys), *keys, *args)

    async def close(self) -> None:
        """Give up what is under way, and close what is idle."""
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.gather(self._mending, return_exceptions=True)
        await self._lines.close()

    async def _said(self, words: Sequence[Word]) -> Any:
        if self._reach.out:
            raise StoreUnreachable(f"{self._use}: it is not there")
        before = self._answers
        try:
            async with patience(self._timeout_s):
                return await self._asked(await self._lines.take(), words)
        except TimeoutError:
            # Others get answers: this one only stood in their queue.
            if self._answers == before:
                await self._failed("no answer in time")
            raise StoreUnreachable(f"{self._use}: no answer in time") from None
        except LineLost as lost:
            await self._failed(str(lost))
            raise StoreUnreachable(f"{self._use}: {lost}") from None

    async def _asked(self, line: Line, words: Sequence[Word]) -> Any:
        try:
            answer = await line.ask(words)
        except Said as error:
            if str(error) == _MOVED_ON:
                await self._lines.drop(line)
                await self._lines.drop_idle()
            else:
                self._answered(line)
            raise
        except BaseException:  # also a cancellation: its answer may still come on this line
            await self._lines.drop(line)
            raise
        self._answered(line)
        return answer

    def _answered(self, line: Line) -> None:
        self._answers += 1
        self._lines.give_back(line)
        if self._reach.failures and not self._reach.out:
            self._reach = Reach()

    async def _failed(self, why: str) -> None:
        was_out, self._reach = self._reach.out, after_failure(self._reach)
        if self._reach.out and not was_out:
            self._emit(StoreTurned(self._use, "lost", why))
            self._mending = asyncio.get_running_loop().create_task(self._mend(), context=Context())
            await self._lines.drop_idle()

    async def _mend(self) -> None:
        """Ask after it, again and again, until it answers as fast as a question has to be."""
        tries = 0
        while not await self._answers_a_ping():
            await self._sleep(pause_s(tries, chance=self._chance()))
            tries += 1
        self._reach = Reach()
        self._emit(StoreTurned(self._use, "found", ""))

    async def _answers_a_ping(self) -> bool:
        try:
            line = await self._lines.add()
            async with patience(self._timeout_s):
                await self._asked(line, ("PING",))
        except (TimeoutError, LineLost, Said):
            return False
        return True
