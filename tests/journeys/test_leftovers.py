"""A screen leaves nothing that only the collector finds, whatever became of its parts."""

import re
from collections import Counter
from functools import partial

import pytest

from bff.edge.http1.lane import Lane
from bff.edge.short_way import ShortWay
from tests.edge.test_lane import served
from tests.leftovers import left_by

WEB, STATS = "/web/v1/dashboard", "shortener.stats.v1.StatsService/BatchGetDailyClicks"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("status", ["", "UNAVAILABLE"])
async def test_a_screen_of_lists_leaves_nothing(unremembering, status):
    """Each item knew the answer around it, and the answer its items."""
    demo = unremembering.demo
    demo.services.faults.clear()
    if status:
        demo.services.faults.set(STATS, status=status)
    asked = partial(unremembering.client.get, WEB, headers=demo.bearer("ada"))
    assert 200 == (await asked()).status_code
    assert Counter() == await left_by(asked)


async def test_nor_does_it_on_the_short_way(demo):
    bearer = demo.bearer("ada")["authorization"]
    head = f"GET {WEB} HTTP/1.1\r\nhost: h\r\nauthorization: {bearer}\r\n\r\n".encode()
    async with served(demo.bff.public, partial(Lane, short=ShortWay(demo.bff.public))) as dial:
        reader, writer = await dial()

        async def ask() -> None:
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer)
            await reader.readexactly(int(length[1]))

        assert Counter() == await left_by(ask)
        writer.close()
