"""What befalls a store: each of F19's faults, and what ends it.

Called by scenarios (F19, F28).
Never     ends a fault by another's means: each is put right as it was made.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.store import Household

SLOW_MS = 200


class Fault:
    """What befalls the store, and what ends it."""

    def __init__(self, home: Household, seconds: float) -> None:
        self.server, self.proxy, self.seconds = home.server, home.proxy, seconds
        self.kept: dict[bytes, tuple[int, bytes]] = {}

    def __repr__(self) -> str:
        return f"<Fault of {self.seconds:.0f} s at {self.proxy!r}>"

    async def kill(self) -> None:
        await asyncio.to_thread(self.server.kill)

    async def start(self) -> None:
        await asyncio.to_thread(self.server.start)

    async def freeze(self) -> None:
        self.server.stop()

    async def thaw(self) -> None:
        self.server.go_on()

    async def pause(self) -> None:
        """Nothing ends it early: whoever would say so has to wait as well."""
        await self.server.say("CLIENT", "PAUSE", round(self.seconds * 1000), "ALL")

    async def unpause(self) -> None:
        await self.server.say("PING")

    async def mistype(self) -> None:
        """Every key there is holds a list."""
        async with self.server.line() as ask:
            for key in await ask(("KEYS", "*")):
                left_ms, dump = await ask(("PTTL", key)), await ask(("DUMP", key))
                if dump is not None:
                    self.kept[key] = (max(0, left_ms), dump)
                    await ask(("DEL", key))
                    await ask(("RPUSH", key, "not what you think"))

    async def restore(self) -> None:
        async with self.server.line() as ask:
            for key, (left_ms, dump) in self.kept.items():
                await ask(("RESTORE", key, left_ms, dump, "REPLACE"))

    async def fill(self) -> None:
        await self.server.say("CONFIG", "SET", "maxmemory", 1)

    async def empty(self) -> None:
        await self.server.say("CONFIG", "SET", "maxmemory", 0)

    async def slow_down(self) -> None:
        self.proxy.turn(delay_ms=SLOW_MS)

    async def speed_up(self) -> None:
        self.proxy.turn(delay_ms=0)

    async def cut(self) -> None:
        self.proxy.turn(cut_after_bytes=1)

    async def join(self) -> None:
        self.proxy.turn(cut_after_bytes=0)


Act = Callable[[Fault], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Case:
    """`silent`: the store does not answer, so that who asks has to wait for nothing to find out."""

    variant: str
    begins: Act
    ends: Act
    silent: bool = False


CASES = (
    Case("RST amid every reply", Fault.cut, Fault.join),
    Case("killed", Fault.kill, Fault.start),
    Case("frozen (SIGSTOP)", Fault.freeze, Fault.thaw, silent=True),
    Case("CLIENT PAUSE", Fault.pause, Fault.unpause, silent=True),
    Case("every key of the wrong type", Fault.mistype, Fault.restore),
    Case("out of memory", Fault.fill, Fault.empty),
    Case(f"{SLOW_MS} ms away, each way", Fault.slow_down, Fault.speed_up, silent=True),
)
