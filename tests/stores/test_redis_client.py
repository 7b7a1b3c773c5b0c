"""How long a question waits, when nobody asks any more, and when somebody does again."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bff.stores.records import StoreUnreachable
from bff.stores.redis_client import RedisClient
from bff.stores.redis_line import Line, LineLost, Said, Word
from bff.terms.events import Event, StoreTurned
from tests.conditions import until

SHORT_S = 0.005


class Redis:
    """What answers; `does` is called with each question."""

    def __init__(self, *, timeout_s: float = SHORT_S) -> None:
        self.does: Callable[[Sequence[Word]], Any] = lambda words: words[0]
        self.refuses = False
        self.asked: list[Sequence[Word]] = []
        self.dialled = 0
        self.pauses: list[float] = []
        self.may_go_on = asyncio.Event()
        self.told: list[Event] = []
        self.client = RedisClient(
            self.dial,
            use="tests",
            prefix="bff:tests:",
            timeout_s=timeout_s,
            emit=self.told.append,
            sleep=self.sleep,
            chance=lambda: 1.0,
        )

    async def dial(self) -> Line:
        self.dialled += 1
        if self.refuses:
            raise LineLost("Connection refused")
        return FakeLine(self)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await self.may_go_on.wait()

    async def is_out(self) -> None:
        """Asks until nobody may."""
        while self.client.reachable:
            with pytest.raises(StoreUnreachable):
                await self.client.ask("GET", "key")


class FakeLine:
    gone = False

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def ask(self, words: Sequence[Word]) -> Any:
        self._redis.asked.append(words)
        answer = self._redis.does(words)
        return await answer if asyncio.isfuture(answer) else answer

    async def close(self) -> None:
        return


def never(_words: Sequence[Word]) -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


def says(word: str) -> Callable[[Sequence[Word]], Any]:
    def answer(_words: Sequence[Word]) -> Any:
        raise Said(word)

    return answer


def breaks(_words: Sequence[Word]) -> Any:
    raise LineLost("Connection reset by peer")


async def test_no_answer_in_time_is_told_as_such_and_its_line_is_dropped():
    redis = Redis()
    redis.does = never
    with pytest.raises(StoreUnreachable, match=r"tests: no answer in time"):
        await redis.client.ask("GET", "key")
    assert (1, True) == (redis.client.closed, redis.client.reachable)


@pytest.mark.parametrize("fault", [never, breaks], ids=["silent", "broken"])
async def test_after_three_failures_in_a_row_nobody_asks_any_more(fault):
    redis = Redis()
    redis.does = fault
    await redis.is_out()
    await until(lambda: redis.pauses)
    asked = len(redis.asked)
    for _ in range(100):
        with pytest.raises(StoreUnreachable, match="it is not there"):
            await redis.client.ask("GET", "key")
    await redis.client.close()
    assert (3 + 1, 4) == (asked, len(redis.asked)), "three questions and one PING"


async def test_a_refused_connection_is_told_to_three_and_then_to_nobody():
    redis = Redis()
    redis.refuses = True
    await redis.is_out()
    await until(lambda: redis.pauses)
    await redis.client.close()
    assert 3 + 1 == redis.dialled


async def test_an_answer_between_failures_starts_the_count_anew():
    redis = Redis()
    for does in (breaks, breaks, lambda _: b"ok", breaks, breaks):
        redis.does = does
        await asyncio.gather(redis.client.ask("GET", "key"), return_exceptions=True)
    assert redis.client.reachable


async def test_it_is_asked_after_by_pings_that_are_nobodys_request_and_found_again():
    redis = Redis()
    redis.does = never
    await redis.is_out()
    await until(lambda: redis.pauses)
    redis.does = lambda words: words[0]
    redis.may_go_on.set()
    await until(lambda: redis.client.reachable)
    turned = [StoreTurned("tests", "lost", "no answer in time"), StoreTurned("tests", "found")]
    assert (turned, ("PING",), [0.05]) == (redis.told, redis.asked[-1], redis.pauses)
    assert "GET" == await redis.client.ask("GET", "key")


async def test_one_that_answers_too_slowly_is_not_found():
    """A proxy that adds 200 ms: connections can be made, answers are no use to a cache."""
    redis = Redis()
    redis.does = never
    await redis.is_out()
    redis.may_go_on.set()
    await until(lambda: len(redis.pauses) > 2)
    await redis.client.close()
    assert (False, True) == (redis.client.reachable, redis.dialled > 3)


@pytest.mark.parametrize("word", ["OOM", "WRONGTYPE", "NOPERM"])
async def test_an_error_is_an_answer_and_its_line_stays(word: str):
    redis = Redis()
    redis.does = says(word)
    for _ in range(10):
        with pytest.raises(StoreUnreachable, match=f"Redis says {word}"):
            await redis.client.ask("SET", "key", "value")
    assert (True, 1, 0) == (redis.client.reachable, redis.dialled, redis.client.closed)


async def test_a_primary_that_became_a_replica_is_left_for_the_new_one():
    redis = Redis()
    redis.does = says("READONLY")
    with pytest.raises(StoreUnreachable):
        await redis.client.ask("SET", "key", "value")
    redis.does = lambda words: words[0]
    await redis.client.ask("SET", "key", "value")
    assert 2 == redis.dialled


async def test_who_only_stood_in_a_queue_that_moves_does_not_say_that_nobody_answers():
    """A burst that is larger than the pool is no outage."""
    redis = Redis(timeout_s=0.3)
    held = [asyncio.get_running_loop().create_future() for _ in range(16)]
    answers = iter(held)
    redis.does = lambda _: next(answers)
    first = [asyncio.create_task(redis.client.ask("GET", "key")) for _ in held]
    await until(lambda: len(redis.asked) == len(held))
    waiting = [asyncio.create_task(redis.client.ask("GET", "key")) for _ in range(9)]
    await until(lambda: "9 waited for" in repr(redis.client))
    redis.does = never
    held[0].set_result(b"an answer")
    await asyncio.gather(*first, *waiting, return_exceptions=True)
    assert redis.client.reachable


async def test_a_script_goes_by_its_digest_and_whole_where_redis_lost_it():
    redis = Redis()
    redis.does = lambda words: says("NOSCRIPT")(words) if words[0] == "EVALSHA" else b"done"
    assert b"done" == await redis.client.eval("return 1", ["key"], ["argument"])
    assert [
        ("EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", 1, "key", "argument"),
        ("EVAL", "return 1", 1, "key", "argument"),
    ] == redis.asked


async def test_an_answer_that_came_while_the_loop_was_busy_is_in_time():
    """A pause of ours must not look like one of Redis's."""
    redis = Redis()
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bytes] = loop.create_future()
    redis.does = lambda _: answer

    def busy() -> None:
        until_s = loop.time() + 4 * SHORT_S
        while loop.time() < until_s:
            pass
        loop.call_soon(loop.call_soon, answer.set_result, b"there")

    asking = asyncio.create_task(redis.client.ask("GET", "key"))
    await until(lambda: redis.asked)
    loop.call_soon(busy)
    assert b"there" == await asking


async def test_neither_its_repr_nor_an_error_tells_keys_or_values():
    redis = Redis()
    redis.does = says("WRONGTYPE")
    with pytest.raises(StoreUnreachable) as failed:
        await redis.client.ask("SET", "users/ada", "secret")
    told = repr(redis.client) + str(failed.value) + repr(failed.value)
    assert [False, False] == [word in told for word in ("ada", "secret")]
