"""What is believed of a name, and when it is looked up again."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bff.transport.resolver import Resolver, look_up
from bff.transport.resolver_rules import Found, Known, Nothing, after, hurried_in_s, next_in_s
from tests.conditions import until

ONE: Found = (("10.0.0.1", 1),)
TWO: Found = (("10.0.0.2", 1),)
NXDOMAIN = Nothing(why="no such name", is_final=True)
SERVFAIL = Nothing(why="try again", is_final=False)


@pytest.mark.parametrize(
    ("expected", "answers"),
    [
        (ONE, [(0.0, ONE)]),
        (TWO, [(0.0, ONE), (30.0, TWO)]),
        (ONE, [(0.0, ONE), (59.9, NXDOMAIN)]),
        ((), [(0.0, ONE), (60.0, NXDOMAIN)]),
        (ONE, [(0.0, ONE), (59.9, SERVFAIL), (3_600.0, SERVFAIL)]),
        (ONE, [(0.0, NXDOMAIN), (5.0, ONE), (64.9, NXDOMAIN)]),
        (TWO, [(0.0, ONE), (100.0, NXDOMAIN), (101.0, TWO)]),
        ((), [(0.0, NXDOMAIN)]),
    ],
)
def test_a_name_that_leads_nowhere_is_believed_after_a_minute(
    expected: Found, answers: list[tuple[float, Found | Nothing]]
) -> None:
    """F11: NXDOMAIN keeps the last good for 60 s; a resolver's own trouble for as long as it has
    it.
    """
    known = Known()
    for at_s, answer in answers:
        known = after(known, answer, at_s)
    assert expected == known.places


def test_lookups_that_fail_are_repeated_soon_and_then_less_often() -> None:
    known, pauses = Known(), []
    for _ in range(12):
        known = after(known, SERVFAIL, 0.0)
        pauses.append(next_in_s(known, 30.0, 0.0))
    assert sorted(pauses) == pauses
    assert (0.1, 5.0) == (pauses[0], pauses[-1])


def test_a_fleet_of_ours_does_not_look_up_in_step() -> None:
    assert [30.0, 24.0] == [next_in_s(Known(), 30.0, chance) for chance in (0.0, 1.0)]


def test_a_lost_replica_hastens_the_next_lookup_but_no_more_than_every_two_seconds() -> None:
    assert [2.0, 0.5, 0.0] == [hurried_in_s(100.0, now_s, 0.0) for now_s in (100.0, 101.5, 150.0)]


async def test_the_systems_resolver_is_asked_in_a_thread() -> None:
    assert (("127.0.0.1", 7),) == await look_up("127.0.0.1", 7)


async def test_a_name_that_cannot_be_one_is_an_answer_and_no_crash() -> None:
    found = await look_up("x" * 70 + ".invalid", 7)
    assert isinstance(found, Nothing)


class Lookups:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[asyncio.Future[Found | Nothing]] = []

    async def __call__(self, host: str, port: int) -> Found | Nothing:
        self.asked.append(asyncio.get_running_loop().create_future())
        return await self.asked[-1]


def resolver(lookups: Lookups, told: Callable[[Known], object], **more: Any) -> Resolver:
    loop = asyncio.get_running_loop()
    return Resolver("users", 1, told, resolve_s=30.0, loop=loop, look_up=lookups, **more)


async def test_there_is_one_lookup_at_a_time_and_none_is_forgotten() -> None:
    lookups, told = Lookups(), list[Known]()
    one = resolver(lookups, told.append)
    one.start()
    one.start()
    one.hurry()
    await until(lambda: lookups.asked)
    lookups.asked[0].set_result(ONE)
    await until(lambda: told)
    assert (1, ONE, "<Resolver of users, resting, 1 places>") == (
        len(lookups.asked),
        told[0].places,
        repr(one),
    )
    await one.close()


async def test_who_hurries_waits_seconds_not_half_a_minute() -> None:
    lookups, told = Lookups(), list[Known]()
    now_s = iter([100.0, 100.0, 200.0, 200.0])
    one = resolver(lookups, told.append, clock=lambda: next(now_s), chance=lambda: 0.0)
    one.start()
    await until(lambda: lookups.asked)
    lookups.asked[0].set_result(ONE)
    await until(lambda: told)
    one.hurry()
    await until(lambda: len(lookups.asked) == 2)
    await one.close()


async def test_a_closed_resolver_tells_nobody() -> None:
    lookups, told = Lookups(), list[Known]()
    one = resolver(lookups, told.append)
    one.start()
    await until(lambda: lookups.asked)
    await one.close()
    assert ([], True) == (told, lookups.asked[0].cancelled())
