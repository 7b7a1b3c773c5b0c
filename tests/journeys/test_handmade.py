"""The escape hatch: a screen that is a function, over the demo's real services."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bff.app import Bff
from bff.publish.openapi import document
from tests.conditions import until
from tests.journeys.conftest import another_bff, showing
from tests.openapi.asked import operations_of
from tests.openapi.held import Held

USERS = "identity.users.v1.UserService/GetUser"
TEAMS = "shortener.teams.v1.TeamService/GetMembership"
LINKS = "shortener.links.v1.LinkService/ListLinks"
HOME = "/web/v1/home"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def handmade(whole_demo) -> AsyncIterator[tuple[Bff, httpx.AsyncClient]]:
    """The demo's services, and a BFF that serves the screens of tests.journeys.handmade."""
    async with another_bff(whole_demo, showing("tests.journeys.handmade")) as found:
        yield found


@pytest.fixture
def get(demo, handmade):
    """Asks as ada; each answer is held against the API document (OA7)."""
    bff, client = handmade
    about = json.loads(json.dumps(document(bff.blueprint)))
    operation = next(one for one in operations_of(about) if one.path == HOME)

    async def get(query: str = "", *, by: str = "ada") -> httpx.Response:
        answer = await client.get(HOME + query, headers=demo.bearer(by))
        assert [] == Held(about).violations(operation, answer)
        return answer

    return get


async def test_it_shows_what_its_shape_declares_and_asks_all_together(demo, get):
    for method in (USERS, TEAMS, LINKS):
        demo.services.faults.set(method, delay_ms=100)
    answer = await get("?size=2")
    body = answer.json()

    assert (200, "true") == (answer.status_code, answer.headers["x-bff-complete"])
    assert (["name", "team", "shortCodes"], 2) == (list(body), len(body["shortCodes"]))
    assert 3 == demo.services.record.peak()


async def test_a_soft_part_that_fails_is_null_and_named(demo, get):
    demo.services.faults.set(TEAMS, status="UNAVAILABLE")
    answer = await get()

    assert (200, "false", None) == (
        answer.status_code,
        answer.headers["x-bff-complete"],
        answer.json()["team"],
    )
    assert [{"path": "/team", "code": "UNAVAILABLE", "retryable": True}] == answer.json()["errors"]


async def test_a_needed_part_that_fails_is_the_screens_failure_and_cancels_the_others(demo, get):
    # late enough for the other calls to be heard of before they are cancelled
    demo.services.faults.set(USERS, delay_ms=100, status="UNAVAILABLE")
    demo.services.faults.set(LINKS, freeze=True)
    answer = await get()

    assert (503, "1") == (answer.status_code, answer.headers["retry-after"])
    # a frozen call ends only by being cancelled
    await until(lambda: not demo.services.record.in_flight)
    frozen = [call for call in demo.services.record.calls if call.method == LINKS]
    assert [True] == [call.cancelled for call in frozen]


async def test_each_caller_sees_their_own(get):
    assert (await get()).json()["name"] != (await get(by="bob")).json()["name"]


@pytest.mark.parametrize("query, name", [("?size=x", "size"), ("?sise=1", "sise")])
async def test_rows_39_and_43_a_wrong_input_is_named_and_no_service_is_asked(
    demo, get, query, name
):
    demo.services.record.clear()
    answer = await get(query)

    assert (400, name) == (answer.status_code, answer.json()["errors"][0]["path"])
    assert [] == demo.services.record.methods
