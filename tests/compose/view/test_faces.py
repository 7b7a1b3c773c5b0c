"""The faces of a view, without a front door: what is kept, what is told on the way."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from bff.calls.cache import Cache
from bff.calls.keep import Keep
from bff.compose.endpoint import Answer, Page, Streamed
from bff.compose.view.serving.faces import Faces
from bff.compose.view.serving.kept import Keeper
from bff.compose.view.serving.selection import selected, with_fields
from bff.stores.memory import MemoryStore
from bff.terms.errors import BadInput, ServiceSilent
from bff.terms.events import silence
from tests.compose.panel import a_context
from tests.compose.view.served import (
    AUTHOR,
    DOWN,
    MEMBERS,
    REVIEWS,
    STEPS,
    a_plan,
    an_ask,
    later,
    reviews,
    services,
    written_by,
)
from tests.conditions import until

EVENTS, HTML = "text/event-stream", "text/html"


def a_page() -> Page:
    def drawn(answer, ask, parts):
        names = "all" if parts is None else ",".join(sorted(parts))
        return answer._replace(body=names.encode() + answer.body, media_type=HTML)

    return Page(drawn=drawn, refused=lambda refusal, headers: b"")


def faces(**options: Any) -> Faces:
    return Faces(page_of=lambda plan, instead: a_page(), **options)


def deferring(**options: Any):
    steps = tuple(replace(one, deferred=one.index in (REVIEWS, AUTHOR)) for one in STEPS)
    return a_plan(MEMBERS[0], reviews(deferred=True, **options), steps=steps)


async def streamed(endpoint, query: str = "") -> Streamed:
    found = await endpoint.run(a_context(), an_ask(query=query)._replace(accept=EVENTS))
    assert isinstance(found, Streamed)
    return found


async def page(endpoint, query: str = "") -> bytes:
    found = await endpoint.run(a_context(), an_ask(query=query)._replace(accept=HTML))
    assert isinstance(found, Answer)
    return found.body


def test_a_view_offers_the_faces_that_it_has():
    plain, waits = services().served(a_plan()), services().served(deferring())
    pages = services().served(a_plan(), faces=faces())
    assert ("application/json",) == plain.produces
    assert ("application/json", EVENTS) == waits.produces
    assert ("application/json", HTML) == pages.produces


async def test_a_page_does_not_ask_for_what_is_deferred():
    asking = services()
    endpoint = asking.served(deferring(), faces=faces())
    assert b'all{"title":"Lamp"}' == await page(endpoint)
    assert ["GetProduct"] == asking.names


async def test_a_page_of_parts_asks_for_these_alone():
    asking = services()
    endpoint = asking.served(deferring(), faces=faces())
    assert (await page(endpoint, "fields=reviews")).startswith(b'reviews{"reviews":[')
    assert "GetProduct" not in asking.names


async def test_a_page_is_drawn_from_the_answer_that_was_kept_for_programs():
    asking = services()
    cache = Cache(MemoryStore(), emit=silence)
    plan = a_plan(MEMBERS[0], keep=Keep(fresh_s=60))
    endpoint = asking.served(plan, faces=faces(), keeper=Keeper(cache))
    await endpoint.run(a_context(), an_ask())

    assert b'all{"title":"Lamp"}' == await page(endpoint)
    assert ["GetProduct"] == asking.names
    await cache.close()


async def test_a_member_that_may_not_fail_and_comes_later_ends_the_stream_with_an_error():
    listed = later()
    endpoint = services(ListReviews=listed).served(deferring(soft=False))
    chunks = (await streamed(endpoint)).chunks
    body = await anext(chunks)
    listed.set_result(ServiceSilent("down", source="a.B/C"))
    error = await anext(chunks)

    assert b'event: body\ndata: {"title":"Lamp","reviews":null}\n\n' == body
    kind, data = error.decode().strip().split("\n")
    assert ("event: error", 503) == (kind, json.loads(data.removeprefix("data: "))["status"])
    with pytest.raises(ServiceSilent):
        await anext(chunks)


async def test_a_silence_has_a_heartbeat():
    listed = later()
    endpoint = services(ListReviews=listed).served(deferring(), faces=Faces(heartbeat_s=0.0))
    chunks = (await streamed(endpoint)).chunks
    await anext(chunks)
    assert b":\n\n" == await anext(chunks)

    listed.set_result(written_by())
    rest = [one async for one in chunks if one != b":\n\n"]
    assert [b'event: patch\ndata: {"path":"/reviews","value":[]}\n\n'] == rest[:1]
    assert b"event: end\ndata: {}\n\n" == rest[-1]


async def test_a_stream_that_is_closed_leaves_the_services():
    asking = services(ListReviews=later())
    chunks = (await streamed(asking.served(deferring()))).chunks
    await anext(chunks)
    await chunks.aclose()
    assert ["ListReviews"] == asking.cancelled


async def test_a_client_that_leaves_before_the_body_leaves_the_services():
    asking = services(GetProduct=later())
    waiting = asyncio.create_task(streamed(asking.served(deferring())))
    await until(lambda: "GetProduct" in asking.names)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert "GetProduct" in asking.cancelled


async def test_what_fails_before_the_body_is_raised():
    with pytest.raises(ServiceSilent):
        await streamed(services(GetProduct=DOWN).served(deferring()))


@pytest.mark.parametrize(
    "query", ["fields=", "fields=,", "fields=" + ",".join(map(str, range(101)))]
)
def test_a_selection_names_some_members_and_not_too_many(query):
    with pytest.raises(BadInput, match="name 1 to 100 members"):
        selected(query)


def test_a_selection_replaces_the_one_before_and_leaves_the_rest():
    assert "a=%20b&fields=x,y" == with_fields("fields=q&a=%20b", ["x", "y"])
    assert "fields=x" == with_fields("", ["x"])
