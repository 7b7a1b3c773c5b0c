"""A cache whose store others share: what it says of time, and of whom an answer is."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bff.calls.cache import Cache, Made, cache_of
from bff.calls.keep import Keep
from bff.calls.keys import key_of
from bff.stores.memory import MemoryOptions, MemoryStore
from bff.stores.options import StoreOptions
from bff.stores.shelves import Shelves
from bff.stores.two_tier import TwoTier
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.events import silence
from tests.stores.redis_server import one_redis, redis_server

__all__ = ["one_redis", "redis_server"]

KEEP = Keep(fresh_s=60)


@pytest_asyncio.fixture
async def shelves(request: pytest.FixtureRequest) -> AsyncIterator[Shelves]:
    url = request.getfixturevalue("redis_server").url
    made = Shelves(StoreOptions(url=url, cache_timeout_ms=5_000))
    yield made
    await made.close()


def by(subject: str, issuer: str = "idp") -> RequestContext:
    bearer = ("authorization", f"Bearer {subject}-token")
    who = Identity(subject, issuer, frozenset({"read"}))
    return RequestContext("r-1", Deadline.after(60), who, metadata=(bearer,))


async def answer(cache: Cache, context: RequestContext, body: bytes) -> bytes:
    """What the caller is given; `body` is what the service would say."""

    async def make(_until: Deadline) -> Made:
        return Made(cache.entry(body, KEEP, tags=frozenset({"t"})))

    key = key_of("a.B/Get", b"asked", context, public=False)
    return (await cache.get(key, KEEP, make, deadline=Deadline.after(60))).entry.body


async def test_row_112_in_a_shared_store_too_each_users_answer_is_that_users(shelves: Shelves):
    """Two processes, three users of whom two have one name at different issuers."""
    here = cache_of(MemoryOptions(), silence, shared=shelves.cache())
    there = cache_of(MemoryOptions(), silence, shared=shelves.cache())
    assert here is not None
    assert there is not None
    users = [by("ada"), by("bob"), by("ada", "other-idp")]
    for number, user in enumerate(users):
        await answer(here, user, b"%d's" % number)
    assert [b"0's", b"1's", b"2's"] == [await answer(there, user, b"new") for user in users]


async def test_what_is_kept_says_when_it_was_asked_for_and_not_when_it_came():
    """A purge may have come between: only who knows both times can tell."""
    now_s = 100.0

    def clock() -> float:
        return now_s

    store = MemoryStore(clock=clock)
    cache = Cache(store, emit=silence, clock=clock)

    async def make(_until: Deadline) -> Made:
        nonlocal now_s
        now_s += 2.0
        return Made(cache.entry(b"body", KEEP))

    key = key_of("a.B/Get", b"asked", by("ada"), public=False)
    came = await cache.get(key, KEEP, make, deadline=Deadline.after(60))
    kept = store.get(key)
    assert kept is not None
    assert (102.0, 100.0, 162.0) == (came.entry.made_at_s, kept.made_at_s, kept.fresh_until_s)


async def test_a_cache_that_is_off_is_off_with_a_shared_store_too(shelves: Shelves):
    off = MemoryOptions(max_entries=0)
    assert None is cache_of(off, silence, shared=shelves.cache())


async def test_with_a_shared_store_memory_stands_before_it(shelves: Shelves):
    shared = shelves.cache()
    assert shared is not None
    cache = cache_of(MemoryOptions(), silence, shared=shared, near_s=1.0)
    assert repr(TwoTier(MemoryStore(), shared, near_s=1.0)) in repr(cache)
