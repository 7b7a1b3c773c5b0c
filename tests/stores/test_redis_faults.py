"""F19 on a real Redis: what each fault costs whoever asks, and how soon all is well again.

Source    docs/spec/reliability.md F19 and "Redis/cache down": the cache is bypassed, records are
          told to be unreachable, wrong answers 0, recovery within 1 s.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from time import monotonic
from typing import TypeAlias

import pytest
import pytest_asyncio

from bff.stores.options import StoreOptions
from bff.stores.records import StoreUnreachable
from bff.stores.records_redis import RedisRecords
from bff.stores.redis import RedisStore
from bff.stores.shelves import Shelves
from tests.conditions import until
from tests.faults.proxy import ChaosProxy
from tests.stores.redis_server import RedisServer
from tests.stores.test_store import KEY, an_entry

REQUESTS = 600
OPTIONS = StoreOptions(timeout_ms=100)


class Site:
    """One Redis behind a network, and who uses it."""

    def __init__(self, server: RedisServer, proxy: ChaosProxy) -> None:
        self.server = server
        self.proxy = proxy
        self.shelves = Shelves(replace(OPTIONS, url=f"redis://{proxy.address}/0"))
        cache = self.shelves.cache()
        assert cache is not None
        self.cache: RedisStore = cache
        records = self.shelves.records("sessions")
        assert isinstance(records, RedisRecords)
        self.records: RedisRecords = records

    async def is_kept(self) -> bool:
        """Whether the cache and the records do what they are there for."""
        try:
            await self.cache.set(KEY, an_entry(b"kept"))
            await self.records.put("key", b"kept", ttl_s=60)
        except StoreUnreachable:
            return False
        return await self.cache.get(KEY) is not None

    async def settled(self) -> None:
        """Returns when all is well."""
        while not await self.is_kept():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0)

    async def asked(self) -> list[float]:
        """How many seconds each of many requests spent on a cache that is of no use."""
        spent: list[float] = []
        for number in range(REQUESTS):
            began_s = monotonic()
            assert await self.cache.get(("other", number)) is None
            await self.cache.set(("other", number), an_entry(b"answer"))
            spent.append(monotonic() - began_s)
        return sorted(spent)


Fault: TypeAlias = Callable[[Site], Awaitable[None]]


async def killed(site: Site) -> None:
    site.server.kill()


async def frozen(site: Site) -> None:
    site.server.stop()


async def paused(site: Site) -> None:
    """Nothing ends it early: whoever would say so has to wait as well."""
    await site.server.say("CLIENT", "PAUSE", 600, "ALL")


async def slow(site: Site) -> None:
    site.proxy.turn(delay_ms=200)


async def unplugged(site: Site) -> None:
    site.proxy.turn(stalled="both")


async def cut_off(site: Site) -> None:
    site.proxy.turn(cut_after_bytes=1)


async def mended(site: Site) -> None:
    """All of it, whichever it was."""
    site.proxy.turn(delay_ms=0, stalled="", cut_after_bytes=0)
    if not site.server.runs:
        site.server.start()
    site.server.go_on()
    await site.server.say("PING")


@pytest_asyncio.fixture
async def site(own_redis: RedisServer) -> AsyncIterator[Site]:
    async with ChaosProxy(f"127.0.0.1:{own_redis.port}") as proxy:
        made = Site(own_redis, proxy)
        await made.settled()
        yield made
        own_redis.go_on()
        await made.shelves.close()


FAULTS = (killed, frozen, paused, slow, unplugged, cut_off)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_a_cache_that_is_of_no_use_costs_at_most_a_few_requests_anything(
    site: Site, fault: Fault
):
    """No added p99 over 20 ms: of 600 requests three wait, once or twice, for 10 ms."""
    await fault(site)
    spent = await site.asked()
    assert (True, True) == (spent[int(REQUESTS * 0.99) - 1] < 0.020, spent[REQUESTS // 2] < 0.002)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_records_that_cannot_be_asked_say_so_in_time_and_never_that_nothing_is_there(
    site: Site, fault: Fault
):
    await fault(site)
    began_s = monotonic()
    for _ in range(10):
        with pytest.raises(StoreUnreachable):
            await site.records.get("key")
    assert 3 * 0.1 + 0.5 > monotonic() - began_s


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_all_is_well_again_within_a_second_after_it_is_back(site: Site, fault: Fault):
    await fault(site)
    await site.asked()
    await until(lambda: site.shelves.remarks()["store"] != "ok")
    await mended(site)
    began_s = monotonic()
    await site.settled()
    assert 1.0 > monotonic() - began_s


async def test_connections_that_were_reset_while_idle_cost_nobody_anything(site: Site):
    await site.records.put("key", b"value", ttl_s=60)
    site.proxy.reset()
    await until(lambda: " 0 idle" in repr(site.shelves.client("sessions", timeout_s=1)))
    assert b"value" == await site.records.get("key")


async def test_a_restarted_redis_costs_nobody_anything_when_nobody_asked_meanwhile(site: Site):
    """Idle connections of the one before are not used for the one after."""
    site.server.kill()
    site.server.start()
    await until(lambda: repr(site.shelves.client("sessions", timeout_s=1)).count(" 0 idle"))
    await site.records.put("key", b"value", ttl_s=60)
    assert b"value" == await site.records.get("key")


async def test_a_full_redis_keeps_nothing_more_and_still_gives_out_what_it_has(site: Site):
    """OOM is an answer: nobody stops asking for it, and who must keep something is told."""
    await site.server.say("CONFIG", "SET", "maxmemory", 1)
    with pytest.raises(StoreUnreachable, match="Redis says OOM"):
        await site.records.put("other", b"value", ttl_s=60)
    await site.cache.set(("other",), an_entry())
    assert (b"kept", None, {"store": "ok"}) == (
        await site.records.get("key"),
        await site.cache.get(("other",)),
        site.shelves.remarks(),
    )


async def test_a_record_of_a_wrong_type_is_told_and_hurts_no_other(site: Site):
    (place,) = await site.server.say("KEYS", "bff:sessions:*")
    await site.server.say("DEL", place)
    await site.server.say("LPUSH", place, "x")
    with pytest.raises(StoreUnreachable, match="Redis says WRONGTYPE"):
        await site.records.get("key")
    assert {"store": "ok"} == site.shelves.remarks()


async def test_a_record_that_is_anothers_is_never_given_out(site: Site):
    (adas,) = await site.server.say("KEYS", "bff:sessions:*")
    await site.records.put("bob", b"bob's", ttl_s=60)
    (bobs,) = {*await site.server.say("KEYS", "bff:sessions:*")} - {adas}
    await site.server.say("COPY", adas, bobs, "REPLACE")
    with pytest.raises(StoreUnreachable, match="not what was asked for"):
        await site.records.get("bob")
