"""An issuer of keys that can be down, slow or wrong, with a clock and a sleep that tests move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bff.guard.tokens.key_set import KeySet
from bff.terms.events import Event
from tests.guard import forge


class Issuer:
    """A key set's whole world: what it fetches, its clock and its sleep.

    answer   what the next fetch gives
    fetches  how often it was asked
    gate     cleared, it stalls every fetch
    """

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.fetches = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.now_s = 1_000.0
        self.events: list[Event] = []
        self.changes = 0
        self.pauses: list[float] = []
        self._naps: asyncio.Queue[None] = asyncio.Queue()
        self._asleep = asyncio.Event()

    async def fetch(self) -> bytes:
        self.fetches += 1
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._asleep.set()
        await self._naps.get()
        self.now_s += seconds

    async def wake(self) -> None:
        """Let one pause end, and return when the read after it is over."""
        await self._asleep.wait()
        self._asleep.clear()
        self._naps.put_nowait(None)
        await self._asleep.wait()

    def changed(self) -> None:
        self.changes += 1

    def key_set(self) -> KeySet:
        return KeySet(
            forge.options(),
            fetch=self.fetch,
            clock=lambda: self.now_s,
            sleep=self.sleep,
            emit=self.events.append,
            changed=self.changed,
        )


@asynccontextmanager
async def started(issuer: Issuer) -> AsyncIterator[KeySet]:
    keys = issuer.key_set()
    await keys.start()
    try:
        yield keys
    finally:
        await keys.stop()


async def kid(keys: KeySet, name: str = "one", *, wait_s: float | None = None) -> str | None:
    return (await keys.key(name, "ES256", wait_s=wait_s)).kid


async def settled() -> None:
    """Every task that can go on has gone on as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)
