"""What every store of the cache does: each test runs on memory, on Redis, and on both in a row."""

from collections.abc import AsyncIterator, Awaitable
from time import monotonic
from typing import Any

import pytest
import pytest_asyncio

from bff.stores.memory import MemoryStore
from bff.stores.options import StoreOptions
from bff.stores.shelves import Shelves
from bff.stores.store import Entry, Soon, Store
from bff.stores.two_tier import TwoTier

KINDS = ("memory", "redis", "two tiers")
KEY = ("a.B/Get", b"\x00asked", "ada", frozenset({"read", "write"}), (("tenant", "t-1"),))


def an_entry(body: bytes = b"body", *tags: str, since_s: float = 1.0, for_s: float = 60.0) -> Entry:
    """Asked for `since_s` ago, gone in `for_s`."""
    now_s = monotonic()
    metadata = (("grpc-text", "text"), ("key-bin", b"\x00\xff"))
    return Entry(body, metadata, frozenset(tags), now_s - since_s, now_s + for_s / 2, now_s + for_s)


async def soon(answer: Soon[Any]) -> Any:
    return await answer if isinstance(answer, Awaitable) else answer


@pytest_asyncio.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """Nothing is in it."""
    if request.param == "memory":
        yield MemoryStore()
        return
    url = request.getfixturevalue("redis_server").url
    shelves = Shelves(StoreOptions(url=url, cache_timeout_ms=5_000))
    shared = shelves.cache()
    assert shared is not None
    yield shared if request.param == "redis" else TwoTier(MemoryStore(), shared, near_s=60.0)
    await shelves.close()


async def test_an_entry_comes_back_as_it_was_and_what_was_not_kept_is_none(store: Store):
    entry = an_entry(b"\x00body\xff", "t", "a.B/ü")
    await soon(store.set(KEY, entry))
    found = await soon(store.get(KEY))
    assert (entry[:3], None) == (found[:3], await soon(store.get(("other",))))


async def test_its_times_are_those_of_whoever_reads_it(store: Store):
    entry = an_entry()
    await soon(store.set(KEY, entry))
    found = await soon(store.get(KEY))
    assert entry[3:5] == pytest.approx(found[3:5], abs=0.2)


async def test_an_entry_that_is_gone_already_is_not_kept(store: Store):
    await soon(store.set(KEY, an_entry(for_s=0.0)))
    assert await soon(store.get(KEY)) is None


async def test_a_new_entry_takes_the_place_of_the_old(store: Store):
    for body in (b"old", b"new"):
        await soon(store.set(KEY, an_entry(body)))
    assert b"new" == (await soon(store.get(KEY))).body


async def test_what_was_deleted_is_not_there_and_deleting_nothing_is_no_matter(store: Store):
    await soon(store.set(KEY, an_entry()))
    for _ in range(2):
        await soon(store.delete(KEY))
    assert await soon(store.get(KEY)) is None


async def test_a_purge_forgets_all_that_has_one_of_the_tags_and_nothing_else(store: Store):
    for key, tags in (("a", ("t", "u")), ("b", ("u",)), ("c", ("v",))):
        await soon(store.set((key,), an_entry(key.encode(), *tags)))
    purged = [await soon(store.purge(["t", "u", "nobody's"])) for _ in range(2)]
    kept = [key for key in "abc" if await soon(store.get((key,))) is not None]
    assert ([2, 0], ["c"]) == (purged, kept)


async def test_a_purge_of_no_tags_forgets_nothing(store: Store):
    await soon(store.set(KEY, an_entry(b"", "t")))
    assert (0, True) == (await soon(store.purge([])), await soon(store.get(KEY)) is not None)


async def test_what_is_asked_after_a_purge_is_kept_again_and_can_be_purged_again(store: Store):
    await soon(store.set(KEY, an_entry(b"1", "t")))
    await soon(store.purge(["t"]))
    await soon(store.set(KEY, an_entry(b"2", "t", since_s=0.0)))
    found = await soon(store.get(KEY))
    assert (b"2", 1) == (found.body, await soon(store.purge(["t"])))
    assert await soon(store.get(KEY)) is None


async def test_keys_that_python_takes_for_different_are_different(store: Store):
    keys = [("1",), (b"1",), (1,), ("", "1"), (("1",),), (frozenset({"1"}),), (None,), ("1", None)]
    for number, key in enumerate(keys):
        await soon(store.set(key, an_entry(b"%d" % number)))
    found = [(await soon(store.get(key))).body for key in keys]
    assert [b"%d" % number for number in range(len(keys))] == found
