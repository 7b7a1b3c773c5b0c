"""A screen made of parts: one tick, one answer, and what it shows when a service is ill."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from bff.app import Bff, assemble
from bff.publish.openapi import document
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence
from generated.shortener.links.v1.links_pb2 import ListLinksRequest
from tests.conditions import until
from tests.journeys.conftest import ROOT, keyed
from tests.openapi.asked import operations_of
from tests.openapi.held import Held

USERS = "identity.users.v1.UserService/GetUser"
TEAMS = "shortener.teams.v1.TeamService/GetMembership"
LINKS = "shortener.links.v1.LinkService/ListLinks"
STATS = "shortener.stats.v1.StatsService/BatchGetDailyClicks"
HOME = "/web/v1/home/7"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def boards(whole_demo) -> AsyncIterator[tuple[Bff, httpx.AsyncClient]]:
    """The demo's services, and a BFF that serves the screens of tests.journeys.boards."""
    settings = load(
        ROOT / "bff.toml",
        environment={},
        overrides=Overrides(services=tuple(whole_demo.services.addresses.items())),
    )
    contract = replace(settings.contract, views=("tests.journeys.boards",))
    settings = keyed(replace(settings, contract=contract), whole_demo.keys)
    bff = assemble(settings, emit=silence, metrics=Metrics())
    transport = httpx.ASGITransport(app=bff.public, raise_app_exceptions=False)
    async with bff.running(), httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        yield bff, client


@pytest.fixture
def get(demo, boards):
    """Asks as ada; each answer is held against the API document (OA7)."""
    bff, client = boards
    about = json.loads(json.dumps(document(bff.blueprint)))
    operation = next(one for one in operations_of(about) if one.path == "/web/v1/home/{days}")

    async def get(path: str = HOME, *, by: str = "ada") -> httpx.Response:
        answer = await client.get(path, headers=demo.bearer(by))
        if answer.status_code != 502:
            assert [] == Held(about).violations(operation, answer)
        return answer

    return get


async def test_members_stand_in_the_order_of_the_parts_under_the_names_given(get):
    answer = await get()
    body = answer.json()

    assert (200, "true") == (answer.status_code, answer.headers["x-bff-complete"])
    assert ["user", "links", "team", "clicks", "next"] == list(body)
    assert ["name", "picture"] == list(body["user"])
    assert {"code", "url", "clicks", "state"} <= set(body["links"][0])
    assert (int, "ACTIVE") == (type(body["links"][0]["clicks"]), body["links"][0]["state"])
    assert {"role", "team"} == set(body["team"])
    assert ["title"] == list(body["team"]["team"])
    assert {7} == {len(one["daily"]) for one in body["clicks"]}


async def test_the_inputs_reach_the_service_and_two_parts_share_one_call(demo, get):
    first = (await get()).json()
    demo.services.record.clear()
    await get(f"{HOME}?size=5&cursor={first['next']}")

    [call] = [one for one in demo.services.record.calls if one.method == LINKS]
    asked = ListLinksRequest.FromString(call.request)
    assert ("ada", 5, first["next"]) == (asked.owner_id, asked.page_size, asked.page_token)


async def test_all_calls_are_in_flight_together(demo, get):
    """From the services' own record: each is still running when the last one starts."""
    for method in (USERS, TEAMS, LINKS, STATS):
        demo.services.faults.set(method, delay_ms=100)
    answer = await get()

    assert 200 == answer.status_code
    assert sorted([USERS, TEAMS, LINKS, STATS]) == sorted(demo.services.record.methods)
    assert 4 == demo.services.record.peak()


async def test_a_soft_part_that_fails_is_null_and_named(demo, get):
    demo.services.faults.set(TEAMS, status="UNAVAILABLE")
    answer = await get()
    body = answer.json()

    assert (200, "false") == (answer.status_code, answer.headers["x-bff-complete"])
    assert "no-store" == answer.headers["cache-control"]
    assert (None, ["title"]) == (body["team"], ["title"] if body["links"] else [])
    assert [{"path": "/team", "code": "UNAVAILABLE", "retryable": True}] == body["errors"]


