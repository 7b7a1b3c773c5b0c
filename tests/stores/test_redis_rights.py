"""The rights that docs/stores.md asks of Redis are enough, and no more than its own keys."""

import re
from pathlib import Path

import pytest

from bff.stores.options import StoreOptions
from bff.stores.records import StoreUnreachable
from bff.stores.records_redis import RedisRecords
from bff.stores.shelves import Shelves
from tests.stores.redis_server import RedisServer
from tests.stores.test_store import KEY, an_entry

PAGE = (Path(__file__).parents[2] / "docs" / "stores.md").read_text()
RIGHTS = " ".join(re.findall(r"`(\+[^`]+)`", PAGE)).split()


async def test_the_documented_rights_let_everything_be_kept_and_nothing_else_be_touched(
    redis_server: RedisServer,
):
    await redis_server.say("ACL", "SETUSER", "bff", "reset", "on", ">pw", "~bff:*", *RIGHTS)
    url = redis_server.url.replace("//", "//bff:pw@")
    shelves = Shelves(StoreOptions(url=url, timeout_ms=5_000, cache_timeout_ms=5_000))
    records, cache = shelves.records("tests"), shelves.cache()
    assert isinstance(records, RedisRecords)
    assert cache is not None
    await records.add("key", b"1", ttl_s=60)
    await records.add_member("set", "ada", ttl_s=60)
    done = [
        await records.swap("key", b"1", b"2", ttl_s=60),
        await records.members("set") == {"ada"},
        await records.remove_member("set", "ada"),
        await records.delete("key"),
        await cache.keep(KEY, an_entry(b"body", "t")),
        await cache.get(KEY) is not None,
        await cache.purge(["t"]) == 1,
    ]
    client = shelves.client("tests", timeout_s=5.0)
    assert client is not None
    with pytest.raises(StoreUnreachable, match="Redis says NOPERM"):
        await client.ask("SET", "somebody-elses", "value")
    await shelves.close()
    assert [True] * 7 == done
