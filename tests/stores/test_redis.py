"""The cache in Redis, beside what every store does: other processes, other releases, nonsense."""

from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import pytest_asyncio

from bff.stores.memory import MemoryStore
from bff.stores.options import StoreOptions
from bff.stores.redis import MOST_BYTES, MOST_TAGS, RedisStore
from bff.stores.shelves import Shelves
from bff.stores.two_tier import TwoTier
from tests.stores.redis_server import RedisServer
from tests.stores.test_store import KEY, an_entry


class Machines:
    """Processes of one BFF: what one does, the others see."""

    def __init__(self, server: RedisServer) -> None:
        self._options = StoreOptions(url=server.url, cache_timeout_ms=5_000)
        self._shelves: list[Shelves] = []

    def one(self, edition: str = "") -> RedisStore:
        self._shelves.append(Shelves(self._options))
        store = self._shelves[-1].cache(edition=edition)
        assert store is not None
        return store

    async def close(self) -> None:
        for one in self._shelves:
            await one.close()


@pytest_asyncio.fixture
async def machines(redis_server: RedisServer) -> AsyncIterator[Machines]:
    made = Machines(redis_server)
    yield made
    await made.close()


async def test_what_one_machine_kept_another_finds(machines: Machines):
    here, there = machines.one(), machines.one()
    await here.set(KEY, an_entry(b"body", "t"))
    assert b"body" == (await _found(there)).body


async def test_what_another_release_kept_is_not_given_out(machines: Machines):
    """A screen that shows one member more: yesterday's answer has another shape."""
    await machines.one(edition="1").set(KEY, an_entry())
    assert await machines.one(edition="2").get(KEY) is None


async def test_what_was_asked_before_another_machines_purge_is_not_kept_after_it(
    machines: Machines,
):
    """The services answered with what the purge is about; only its store came later."""
    here, there = machines.one(), machines.one()
    asked = an_entry(b"before", "t", since_s=0.0)
    await there.purge(["t"])
    assert (False, None) == (await here.keep(KEY, asked), await here.get(KEY))


async def test_what_redis_comes_to_late_is_judged_by_when_it_was_asked(own_redis: RedisServer):
    """Whoever asked gave up long ago; the frozen Redis keeps it when it wakes, or rather not."""
    shelves = Shelves(StoreOptions(url=own_redis.url, cache_timeout_ms=50))
    store = shelves.cache()
    assert store is not None
    await until_kept(store)
    asked = an_entry(b"before", "t", since_s=0.0)
    await store.purge(["t"])
    own_redis.stop()
    await store.keep(("late",), asked)
    own_redis.go_on()
    found = [await own_redis.say("KEYS", "bff:cache:e:*") for _ in range(3)]
    await shelves.close()
    assert [1, 1, 1] == [len(one) for one in found], "the first one, from before"


async def test_a_second_entry_of_the_tag_does_not_hide_the_purge_from_a_third(machines: Machines):
    """q, not k: the mark still knows when it was purged."""
    here = machines.one()
    before = an_entry(b"before", "t", since_s=0.0)
    await here.purge(["t"])
    kept = [
        await here.keep(("new",), an_entry(b"", "t", since_s=0.0)),
        await here.keep(KEY, before),
    ]
    assert [True, False] == kept


async def test_an_evicted_mark_takes_its_entries_with_it(
    machines: Machines, redis_server: RedisServer
):
    """Redis may evict a mark while it keeps the entry: then nobody knows of a purge between."""
    store = machines.one()
    await store.set(KEY, an_entry(b"old", "t"))
    (mark,) = await redis_server.say("KEYS", "bff:cache:t:*")
    await redis_server.say("DEL", mark)
    await store.set(("other",), an_entry(b"", "t"))
    assert await store.get(KEY) is None


async def test_what_lies_under_a_key_and_is_anothers_is_never_given_out(
    machines: Machines, redis_server: RedisServer
):
    """F19: the entry says whose it is; a reply that came astray is nobody's."""
    store = machines.one()
    await store.set(("ada",), an_entry(b"ada's", "t"))
    (adas,) = await redis_server.say("KEYS", "bff:cache:e:*")
    await store.set(("bob",), an_entry(b"bob's", "t"))
    (bobs,) = {*await redis_server.say("KEYS", "bff:cache:e:*")} - {adas}
    await redis_server.say("COPY", adas, bobs, "REPLACE")
    assert (None, b"ada's") == (await store.get(("bob",)), (await _found(store, "ada")).body)


