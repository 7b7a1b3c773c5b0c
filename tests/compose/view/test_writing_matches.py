"""What a keyed join shows: the one that fits, in any form, and nothing where none does."""

from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest

from bff.compose.view import (
    Soft,
    call,
    each,
    field,
)
from bff.compose.view.explaining.words import show_words
from bff.compose.view.plan import Items
from bff.compose.view.waves import waves_of
from bff.contract.codec.native_engine import Engine
from bff.terms.errors import ServiceSilent
from generated.identity.users.v1.users_client import UserServiceClient
from generated.identity.users.v1.users_pb2 import User
from generated.shortener.links.v1.links_pb2 import Link, ListLinksResponse
from generated.shortener.stats.v1.stats_pb2 import DailyClicks
from tests.compose.panel import well
from tests.compose.view.example import WebDashboard
from tests.compose.view.joined import (
    BOTH,
    DOWN,
    Counted,
    Numbers,
    answer,
    clicks,
    plan_of,
    served,
    shown,
)


@pytest.mark.parametrize("engine", BOTH)
async def test_each_link_shows_its_own(engine: Engine) -> None:
    found = clicks(
        DailyClicks(code="b", daily=[1, 2], countries={"NO": 3, "BR": 4}), DailyClicks(code="z")
    )
    page, gaps = await answer(WebDashboard, well(BatchGetDailyClicks=found), engine=engine)

    assert [("a", None, None, None), ("b", [1, 2], {"BR": 4, "NO": 3}, {})] == [
        (one["code"], one["daily"], one["countries"], one["devices"]) for one in page["links"]
    ]
    assert [] == gaps


async def test_the_first_of_several_wins() -> None:
    class Card(Counted):
        total: int | None = Counted.its.total

    twice = [DailyClicks(code="a", total=1), DailyClicks(code="a", total=2)]
    assert [1, None] == [one["total"] for one in await shown(Card, *twice)]


async def test_an_empty_key_matches_nothing() -> None:
    """Two ids that are not set are not one id."""

    class Card(Counted):
        total: int | None = Counted.its.total

    nameless = ListLinksResponse(links=[Link()])
    assert [{"total": None}] == await shown(Card, DailyClicks(total=1), ListLinks=nameless)


async def test_no_match_is_as_a_message_that_is_not_set() -> None:
    """A hard scalar is its default, a hard list empty; a hard message must be there."""

    class Card(Counted):
        total: int = Counted.its.total
        daily: list[int] = each(Counted.its.daily)
        countries: Mapping[str, int] = Counted.its.countries

    class Strict(Counted):
        its_own: Numbers = Numbers.of(Counted.its)

    class Whole(Counted):
        clicks: DailyClicks = Counted.its

    found = await shown(Card, DailyClicks(code="b", total=3))
    assert [
        {"total": 0, "daily": [], "countries": {}},
        {"total": 3, "daily": [], "countries": {}},
    ] == found
    for card in (Strict, Whole):
        with pytest.raises(ServiceSilent) as raised:
            await shown(card, DailyClicks(code="b"))
        assert "upstream-invalid-response" == raised.value.reason


async def test_what_is_found_is_an_object_of_a_shape_or_a_whole_message() -> None:
    class Card(Counted):
        numbers: Numbers | None = Numbers.of(Counted.its)
        clicks: Soft[DailyClicks] = Counted.its

    one, other = await shown(Card, DailyClicks(code="a", total=7, internal_notes="CANARY"))
    assert {"total": 7, "daily": []} == one["numbers"]
    assert {"code": "a", "daily": [], "countries": {}, "devices": {}, "total": 7} == one["clicks"]
    assert {"numbers": None, "clicks": None} == other


async def test_an_object_of_what_is_found_may_have_more_in_it() -> None:
    class Owned(Numbers):
        owner: Soft[str] = call(UserServiceClient.get_user, user_id=Numbers.day.code).display_name

    class Card(Counted):
        numbers: Soft[Owned] = Owned.of(Counted.its)

    found = await shown(Card, DailyClicks(code="a", total=7), GetUser=User(display_name="Ada"))
    assert [{"total": 7, "daily": [], "owner": "Ada"}, None] == [one["numbers"] for one in found]


async def test_a_function_gets_what_was_found_or_none() -> None:
    class Card(Counted):
        @field
        def label(self, its: DailyClicks | None = Counted.its) -> str:
            return f"{its.total} clicks" if its else "new"

    assert ["7 clicks", "new"] == [
        one["label"] for one in await shown(Card, DailyClicks(code="a", total=7))
    ]


@pytest.mark.parametrize("found", [clicks(DailyClicks(code="a", daily=[1])), DOWN])
async def test_answers_keep_to_their_schema(found: Any) -> None:
    services = well(BatchGetDailyClicks=found)
    endpoint = served(plan_of(WebDashboard), services)
    root = {**(endpoint.answer or {}), "components": {"schemas": dict(endpoint.components)}}
    page, _ = await answer(WebDashboard, services)

    assert [] == list(jsonschema.Draft202012Validator(root).iter_errors(page))
    link: Any = endpoint.components["web.WebLink"]
    assert ["array", "null"] == link["properties"]["daily"]["type"]
    assert "oldest first" in link["properties"]["daily"]["description"]


def test_an_explanation_says_which_of_the_list() -> None:
    plan = plan_of(WebDashboard)
    links = next(one.show for one in plan.members if one.name == "links")
    assert isinstance(links, Items)
    [daily] = [one.show for one in links.members if one.name == "daily"]

    assert "batch_get_daily_clicks.daily_clicks[code = link.short_code].daily" == (
        show_words(plan, daily)
    )
    assert [["get_user", "get_membership", "list_links", "batch_get_daily_clicks"]] == [
        [trip.name for trip in wave] for wave in waves_of(plan)
    ]
