"""Who gets which connection, when one is made, and when one is closed."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bff.stores.redis_line import Line, LineLost, Word
from bff.stores.redis_lines import Lines
from tests.conditions import until


class FakeLine:
    """A connection that is only counted."""

    def __init__(self) -> None:
        self.gone = False
        self.closed = False

    async def ask(self, words: Sequence[Word]) -> Any:
        return words

    async def close(self) -> None:
        self.closed = True


class Exchange:
    """Dials when it is let; `refuses` instead."""

    def __init__(self) -> None:
        self.may_dial = asyncio.Event()
        self.may_dial.set()
        self.refuses = ""
        self.dialled = 0
        self.at_once = 0
        self.most_at_once = 0

    async def dial(self) -> Line:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.may_dial.wait()
        self.at_once -= 1
        if self.refuses:
            raise LineLost(self.refuses)
        self.dialled += 1
        return FakeLine()


async def test_a_line_is_used_again_after_it_was_given_back():
    exchange = Exchange()
    lines = Lines(exchange.dial, most=4)
    first = await lines.take()
    lines.give_back(first)
    assert (True, 1) == (first is await lines.take(), exchange.dialled)


async def test_a_line_that_was_dropped_is_closed_and_not_used_again():
    exchange = Exchange()
    lines = Lines(exchange.dial, most=1)
    first = await lines.take()
    await lines.drop(first)
    second = await lines.take()
    assert (True, False, 2) == (_closed(first), second is first, exchange.dialled)


async def test_a_line_that_redis_closed_meanwhile_is_not_given_out():
    exchange = Exchange()
    lines = Lines(exchange.dial, most=4)
    first = await lines.take()
    lines.give_back(first)
    assert isinstance(first, FakeLine)
    first.gone = True
    assert (False, True) == (first is await lines.take(), first.closed)


async def test_never_more_than_so_many_and_who_waits_longest_is_next():
    exchange = Exchange()
    lines = Lines(exchange.dial, most=2)
    held = [await lines.take(), await lines.take()]
    order: list[int] = []

    async def wait(number: int) -> None:
        await lines.take()
        order.append(number)

    waiting = [asyncio.create_task(wait(number)) for number in range(2)]
    await until(lambda: "2 waited for" in repr(lines))
    for line in held:
        lines.give_back(line)
    await asyncio.gather(*waiting)
    assert ([0, 1], 2) == (order, exchange.dialled)


async def test_who_gives_up_waiting_leaves_the_line_to_the_next():
    """A connection takes longer to make than a cache waits; it is made all the same."""
    exchange = Exchange()
    exchange.may_dial.clear()
    lines = Lines(exchange.dial, most=1)
    first = asyncio.create_task(lines.take())
    await until(lambda: exchange.at_once)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    exchange.may_dial.set()
    await lines.take()
    assert 1 == exchange.dialled


async def test_who_is_cancelled_when_a_line_was_just_handed_over_gives_it_back():
    exchange = Exchange()
    lines = Lines(exchange.dial, most=1)
    line = await lines.take()
    waiting = asyncio.create_task(lines.take())
    await until(lambda: "1 waited for" in repr(lines))
    lines.give_back(line)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (True, line) == (waiting.cancelled(), await lines.take())


async def test_all_who_wait_are_told_when_no_line_can_be_made():
    exchange = Exchange()
    exchange.refuses = "Connection refused"
    lines = Lines(exchange.dial, most=1)
    told = await asyncio.gather(*(lines.take() for _ in range(5)), return_exceptions=True)
    assert ["Connection refused"] * 5 == [str(one) for one in told if isinstance(one, LineLost)]


async def test_lines_are_made_at_the_same_time_within_the_bound():
    exchange = Exchange()
    exchange.may_dial.clear()
    lines = Lines(exchange.dial, most=3)
    waiting = [asyncio.create_task(lines.take()) for _ in range(9)]
    await until(lambda: exchange.at_once == 3)
    exchange.may_dial.set()
    for _ in range(9):
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            waiting.remove(one)
            lines.give_back(one.result())
        if not waiting:
            break
    assert (3, 3, []) == (exchange.most_at_once, exchange.dialled, waiting)


async def test_closing_gives_up_what_is_being_made():
    exchange = Exchange()
    lines = Lines(exchange.dial, most=2)
    idle = await lines.take()
    exchange.may_dial.clear()
    waiting = asyncio.create_task(lines.take())
    await until(lambda: exchange.at_once)
    lines.give_back(idle)
    lines.give_back(await waiting)
    await lines.close()
    assert (True, True) == (_closed(idle), "0 idle, 0 in use, 0 being made" in repr(lines))


async def test_a_refusal_while_others_hold_lines_is_told_to_one_alone():
    exchange = Exchange()
    lines = Lines(exchange.dial, most=2)
    line = await lines.take()
    exchange.refuses = "too many clients"
    exchange.may_dial.clear()
    waiting = [asyncio.create_task(lines.take()) for _ in range(2)]
    await until(lambda: exchange.at_once)
    exchange.may_dial.set()
    with pytest.raises(LineLost):
        await waiting[0]
    exchange.refuses = ""
    lines.give_back(line)
    assert await waiting[1] is not None


def _closed(line: Line) -> bool:
    assert isinstance(line, FakeLine)
    return line.closed
