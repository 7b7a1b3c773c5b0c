"""Views of links that find their clicks by code, over services whose answers the test sets.

Called by test_running_matches.py, test_writing_matches.py.
"""

import json
from typing import Any

import pytest

from bff.calls.pipeline import pipeline
from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.compose.view import (
    Fragment,
    Shape,
    View,
    call,
    each,
    match,
    principal,
    src,
)
from bff.compose.view.plan import Plan
from bff.compose.view.serving.endpoints import Views
from bff.contract.codec.native_engine import ENGINE, Engine
from bff.terms.codes import Code
from bff.terms.errors import ServiceSaid, ServiceSilent
from generated.shortener.links.v1.links_client import LinkServiceClient
from generated.shortener.links.v1.links_pb2 import Link
from generated.shortener.stats.v1.stats_client import StatsServiceClient
from generated.shortener.stats.v1.stats_pb2 import BatchGetDailyClicksResponse, DailyClicks
from tests.compose.panel import Services, a_context, catalog, well
from tests.compose.view.compiled import plan_of
from tests.contract.codec.engines import NATIVE, PURE, needs_native

BOTH = [pytest.param(PURE, id="pure"), pytest.param(NATIVE, id="native", marks=needs_native)]
DOWN = ServiceSilent("down", source="a.B/C")
NOT_FOUND = ServiceSaid("no such thing", code=Code.NOT_FOUND, source="a.B/C")
CALLS = ["BatchGetDailyClicks", "GetMembership", "GetUser", "ListLinks"]
LIST_LINKS = LinkServiceClient.list_links
CLICKS = call(StatsServiceClient.batch_get_daily_clicks, owner_id=principal().user_id).daily_clicks


def clicks(*found: DailyClicks) -> BatchGetDailyClicksResponse:
    return BatchGetDailyClicksResponse(daily_clicks=found)


def served(plan: Plan, services: Services, engine: Engine = ENGINE) -> Endpoint:
    transport: Any = services
    calls = pipeline({"*": transport}, emit=services.events.append)
    [endpoint] = Views(catalog(), calls=calls, engine=engine).endpoints([plan])
    return endpoint


async def answer(
    view: type[Fragment] | Plan, services: Services, *, engine: Engine = ENGINE
) -> tuple[Any, list[str]]:
    """The page, and where it has gaps."""
    plan = view if isinstance(view, Plan) else plan_of(view)
    ask = Ask(values=(), query="", body=b"", content_type="", headers={})
    found = await served(plan, services, engine).run(a_context(), ask)
    assert isinstance(found, Answer)
    page = json.loads(found.body)
    page.pop("errors", None)
    return page, [gap.path for gap in found.gaps]


class Counted(Shape[Link]):
    link = src(Link)
    its = match(CLICKS, by="code", key=link.short_code)


class Numbers(Shape[DailyClicks]):
    day = src(DailyClicks)
    total: int = day.total
    daily: list[int] = each(day.daily)


def links_of(card: type[Shape[Link]]) -> type[Fragment]:
    class Home(View, get="/v1/home", client="web", deadline_ms=800):
        links: list[card] = card.each(call(LIST_LINKS, owner_id="ada").links)  # type: ignore[valid-type]

    return Home


async def shown(card: type[Shape[Link]], *found: DailyClicks, **answers: Any) -> Any:
    """The cards of the links "a" and "b"."""
    page, gaps = await answer(
        links_of(card), well(**{"BatchGetDailyClicks": clicks(*found), **answers})
    )
    assert [] == gaps
    return page["links"]
