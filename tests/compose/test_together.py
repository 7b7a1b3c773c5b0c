"""Several things at once: order, failures, cancellation, and nobody left behind."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bff.compose.together import together
from bff.terms.errors import ServiceSilent

Work = Callable[[], Awaitable[int]]


async def do(work: Work) -> int:
    return await work()


def value(number: int) -> Work:
    async def work() -> int:
        await asyncio.sleep(0)
        return number

    return work


def failing(error: BaseException) -> Work:
    async def work() -> int:
        raise error

    return work


class Endless:
    """Never returns; says when it began and how it ended. `cleans_up`: it waits once more then."""

    def __init__(self, *, cleans_up: bool = False) -> None:
        self.began = asyncio.Event()
        self.cancelled = self.over = False
        self._cleans_up = cleans_up

    async def __call__(self) -> int:
        try:
            self.began.set()
            return await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            self.cancelled = True
            if self._cleans_up:
                await asyncio.sleep(0)
            raise
        finally:
            self.over = True


async def test_values_come_in_the_order_of_the_items():
    assert [1, 2, 3] == await together(do, [value(1), value(2), value(3)])
    assert [7] == await together(do, [value(7)])
    assert [] == await together(do, list[Work]())


async def test_all_of_them_begin_before_any_goes_on():
    """Each waits for the other: one after the other they would never end."""
    events = [asyncio.Event(), asyncio.Event()]

    async def meet(mine: int) -> int:
        events[mine].set()
        await events[1 - mine].wait()
        return mine

    assert [0, 1] == await together(meet, [0, 1])


@pytest.mark.parametrize("place", [0, 1])
async def test_a_failure_cancels_the_others_and_is_raised_when_they_have_ended(place):
    failure, other = ServiceSilent("down"), Endless(cleans_up=True)
    works = [other, other]
    works[place] = failing(failure)

    with pytest.raises(ServiceSilent) as caught:
        await together(do, works)
    assert failure is caught.value
    assert (True, True) == (other.cancelled, other.over)


async def test_a_bug_is_raised_before_the_failures_beside_it():
    with pytest.raises(ZeroDivisionError):
        await together(do, [failing(ServiceSilent("down")), failing(ZeroDivisionError())])


async def test_a_failure_is_raised_and_not_the_cancellation_of_another():
    with pytest.raises(ServiceSilent):
        await together(do, [failing(asyncio.CancelledError()), failing(ServiceSilent("down"))])


@pytest.mark.parametrize("count", [1, 2])
async def test_cancelling_the_whole_cancels_all_and_waits_for_them(count):
    works = [Endless(cleans_up=True) for _ in range(count)]
    whole = asyncio.create_task(together(do, works))
    await works[-1].began.wait()
    whole.cancel()

    with pytest.raises(asyncio.CancelledError):
        await whole
    assert [True] * count == [work.over for work in works]


async def test_a_second_cancellation_does_not_leave_the_cleaners_behind():
    go, work = asyncio.Event(), Endless()

    async def slow_to_leave() -> int:
        try:
            return await work()
        finally:
            await go.wait()

    whole = asyncio.create_task(together(do, [slow_to_leave, value(1)]))
    await work.began.wait()
    whole.cancel()
    await asyncio.sleep(0)
    whole.cancel()
    await asyncio.sleep(0)
    assert not whole.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await whole


async def test_cancelled_before_any_began_it_is_cancelled():
    whole = asyncio.create_task(together(do, [value(1), value(2)]))
    asyncio.get_running_loop().call_soon(whole.cancel)

    with pytest.raises(asyncio.CancelledError):
        await whole


async def test_a_timeout_inside_ends_that_one_only():
    """Each has a task of its own, so asyncio's own tools work inside."""

    async def brief() -> int:
        try:
            async with asyncio.timeout(0):
                return await Endless()()
        except TimeoutError:
            return -1

    assert [-1, 2] == await together(do, [brief, value(2)])


async def test_nothing_is_told_of_a_failure_that_was_raised(caplog):
    """A task whose exception nobody takes is told by the loop when it is collected."""
    import gc

    with pytest.raises(ServiceSilent):
        await together(do, [failing(ServiceSilent("a")), failing(ServiceSilent("b"))])
    gc.collect()
    assert [] == caplog.records
