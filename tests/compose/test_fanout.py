"""Fan-out: needed parts, soft parts, time, and what a failure does to the others."""

import asyncio

import pytest

from bff.calls.budget import effective
from bff.compose.endpoint import Gap
from bff.compose.fanout import Fanout, absent
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSaid, ServiceSilent

FAR = Deadline(10**9)


async def value(number: int) -> int:
    return number


async def failing(failure: Exception) -> int:
    raise failure


def down() -> ServiceSilent:
    return ServiceSilent("down", source="a.B/C")


def missing() -> ServiceSaid:
    return ServiceSaid("no such user", code=Code.NOT_FOUND, source="a.B/C")


async def test_parts_run_together():
    """Each waits for the other: one after the other they would never end."""
    one_there, two_there = asyncio.Event(), asyncio.Event()

    async def meet(mine: asyncio.Event, theirs: asyncio.Event) -> str:
        mine.set()
        await theirs.wait()
        return "met"

    async with Fanout(FAR) as ask:
        one = ask.need(meet(one_there, two_there))
        two = ask.soft(meet(two_there, one_there), at="/two")

    assert ["met", "met"] == [await one, await two]


async def test_a_soft_part_that_fails_is_none_and_a_gap():
    async with Fanout(FAR) as ask:
        stock = ask.soft(failing(down()), at="/stock")
        price = ask.need(value(7))

    assert [None, 7] == [await stock, await price]
    assert [Gap(path="/stock", code=Code.UNAVAILABLE, retryable=True)] == ask.gaps


async def test_a_needed_part_that_fails_cancels_its_siblings_and_is_what_the_screen_raises():
    cancelled = asyncio.Event()

    async def long() -> int:
        try:
            return await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    failure = down()

    async def screen() -> None:
        async with Fanout(FAR) as ask:
            ask.soft(long(), at="/long")
            ask.need(failing(failure))

    with pytest.raises(ServiceSilent) as caught:
        await screen()

    assert failure is caught.value
    assert cancelled.is_set()


async def test_a_part_that_depends_on_another_starts_with_its_value():
    async with Fanout(FAR) as ask:
        product = ask.need(value(20))

        async def after_product() -> int:
            return await product + 1

        seller = ask.soft(after_product(), at="/seller")

    assert 21 == await seller


async def test_a_bug_in_a_soft_part_is_no_gap():
    """Only a Failure may be absorbed: a gap that hides a KeyError would hide it for ever."""
    with pytest.raises(KeyError):
        async with Fanout(FAR) as ask:
            ask.soft(failing(KeyError("oops")), at="/x")


async def test_a_bug_is_raised_before_the_failures_beside_it():
    async def screen() -> None:
        async with Fanout(FAR) as ask:
            ask.need(failing(down()))
            ask.need(failing(ZeroDivisionError()))

    with pytest.raises(ZeroDivisionError):
        await screen()


async def test_absent_is_not_failed():
    async with Fanout(FAR) as ask:
        team = ask.soft(absent(failing(missing())), at="/team")
        other = ask.soft(absent(failing(down())), at="/other")

    assert [None, None] == [await team, await other]
    assert ["/other"] == [gap.path for gap in ask.gaps]


async def test_a_soft_part_gets_less_time_than_the_screen():
    async def seen() -> Deadline:
        return effective(FAR)

    screen = Deadline.after(10.0)
    async with Fanout(screen) as ask:
        needed, soft = ask.need(seen()), ask.soft(seen(), at="/soft")

    assert screen == await needed
    assert Deadline.after(8.5) < (await soft or screen) < Deadline.after(9.5)


async def test_cancelling_the_screen_cancels_its_parts():
    started = asyncio.Event()
    ended = asyncio.Event()

    async def part() -> int:
        try:
            started.set()
            return await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    async def screen() -> None:
        async with Fanout(FAR) as ask:
            ask.need(part())

    task = asyncio.create_task(screen())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
