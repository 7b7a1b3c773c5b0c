"""Records that answer later, as those on the network do. Called by tests/sessions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bff.stores.records_memory import MemoryRecords

T = TypeVar("T")


class Waiting:
    """Everything takes a turn of the loop, before and after it is done."""

    def __init__(self) -> None:
        self._kept = MemoryRecords()

    def get(self, key: str) -> Awaitable[bytes | None]:
        return later(self._kept.get, key)

    def put(self, key: str, value: bytes, *, ttl_s: float) -> Awaitable[None]:
        return later(self._kept.put, key, value, ttl_s=ttl_s)

    def add(self, key: str, value: bytes, *, ttl_s: float) -> Awaitable[bool]:
        return later(self._kept.add, key, value, ttl_s=ttl_s)

    def swap(self, key: str, old: bytes, new: bytes, *, ttl_s: float) -> Awaitable[bool]:
        return later(self._kept.swap, key, old, new, ttl_s=ttl_s)

    def delete(self, key: str) -> Awaitable[bool]:
        return later(self._kept.delete, key)

    def add_member(self, key: str, member: str, *, ttl_s: float) -> Awaitable[None]:
        return later(self._kept.add_member, key, member, ttl_s=ttl_s)

    def members(self, key: str) -> Awaitable[frozenset[str]]:
        return later(self._kept.members, key)

    def remove_member(self, key: str, member: str) -> Awaitable[bool]:
        return later(self._kept.remove_member, key, member)


async def later(do: Callable[..., T], *given: object, **named: float) -> T:
    await asyncio.sleep(0)
    done = do(*given, **named)
    await asyncio.sleep(0)
    return done