async def test_soft_parts_that_fail_together_are_named_in_the_order_of_the_parts(demo, get):
    demo.services.faults.set(TEAMS, delay_ms=50, status="INTERNAL")
    demo.services.faults.set(STATS, status="UNAVAILABLE")
    body = (await get()).json()

    assert ["/team", "/clicks"] == [one["path"] for one in body["errors"]]


async def test_a_soft_part_that_hangs_leaves_time_to_answer_without_it(demo, get):
    """Its own 300 ms and not the screen's 800 end it: then the screen would be late, too."""
    demo.services.faults.set(STATS, freeze=True)
    answer = await get()

    assert (200, ["DEADLINE_EXCEEDED"]) == (
        answer.status_code,
        [one["code"] for one in answer.json()["errors"]],
    )


async def test_a_hard_part_that_fails_is_the_screens_failure(demo, get):
    demo.services.faults.set(USERS, status="UNAVAILABLE")
    answer = await get()

    assert (503, "1") == (answer.status_code, answer.headers["retry-after"])
    assert "application/problem+json" == answer.headers["content-type"]


async def test_a_hard_part_that_fails_cancels_the_others_at_the_service(demo, get):
    # late enough for the other calls to be heard of before they are cancelled
    demo.services.faults.set(USERS, delay_ms=100, status="UNAVAILABLE")
    demo.services.faults.set(LINKS, freeze=True)
    answer = await get()

    assert 503 == answer.status_code
    # a frozen call ends only by being cancelled
    await until(lambda: not demo.services.record.in_flight)
    frozen = [call for call in demo.services.record.calls if call.method == LINKS]
    assert [True] == [call.cancelled for call in frozen]


async def test_a_hard_part_that_hangs_is_a_504(demo, get):
    demo.services.faults.set(LINKS, freeze=True)
    answer = await get()

    assert (504, "upstream-timeout") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )


async def test_a_reply_that_cannot_be_read_is_a_502_never_an_empty_200(demo, get):
    demo.services.faults.set(USERS, garbage=True)
    answer = await get()

    assert (502, "upstream-invalid-response") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )


async def test_each_caller_sees_their_own(demo, get):
    ada, bob = (await get()).json(), (await get(by="bob")).json()

    assert ada["user"] != bob["user"]
    codes = [{link["code"] for link in body["links"]} for body in (ada, bob)]
    assert not codes[0] & codes[1]


async def test_nobody_is_asked_for_a_name(boards):
    _, client = boards

    assert 401 == (await client.get(HOME)).status_code


@pytest.mark.parametrize(
    ("path", "named"),
    [("/web/v1/home/x", "days"), (f"{HOME}?sise=1", "sise"), (f"{HOME}?size=x", "size")],
)
async def test_rows_39_and_43_a_wrong_input_is_named_and_no_service_is_asked(
    demo, get, path, named
):
    answer = await get(path)

    assert (400, [named]) == (answer.status_code, [one["path"] for one in answer.json()["errors"]])
    assert [] == demo.services.record.methods


async def test_it_is_listed_as_any_screen(boards):
    bff, _ = boards
    [found] = [one for one in bff.blueprint.endpoints if one.client == "web"]

    assert ("web_home", "/web/v1/home/{days}") == (found.name, found.template.text)
    assert ("The caller's first screen.", "`clicks` are those of the last `days`.") == (
        found.summary,
        found.description,
    )
    assert sorted([USERS, TEAMS, LINKS, STATS]) == list(found.calls)
    file, _, line = found.declared_at.partition(":")
    assert "tests/journeys/boards/home.py" == file
    assert (ROOT / file).read_text().splitlines()[int(line) - 1].startswith("home = board(")
