"""What a client sees of a service that is ill: little, for a short time, and never twice."""

import asyncio
from collections import Counter

import pytest

from bff.terms.events import BreakerTurned, CallRepeated
from tests.conditions import until
from tests.journeys.conftest import Demo

SERVICE = "shop.catalog.v1.CatalogService"
READ, PATH = f"{SERVICE}/GetProduct", "/v1/products/p-1"
LIST, LIST_PATH = f"{SERVICE}/ListProducts", "/v1/products"
WRITE = "todos.v1.TodoService/CreateTodo"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def attempts(demo: Demo, rpc: str) -> int:
    return Counter(demo.services.record.methods)[rpc]


def turns(demo: Demo) -> list[str]:
    return [one.state for one in demo.events if isinstance(one, BreakerTurned)]


async def test_one_unavailable_of_a_read_is_hidden(demo: Demo):
    demo.services.faults.set(READ, status="UNAVAILABLE", every=3)
    answers = [(await demo.get(PATH)).status_code for _ in range(5)]

    assert {200} == set(answers)
    assert attempts(demo, READ) == 5 + len(
        [one for one in demo.events if isinstance(one, CallRepeated)]
    )
    assert attempts(demo, READ) > 5


async def test_a_failure_that_repeats_itself_is_not_tried_again(demo: Demo):
    demo.services.faults.set(READ, status="INTERNAL")
    assert (500, 1) == ((await demo.get(PATH)).status_code, attempts(demo, READ))


async def test_a_write_is_never_made_twice(demo: Demo):
    demo.services.faults.set(WRITE, status="UNAVAILABLE")
    answer = await demo.public.post("/v1/todos", json={"title": "once"}, headers=demo.bearer("ada"))

    assert (503, 1) == (answer.status_code, attempts(demo, WRITE))


async def test_a_service_that_fails_is_left_alone_and_asked_again_when_it_is_well(demo: Demo):
    """Storm: 120 requests, few attempts. Then it answers, and all requests are let through."""
    demo.services.faults.set(LIST, status="UNAVAILABLE")
    answers = [await demo.get(LIST_PATH) for _ in range(120)]
    last = answers[-1]

    assert {503} == {one.status_code for one in answers}
    assert "upstream-unavailable" == last.json()["type"].rpartition("/")[2]
    assert 1 <= int(last.headers["retry-after"]) <= 5
    assert attempts(demo, LIST) / len(answers) <= 1.2
    assert "open" in turns(demo)

    demo.services.faults.clear()

    async def is_well() -> bool:
        return (await demo.get(LIST_PATH)).status_code == 200

    async with asyncio.timeout(10):
        while not await is_well():
            pass
        well = [await is_well() for _ in range(40)]
    assert all(well)
    await until(lambda: turns(demo)[-1] == "closed")
