"""A service with a cache before it, and a clock that the test sets: a double.

Called by tests/calls/test_cache.py, test_cache_stale.py.
"""

import asyncio
from typing import Any

from bff.calls.cache import Cache
from bff.calls.pipeline import pipeline
from bff.stores.memory import MemoryStore
from bff.terms.events import CacheAsked, Event
from tests.calls.asked import ONCE, Heard, Service, settle


class Shop:
    """A service, a cache before it, and a clock that the test sets."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.told: list[Event] = []
        self.service = Service()
        self.store = MemoryStore(clock=lambda: self.now_s)
        self.cache = Cache(self.store, emit=self.told.append, clock=lambda: self.now_s)
        self.make = pipeline(
            {"*": self.service},
            emit=self.told.append,
            cache=self.cache,
            tags=self.tags,
            policies=ONCE,
        ).make

    @staticmethod
    def tags(rpc: str, wire: bytes) -> frozenset[str]:
        return frozenset({rpc, wire.decode()})

    @property
    def hows(self) -> list[str]:
        return [event.how for event in self.told if isinstance(event, CacheAsked)]

    @property
    def asked(self) -> list[Heard]:
        return self.service.heard

    async def answer(self, call: Any, *replies: bytes | Exception) -> Any:
        """What the call returns or raises, where the service answers so, if it is asked."""
        task = asyncio.ensure_future(self.make(call))
        await settle()
        self.reply(*replies)
        return (await asyncio.gather(task, return_exceptions=True))[0]

    def reply(self, *replies: bytes | Exception) -> None:
        waiting = [heard.reply for heard in self.asked if not heard.reply.done()]
        for one, reply in zip(waiting, replies, strict=False):
            if isinstance(reply, Exception):
                one.set_exception(reply)
            else:
                one.set_result(reply)
