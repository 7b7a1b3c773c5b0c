"""A small cache in this process before the one that all share.

Why       What is asked a thousand times a second need not cross the network a thousand times.
Bound     What another process purges is given out here for `near_s` at most: nothing stays near
          for longer than that without a look at the shared store. A purge of our own reaches both
          at once.
Called by calls/cache.py, as any Store.
Never     keeps near what the shared store refused, because it was purged while it was asked for.
"""

from collections.abc import Callable, Hashable, Iterable
from time import monotonic
from typing import Protocol

from bff.stores.memory import MemoryStore
from bff.stores.store import Entry


class Shared(Protocol):
    """What stores/redis.py has: a Store that says whether a purge came between."""

    async def get(self, key: Hashable) -> Entry | None: ...

    async def keep(self, key: Hashable, entry: Entry) -> bool: ...

    async def delete(self, key: Hashable) -> None: ...

    async def purge(self, tags: Iterable[str]) -> int: ...


class TwoTier:
    """All of one clock."""

    def __init__(
        self,
        near: MemoryStore,
        shared: Shared,
        *,
        near_s: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._near = near
        self._shared = shared
        self._near_s = near_s
        self._clock = clock
        self._purges = 0

    def __repr__(self) -> str:
        return f"<TwoTier: {self._near!r} for {self._near_s:g} s before {self._shared!r}>"

    async def get(self, key: Hashable) -> Entry | None:
        """From near where it was seen just now."""
        entry, purges = self._near.get(key), self._purges
        if entry is None:
            entry = await self._shared.get(key)
            if entry is not None and purges == self._purges:
                self._bring(key, entry)
        return entry

    async def set(self, key: Hashable, entry: Entry) -> None:
        """In both, or in neither."""
        self._near.delete(key)
        purges = self._purges
        if await self._shared.keep(key, entry) and purges == self._purges:
            self._bring(key, entry)

    async def delete(self, key: Hashable) -> None:
        """In both."""
        self._near.delete(key)
        await self._shared.delete(key)

    async def purge(self, tags: Iterable[str]) -> int:
        """In both. Returns how many tags something had. Raises StoreUnreachable."""
        wanted = tuple(tags)
        self._forget_near(wanted)
        try:
            return await self._shared.purge(wanted)
        finally:
            self._forget_near(wanted)  # again: what came near while the shared store was asked

    def _forget_near(self, tags: tuple[str, ...]) -> None:
        self._purges += 1  # what is on its way to here may be what this is about
        self._near.purge(tags)

    def _bring(self, key: Hashable, entry: Entry) -> None:
        until_s = self._clock() + self._near_s
        self._near.set(key, entry._replace(gone_at_s=min(entry.gone_at_s, until_s)))
