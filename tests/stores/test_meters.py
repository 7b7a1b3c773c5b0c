"""What meters remember, in memory and in Redis, and what they forget first."""

from collections.abc import AsyncIterator

import pytest

from bff.stores.meters import MemoryMeters, Meters
from bff.stores.meters_redis import RedisMeters
from bff.stores.meters_spare import SpareMeters
from bff.stores.options import StoreOptions
from bff.stores.quota import Charge, Quota, Verdict
from bff.stores.redis_client import RedisClient
from bff.stores.redis_line import dialing
from tests.stores.redis_server import RedisServer

TWO = Quota.of("gcra", 2, 3_600.0)


@pytest.fixture(params=["memory", "redis", "spare"])
async def meters(request: pytest.FixtureRequest) -> AsyncIterator[Meters]:
    if request.param == "memory":
        yield MemoryMeters()
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    dial = dialing(StoreOptions(url=server.url))
    client = RedisClient(dial, use="limits", prefix="bff:limits:", timeout_s=2.0)
    shared = RedisMeters(client)
    yield shared if request.param == "redis" else SpareMeters(shared, MemoryMeters())
    await client.close()


async def taken(meters: Meters, *charges: Charge) -> tuple[Verdict, ...]:
    found = meters.take(charges)
    return found if isinstance(found, tuple) else await found


async def allowed(meters: Meters, *keys: str, quota: Quota = TWO) -> list[bool]:
    return [(await taken(meters, (key, quota, 1)))[0].allowed for key in keys]


async def test_every_key_has_a_quota_of_its_own(meters):
    assert [True, True, False, True] == await allowed(meters, "a", "a", "a", "b")


@pytest.mark.parametrize("algorithm", ["gcra", "sliding", "fixed"])
async def test_every_rule_counts_what_is_taken_and_says_what_is_left(meters, algorithm):
    quota = Quota.of(algorithm, 10, 86_400.0 * 30)
    costs = (4, 5, 2, 1, 1)
    found = [(await taken(meters, ("key", quota, cost)))[0] for cost in costs]
    assert [(True, 6), (True, 1), (False, 1), (True, 0), (False, 0)] == [
        (one.allowed, one.remaining) for one in found
    ]


async def test_who_may_not_have_one_of_two_quotas_pays_for_neither(meters):
    await allowed(meters, "empty", "empty")
    both = await taken(meters, ("full", TWO, 1), ("empty", TWO, 1))
    assert [True, False] == [one.allowed for one in both]
    assert [True, True, False] == await allowed(meters, "full", "full", "full")


async def test_what_was_taken_comes_back_with_time():
    now_s = [100.0]
    meters = MemoryMeters(clock=lambda: now_s[0])
    await allowed(meters, "a", "a")
    now_s[0] += 1_800.0
    assert [True, False] == await allowed(meters, "a", "a")


async def test_no_more_keys_are_remembered_than_allowed():
    """Whoever has a million addresses must not have our memory, too."""
    meters = MemoryMeters(most_keys=100)
    await allowed(meters, *(f"key {number}" for number in range(10_000)))
    assert len(meters) <= 101


async def test_who_goes_on_coming_is_not_forgotten_for_those_who_come_once():
    meters = MemoryMeters(most_keys=100)
    found = []
    for number in range(1_000):
        await allowed(meters, f"key {number}")
        if number % 20 == 0:
            found += await taken(meters, ("busy", Quota.of("gcra", 50, 86_400.0), 1))
    assert 50 - len(found) == found[-1].remaining
