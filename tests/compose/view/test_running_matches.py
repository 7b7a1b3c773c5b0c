"""A keyed join while it runs: asked at once, looked up once, as soft as who looks."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from bff.calls.pipeline import pipeline
from bff.compose.view import (
    Shape,
    Soft,
    View,
    call,
    defer,
    match,
    policy,
    src,
)
from bff.compose.view.plan import FromItem, FromMatch, FromReply
from bff.compose.view.running.frames import Frame
from bff.compose.view.running.layout import Layout
from bff.compose.view.running.values import finder
from bff.compose.view.serving.endpoints import Views
from bff.compose.view.serving.pruning import paths_of, pruned
from bff.contract.codec.native_engine import Engine
from bff.terms.errors import ServiceSilent
from generated.identity.users.v1.users_client import UserServiceClient
from generated.shortener.links.v1.links_pb2 import Link, ListLinksResponse
from generated.shortener.stats.v1.stats_client import StatsServiceClient
from generated.shortener.stats.v1.stats_pb2 import DailyClicks
from tests.compose.panel import Services, a_context, catalog, well
from tests.compose.view.example import WebDashboard
from tests.compose.view.joined import (
    BOTH,
    CALLS,
    CLICKS,
    DOWN,
    LIST_LINKS,
    NOT_FOUND,
    Counted,
    answer,
    clicks,
    links_of,
    plan_of,
)
from tests.conditions import until


async def test_all_calls_start_in_one_tick_and_there_is_none_per_link() -> None:
    waiting = {name: asyncio.get_running_loop().create_future() for name in CALLS}
    services = Services(**waiting)
    running = asyncio.create_task(answer(WebDashboard, services))
    await until(lambda: len(services.names) == len(CALLS))
    assert CALLS == sorted(services.names)

    for name, future in waiting.items():
        future.set_result(well(BatchGetDailyClicks=clicks()).answers[name])
    await running
    assert CALLS == sorted(services.names)


@pytest.mark.parametrize("engine", BOTH)
async def test_a_list_that_failed_costs_what_is_looked_up_in_it_and_nothing_else(
    engine: Engine,
) -> None:
    page, gaps = await answer(WebDashboard, well(BatchGetDailyClicks=DOWN), engine=engine)

    assert [
        f"/links/{index}/{name}" for index in (0, 1) for name in ("daily", "countries", "devices")
    ] == gaps
    assert [("a", None), ("b", None)] == [(one["code"], one["daily"]) for one in page["links"]]


async def test_a_list_that_does_not_exist_is_absent_without_a_gap() -> None:
    page, gaps = await answer(WebDashboard, well(BatchGetDailyClicks=NOT_FOUND))

    assert ([None, None], []) == ([one["daily"] for one in page["links"]], gaps)


async def test_a_list_that_a_hard_member_looks_in_fails_the_view() -> None:
    class Card(Counted):
        total: int = Counted.its.total

    with pytest.raises(ServiceSilent):
        await answer(links_of(Card), well(BatchGetDailyClicks=DOWN))


async def test_a_call_that_reads_what_was_not_found_is_not_made() -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=800):
        _its = match(CLICKS, by="code", key="a")
        name: Soft[str] = call(UserServiceClient.get_user, user_id=_its.code).display_name

    services = well(BatchGetDailyClicks=clicks(DailyClicks(code="b")))
    assert ({"name": None}, []) == await answer(Home, services)
    assert "GetUser" not in services.names

    services = well(BatchGetDailyClicks=clicks(DailyClicks(code="a")))
    assert ({"name": "Ada"}, []) == await answer(Home, services)


async def test_a_fallback_of_the_list_is_looked_through_too() -> None:
    spare = policy(fallback=clicks(DailyClicks(code="a", total=9)))
    found = spare.call(StatsServiceClient.batch_get_daily_clicks, owner_id="ada").daily_clicks

    class Home(View, get="/v1/home", client="web", deadline_ms=800):
        total: Soft[int] = match(found, by="code", key="a").total

    assert ({"total": 9}, []) == await answer(Home, well(BatchGetDailyClicks=DOWN))


async def test_a_list_per_item_is_looked_through_by_the_items_inside() -> None:
    """Each link's owner has links and clicks of their own, joined where they stand."""

    class Outer(Shape[Link]):
        link = src(Link)
        clicks = call(
            StatsServiceClient.batch_get_daily_clicks, owner_id=link.owner_id
        ).daily_clicks

    class Inner(Shape[Link]):
        link = src(Link)
        total: int | None = match(Outer.clicks, by="code", key=link.short_code).total
        around: int | None = match(Outer.clicks, by="code", key=Outer.link.short_code).total

    class Card(Outer):
        others: list[Inner] = Inner.each(call(LIST_LINKS, owner_id=Outer.link.owner_id).links)

    plan = plan_of(links_of(Card))
    links = ListLinksResponse(links=[Link(short_code=one, owner_id="bob") for one in "ab"])
    services = well(BatchGetDailyClicks=clicks(DailyClicks(code="b", total=2)), ListLinks=links)
    page, gaps = await answer(plan, services)

    assert [None, 0, 0] == [one.scope for one in plan.steps]
    assert [
        {"others": [{"total": None, "around": None}, {"total": 2, "around": None}]},
        {"others": [{"total": None, "around": 2}, {"total": 2, "around": 2}]},
    ] == page["links"]
    assert [] == gaps


