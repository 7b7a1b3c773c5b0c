"""F19, CVE-2023-28858 and CVE-2023-28859: a command that is given up leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from bff.stores.options import StoreOptions
from bff.stores.redis_client import RedisClient
from bff.stores.shelves import Shelves
from tests.conditions import until
from tests.stores.redis_server import RedisServer

CANCELLED = 10_000
AT_ONCE = 50
USERS = 50


@pytest_asyncio.fixture
async def client(redis_server: RedisServer) -> AsyncIterator[RedisClient]:
    shelves = Shelves(StoreOptions(url=redis_server.url, connections=AT_ONCE))
    made = shelves.client("tests", timeout_s=5.0)
    assert made is not None
    for user in range(USERS):
        await made.ask("SET", f"user-{user}", f"data of user-{user}")
    yield made
    await shelves.close()


async def test_ten_thousand_cancelled_commands_give_nobody_anothers_data(client: RedisClient):
    """Cancelled in the queue, while they are sent, and while their answer is on its way."""
    chance, seen = Random(19), Seen()
    while seen.cancelled < CANCELLED:
        tasks = [
            asyncio.create_task(seen.ask(client, chance.randrange(USERS))) for _ in range(AT_ONCE)
        ]
        waits = chance.randrange(1, 30)
        for _ in range(waits):
            await asyncio.sleep(0)
        for task in chance.sample(tasks, AT_ONCE - 5):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert (0, 0) == (seen.wrong, seen.failed)
    assert min(seen.right, client.closed) > CANCELLED // 2, "most were on their way"


async def test_a_cancelled_commands_connection_is_closed_and_not_used_again(client: RedisClient):
    frozen = asyncio.create_task(client.ask("BLPOP", "nothing", 0))
    await until(lambda: "1 in use" in repr(client))
    frozen.cancel()
    with pytest.raises(asyncio.CancelledError):
        await frozen
    await client.ask("RPUSH", "nothing", "late")
    assert (b"data of user-7", 1) == (await client.ask("GET", "user-7"), client.closed)


class Seen:
    """What came of them."""

    def __init__(self) -> None:
        self.right = self.wrong = self.cancelled = self.failed = 0

    async def ask(self, client: RedisClient, user: int) -> None:
        try:
            answer = await client.ask("GET", f"user-{user}")
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        except Exception:
            self.failed += 1
            raise
        right = answer == b"data of user-%d" % user
        self.right += right
        self.wrong += not right