async def test_nonsense_and_wrong_types_are_nothing(machines: Machines, redis_server: RedisServer):
    store = machines.one()
    await store.set(KEY, an_entry(b"body", "t"))
    (place,) = await redis_server.say("KEYS", "bff:cache:e:*")
    whole = await redis_server.say("GET", place)
    for nonsense in (
        b"",
        b"\x01",
        b"\x02" + whole[1:],
        whole[:40],
        whole[:-1],
        whole[:33] + b"\xff",
    ):
        await redis_server.say("SET", place, nonsense)
        assert await store.get(KEY) is None
    await redis_server.say("DEL", place)
    await redis_server.say("LPUSH", place, "x")
    assert await store.get(KEY) is None
    await store.set(KEY, an_entry(b"again", "t"))
    assert b"again" == (await _found(store)).body


async def test_neither_keys_nor_tags_can_be_read_in_redis(
    machines: Machines, redis_server: RedisServer
):
    await machines.one().set(("secret-token",), an_entry(b"", "users/ada"))
    names = b" ".join(await redis_server.say("KEYS", "*"))
    assert (2, False, False) == (names.count(b"bff:cache:"), b"secret" in names, b"ada" in names)


async def test_everything_in_redis_has_an_end(machines: Machines, redis_server: RedisServer):
    store = machines.one()
    await store.set(KEY, an_entry(b"", "t"))
    await store.purge(["t", "u"])
    ends = [await redis_server.say("PTTL", key) for key in await redis_server.say("KEYS", "*")]
    assert (3, True) == (len(ends), all(end > 0 for end in ends))


async def test_what_is_too_large_or_about_too_much_is_not_sent(machines: Machines):
    store = machines.one()
    large = an_entry(b"x" * (MOST_BYTES + 1))
    broad = an_entry(b"", *(f"t{number}" for number in range(MOST_TAGS + 1)))
    for entry in (large, broad):
        await store.set(KEY, entry)
        assert await store.get(KEY) is None


async def test_as_many_tags_as_are_allowed_are_kept_and_purged(machines: Machines):
    store = machines.one()
    tags = [f"t{number}" for number in range(MOST_TAGS)]
    await store.set(KEY, an_entry(b"broad", *tags))
    assert (b"broad", MOST_TAGS) == ((await _found(store)).body, await store.purge(tags))
    assert await store.get(KEY) is None


async def test_a_key_with_something_in_it_that_has_no_text_is_not_shared(machines: Machines):
    store, key = machines.one(), (object(),)
    await store.set(key, an_entry())
    assert await store.get(key) is None


async def test_a_purge_of_another_machine_is_obeyed_near_within_the_bound(machines: Machines):
    """docs/stores.md: `near_ms`, and not a moment longer."""
    now_s = monotonic()

    def clock() -> float:
        return now_s

    near = TwoTier(MemoryStore(clock=clock), machines.one(), near_s=1.0, clock=clock)
    await near.set(KEY, an_entry(b"old", "t"))
    await machines.one().purge(["t"])
    now_s += 0.999
    still = await near.get(KEY)
    now_s += 0.001
    assert (b"old", None) == (still and still.body, await near.get(KEY))


async def test_what_was_refused_for_a_purge_is_not_kept_near_either(machines: Machines):
    near = TwoTier(MemoryStore(), machines.one(), near_s=60.0)
    asked = an_entry(b"before", "t", since_s=0.0)
    await machines.one().purge(["t"])
    await near.set(KEY, asked)
    assert await near.get(KEY) is None


async def test_a_purge_of_our_own_is_obeyed_at_once(machines: Machines):
    near = TwoTier(MemoryStore(), machines.one(), near_s=60.0)
    await near.set(KEY, an_entry(b"old", "t"))
    await near.purge(["t"])
    assert await near.get(KEY) is None


async def test_what_is_near_is_not_asked_for_again(machines: Machines, redis_server: RedisServer):
    near = TwoTier(MemoryStore(), machines.one(), near_s=60.0)
    await near.set(KEY, an_entry(b"body"))
    redis_server.empty()
    assert b"body" == (await near.get(KEY) or an_entry(b"")).body


async def until_kept(store: RedisStore) -> None:
    """Connected, and with one entry."""
    await store.set(KEY, an_entry())
    while await store.get(KEY) is None:
        await store.set(KEY, an_entry())


async def _found(store: RedisStore, *key: str) -> Any:
    found = await store.get(key or KEY)
    assert found is not None
    return found
