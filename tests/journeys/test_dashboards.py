"""The two dashboards: their shape, their concurrency, and what they show when a service is ill."""

import time

import pytest

from tests.conditions import until

USERS = "identity.users.v1.UserService/GetUser"
TEAMS = "shortener.teams.v1.TeamService/GetMembership"
LINKS = "shortener.links.v1.LinkService/ListLinks"
STATS = "shortener.stats.v1.StatsService/BatchGetDailyClicks"
MOBILE, WEB = "/mobile/v1/dashboard", "/web/v1/dashboard"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_mobile_shows_two_fields_of_the_user_and_the_ten_newest_links(demo):
    answer = await demo.get(MOBILE)

    body = answer.json()
    assert 200 == answer.status_code
    assert (["user", "links"], ["name", "avatarUrl"]) == (list(body), list(body["user"]))
    assert 10 == len(body["links"])
    assert {("code", "clicks", "url")} == {tuple(link) for link in body["links"]}
    assert len(answer.content) <= 1_500
    assert "true" == answer.headers["x-bff-complete"]


async def test_mobile_asks_for_exactly_what_it_shows(demo):
    """Two rpcs, and the page size is pushed down to the service."""
    from generated.shortener.links.v1.links_pb2 import ListLinksRequest

    await demo.get(MOBILE)

    calls = {call.method: call for call in demo.services.record.calls}
    assert {USERS, LINKS} == set(calls)
    asked = ListLinksRequest.FromString(calls[LINKS].request)
    assert ("ada", 10) == (asked.owner_id, asked.page_size)


async def test_web_shows_everything_joined_by_code(demo):
    body = (await demo.get(WEB)).json()

    assert ["user", "team", "links", "nextCursor"] == list(body)
    assert {"id", "email", "createTime", "preferences"} <= set(body["user"])
    assert [
        "code",
        "url",
        "title",
        "tags",
        "customSlug",
        "expireTime",
        "clicks",
        "daily",
        "countries",
        "devices",
    ] == list(body["links"][0])
    assert {30} == {len(link["daily"]) for link in body["links"]}
    assert body["team"]["name"]


async def test_web_makes_four_calls_that_are_all_in_flight_together(demo):
    """From the services' own record: each is still running when the last one starts."""
    for method in (USERS, TEAMS, LINKS, STATS):
        demo.services.faults.set(method, delay_ms=100)
    answer = await demo.get(WEB)

    assert 200 == answer.status_code
    assert sorted([USERS, TEAMS, LINKS, STATS]) == sorted(demo.services.record.methods)
    assert 4 == demo.services.record.peak()


async def test_the_next_page_goes_on_where_the_first_ended(demo):
    first = (await demo.get(WEB)).json()
    second = (await demo.get(f"{WEB}?cursor={first['nextCursor']}")).json()

    codes = [{link["code"] for link in page["links"]} for page in (first, second)]
    assert all(codes)
    assert not codes[0] & codes[1]


async def test_a_user_without_a_team_has_none_and_nothing_is_missing(demo):
    """Absent is not failed: NOT_FOUND is a null without an error."""
    answer = await demo.get(WEB, by="cleo")

    assert (None, "true") == (answer.json()["team"], answer.headers["x-bff-complete"])
    assert "errors" not in answer.json()


async def test_statistics_down_costs_the_statistics_only(demo):
    demo.services.faults.set(STATS, status="UNAVAILABLE")
    answer = await demo.get(WEB)

    body = answer.json()
    assert (200, "false") == (answer.status_code, answer.headers["x-bff-complete"])
    assert {None} == {link["daily"] for link in body["links"]}
    places = {error["path"] for error in body["errors"]}
    count = len(body["links"])
    assert {
        f"/links/{index}/{part}"
        for index in range(count)
        for part in ("daily", "countries", "devices")
    } == places
    assert {("UNAVAILABLE", True)} == {(one["code"], one["retryable"]) for one in body["errors"]}
    assert "no-store" == answer.headers["cache-control"]
    assert 200 == (await demo.get(MOBILE)).status_code


async def test_users_down_is_a_503_that_says_when_to_come_back(demo):
    demo.services.faults.set(USERS, status="UNAVAILABLE")
    answer = await demo.get(MOBILE)

    assert (503, "1") == (answer.status_code, answer.headers["retry-after"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert "CANARY" not in answer.text


@pytest.mark.parametrize(("path", "budget_s"), [(MOBILE, 0.25), (WEB, 0.8)])
async def test_users_slow_beyond_the_budget_is_a_504_in_time(demo, path, budget_s):
    demo.services.faults.set(USERS, freeze=True)
    started_s = time.perf_counter()
    answer = await demo.get(path)
    elapsed_s = time.perf_counter() - started_s

    assert (504, "upstream-timeout") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )
    # A service gets a little less than all of it. The promise is 50 ms; a busy machine is later,
    # yet a call without a deadline would never end.
    assert 0.9 * budget_s <= elapsed_s < budget_s + 5.0


async def test_a_soft_part_that_hangs_leaves_time_to_answer_without_it(demo):
    demo.services.faults.set(STATS, freeze=True)
    answer = await demo.get(WEB)

    assert (200, {"DEADLINE_EXCEEDED"}) == (
        answer.status_code,
        {one["code"] for one in answer.json()["errors"]},
    )


async def test_a_reply_that_cannot_be_read_is_a_502_never_an_empty_200(demo):
    """grpc.aio hands out None with OK for these bytes."""
    demo.services.faults.set(USERS, garbage=True)
    answer = await demo.get(MOBILE)

    assert (502, "upstream-invalid-response") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )


async def test_a_needed_part_that_fails_cancels_the_others_at_the_service(demo):
    # late enough for the other call to be heard of before it is cancelled
    demo.services.faults.set(USERS, delay_ms=40, status="INTERNAL")
    demo.services.faults.set(LINKS, freeze=True)
    answer = await demo.get(MOBILE)

    assert 500 == answer.status_code
    # a frozen call ends only by being cancelled
    await until(lambda: not demo.services.record.in_flight)
    frozen = [call for call in demo.services.record.calls if call.method == LINKS]
    assert [True] == [call.cancelled for call in frozen]


async def test_a_wrong_parameter_is_named(demo):
    answer = await demo.get(f"{WEB}?curser=x")
    assert (400, ["curser"]) == (
        answer.status_code,
        [one["path"] for one in answer.json()["errors"]],
    )