async def test_what_is_looked_up_may_come_later() -> None:
    class Card(Counted):
        code: str = Counted.link.short_code
        total: Soft[int] = defer(Counted.its.total)

    services = well(BatchGetDailyClicks=clicks(DailyClicks(code="b", total=5)))
    transport: Any = services
    calls = pipeline({"*": transport}, emit=services.events.append)
    parts = Views(catalog(), calls=calls).runner(plan_of(links_of(Card))).start(a_context(), {})
    first = json.loads((await parts.first()).body)
    patches = [(patch.path, patch.json) async for patch in parts.patches()]
    await parts.aclose()

    assert [{"code": "a", "total": None}, {"code": "b", "total": None}] == first["links"]
    assert [("/links/0/total", b"null"), ("/links/1/total", b"5")] == patches


def test_a_list_is_put_in_order_once_and_an_item_looked_up_once() -> None:
    layout = Layout(plan_of(WebDashboard), catalog())
    held = FromMatch(FromReply(3, ("daily_clicks",)), "code", FromItem(0, ("short_code",)), ())
    root: Any = Frame(None, 4)  # type: ignore[arg-type] # nobody asks who calls
    root.said[3] = (clicks(DailyClicks(code="a", total=1), DailyClicks(code="b", total=2)),)
    items = [Frame(root.given, 4, item=Link(short_code=one), up=root) for one in ("a", "b")]
    finds = [finder(held, 0, layout), finder(replace(held, path=("total",)), 0, layout)]

    assert [1, 1, 2, 2] == [find(one).item.total for one in items for find in finds]
    assert finds[0](items[0]) is finds[1](items[0])
    assert [1, 1, 1] == [len(one.matched) for one in (root, *items)]


def test_fewer_members_ask_for_less() -> None:
    plan = plan_of(WebDashboard)
    names = {
        wish: [one.name for one in pruned(plan, paths_of(wish)).steps]
        for wish in ("links.code", "links.daily", "links.code,user.name")
    }

    assert {
        "links.code": ["list_links"],
        "links.daily": ["list_links", "batch_get_daily_clicks"],
        "links.code,user.name": ["get_user", "list_links"],
    } == names


async def test_a_smaller_view_finds_the_same() -> None:
    plan = pruned(plan_of(WebDashboard), paths_of("links.daily"))
    services = well(BatchGetDailyClicks=clicks(DailyClicks(code="b", daily=[1])))

    assert ({"links": [{"daily": None}, {"daily": [1]}]}, []) == await answer(plan, services)
