"""What every kind of records does: each test runs on the memory's, then on a real Redis's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from bff.stores.options import StoreOptions
from bff.stores.records import Records
from bff.stores.shelves import Shelves
from bff.stores.store import Soon

A_WHILE_S = 60.0
A_MOMENT_S = 0.02


async def soon(answer: Soon[Any]) -> Any:
    return await answer if isinstance(answer, Awaitable) else answer


async def until_soon(condition: Callable[[], Awaitable[object]]) -> None:
    """As tests.conditions has it, for what must be awaited."""
    while not await condition():  # noqa: ASYNC110 - the clock is the store's own
        await asyncio.sleep(0)


async def is_gone(records: Records, key: str) -> bool:
    return await soon(records.get(key)) is None


async def is_out(records: Records, member: str) -> bool:
    return member not in await soon(records.members("set"))


@pytest_asyncio.fixture(params=["memory", "redis"])
async def records(request: pytest.FixtureRequest) -> AsyncIterator[Records]:
    """Nothing is in them."""
    url = ""
    if request.param == "redis":
        url = request.getfixturevalue("redis_server").url
    shelves = Shelves(StoreOptions(url=url, timeout_ms=5_000))
    yield shelves.records("tests")
    await shelves.close()


async def test_what_was_put_is_there_and_what_was_not_is_none(records: Records):
    await soon(records.put("key", b"\x00value\xff", ttl_s=A_WHILE_S))
    assert [b"\x00value\xff", None] == [await soon(records.get(key)) for key in ("key", "other")]


async def test_a_put_takes_the_place_of_what_was_there(records: Records):
    for value in (b"old", b"new"):
        await soon(records.put("key", value, ttl_s=A_WHILE_S))
    assert b"new" == await soon(records.get("key"))


async def test_a_value_is_gone_when_its_time_is_up(records: Records):
    await soon(records.put("key", b"value", ttl_s=A_MOMENT_S))
    await until_soon(lambda: is_gone(records, "key"))
    assert await soon(records.add("key", b"next", ttl_s=A_WHILE_S))


async def test_an_add_keeps_only_where_nothing_is(records: Records):
    added = [await soon(records.add("key", value, ttl_s=A_WHILE_S)) for value in (b"1", b"2")]
    assert ([True, False], b"1") == (added, await soon(records.get("key")))


async def test_of_a_hundred_that_add_at_once_one_is_told_that_it_did(records: Records):
    async def add(number: int) -> bool:
        return bool(await soon(records.add("lock", b"%d" % number, ttl_s=A_WHILE_S)))

    assert 1 == sum(await asyncio.gather(*map(add, range(100))))


async def test_a_swap_keeps_only_where_the_old_still_is(records: Records):
    await soon(records.put("key", b"1", ttl_s=A_WHILE_S))
    swapped = [
        await soon(records.swap(key, old, new, ttl_s=A_WHILE_S))
        for key, old, new in (
            ("key", b"1", b"2"),
            ("key", b"1", b"3"),
            ("key", b"", b"4"),
            ("none", b"", b"5"),
        )
    ]
    assert ([True, False, False, False], b"2", None) == (
        swapped,
        await soon(records.get("key")),
        await soon(records.get("none")),
    )


async def test_a_swap_says_anew_how_long_it_is_kept(records: Records):
    await soon(records.put("key", b"1", ttl_s=A_WHILE_S))
    await soon(records.swap("key", b"1", b"2", ttl_s=A_MOMENT_S))
    await until_soon(lambda: is_gone(records, "key"))
    assert not await soon(records.delete("key"))


async def test_deleting_says_whether_it_was_there(records: Records):
    await soon(records.put("key", b"value", ttl_s=A_WHILE_S))
    deleted = [await soon(records.delete("key")) for _ in range(2)]
    assert ([True, False], None) == (deleted, await soon(records.get("key")))


async def test_a_set_has_the_names_that_were_put_in_and_not_taken_out(records: Records):
    for member in ("ada", "bob", "cleo", "ada"):
        await soon(records.add_member("set", member, ttl_s=A_WHILE_S))
    removed = [await soon(records.remove_member("set", "bob")) for _ in range(2)]
    assert ([True, False], {"ada", "cleo"}, frozenset()) == (
        removed,
        await soon(records.members("set")),
        await soon(records.members("other")),
    )


async def test_a_name_leaves_its_set_when_its_own_time_is_up(records: Records):
    await soon(records.add_member("set", "short", ttl_s=A_MOMENT_S))
    await soon(records.add_member("set", "long", ttl_s=A_WHILE_S))
    await until_soon(lambda: is_out(records, "short"))
    assert {"long"} == await soon(records.members("set"))


async def test_a_name_that_is_in_already_stays_as_long_as_it_would_have(records: Records):
    await soon(records.add_member("set", "name", ttl_s=A_WHILE_S))
    await soon(records.add_member("set", "name", ttl_s=A_MOMENT_S))
    await soon(records.add_member("set", "other", ttl_s=A_MOMENT_S))
    await until_soon(lambda: is_out(records, "other"))
    assert {"name"} == await soon(records.members("set"))


async def test_a_value_and_a_set_of_one_key_are_apart(records: Records):
    await soon(records.put("key", b"value", ttl_s=A_WHILE_S))
    await soon(records.add_member("key", "member", ttl_s=A_WHILE_S))
    await soon(records.delete("key"))
    assert (None, {"member"}) == (
        await soon(records.get("key")),
        await soon(records.members("key")),
    )
