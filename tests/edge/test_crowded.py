"""Who is inside is counted on every way and at every end; who is not let in learns it cheaply."""

import asyncio
from functools import partial
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bff.edge.front import Front, Gate
from bff.edge.http1.lane import Lane
from bff.edge.short_way import ShortWay
from bff.guard.limits.shedding import shed
from bff.terms.context import RequestContext
from bff.terms.crowd import Crowd
from bff.terms.errors import ServiceSilent
from bff.terms.events import RequestFinished
from tests.conditions import until
from tests.edge.kitchen import CLOSE, HOST, Kitchen, _known
from tests.edge.test_errand import REQUESTS
from tests.edge.test_lane import asked, served


class Door:
    """The kitchen's front, with a crowd, and a gate that is asked how often."""

    def __init__(self, *, pressure: int = 0, at_once: bool = False) -> None:
        self.kitchen = Kitchen(at_once=at_once)
        self.crowd = Crowd()
        self.crowd.strained = pressure
        self.asked = 0
        gate = Gate(
            admit=self._admit,
            at_once=lambda endpoint: partial(self._at_once, endpoint),
            challenge=lambda _: "Bearer",
            crowd=self.crowd,
        )
        self.front = self.kitchen.front(gate)

    def _at_once(self, endpoint: Any, context: RequestContext, shown: Any) -> RequestContext | None:
        self.asked += 1
        try:
            shed(endpoint.criticality, self.crowd.pressure())
        except ServiceSilent as refused:
            refused.retry_after_s = 2.0
            raise
        return _known(context, endpoint, shown)

    async def _admit(self, context: RequestContext, _endpoint: Any, _shown: Any) -> RequestContext:
        return context

    @property
    def finished(self) -> list[RequestFinished]:
        told = self.kitchen.told
        return [one for one in told if isinstance(one, RequestFinished)]


def short(front: Front) -> Any:
    return partial(Lane, short=ShortWay(front))


def by_uvicorn(_front: Front) -> Any:
    return HttpToolsProtocol


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("way", [short, by_uvicorn])
async def test_whatever_a_request_ends_with_nobody_is_inside_afterwards(way, at_once):
    door = Door(at_once=at_once)
    async with served(door.front, way(door.front)) as dial:
        for text in REQUESTS:
            await asked(dial, text)
            assert 0 == door.crowd.inside, text
    assert door.crowd.entered > len(REQUESTS) / 2


async def test_a_request_is_inside_while_its_service_is_asked_and_no_longer_if_the_client_leaves():
    door = Door()
    door.kitchen.held = True
    async with served(door.front, short(door.front)) as dial:
        _, stays = await dial()
        _, leaves = await dial()
        for one in (stays, leaves):
            one.write(b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: len(door.kitchen.waiting) == 2)
        both = door.crowd.inside
        leaves.transport.abort()
        await until(lambda: door.finished)
        one_left = door.crowd.inside
        door.kitchen.waiting[0]()
        none = door.crowd.inside
        stays.close()
    assert (2, 1, 0) == (both, one_left, none)


async def test_a_refusal_is_that_of_the_long_way_and_the_gate_is_asked_once():
    by_short, by_long = Door(pressure=2), Door(pressure=2)
    text = b"GET /small/1 HTTP/1.1\r\n" + CLOSE
    answers = []
    for door, way in ((by_short, short), (by_long, by_uvicorn)):
        async with served(door.front, way(door.front)) as dial:
            answers.append(await asked(dial, text))
            await until(lambda door=door: door.finished)
    ours, theirs = answers
    assert theirs == ours
    assert b" 503 " in ours
    assert b"\r\nretry-after: 2\r\n" in ours
    assert 1 == by_short.asked
    told = [one._replace(elapsed_s=0.0) for door in (by_short, by_long) for one in door.finished]
    assert told[0] == told[1]
    assert ("overloaded", 0) == (told[0].reason, by_short.crowd.inside)


async def test_many_may_be_refused_on_one_connection():
    door = Door(pressure=3)
    async with served(door.front, short(door.front)) as dial:
        reader, writer = await dial()
        for number in range(3):
            writer.write(b"GET /small/%d HTTP/1.1\r\n" % number + HOST + b"\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 503 " in head
            size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(size)
        writer.close()
        await asyncio.sleep(0)
    assert [] == door.kitchen.begun
