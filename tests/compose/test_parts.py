"""Screens made of parts: what is asked, when, and what becomes of the replies."""

import asyncio
from functools import partial
from typing import Any

import pytest

from bff.calls.reserve import MOST_S
from bff.compose.endpoint import Gap
from bff.compose.parts import Given, Part
from bff.contract.json_options import JsonChoices
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput, ServiceSaid, ServiceSilent
from generated.identity.users.v1.users_client import GET_USER
from generated.identity.users.v1.users_pb2 import GetUserRequest
from generated.shortener.links.v1.links_client import LIST_LINKS
from generated.shortener.links.v1.links_pb2 import ListLinksRequest
from generated.shortener.teams.v1.teams_pb2 import Membership
from tests.compose.panel import (
    CARDS,
    NEXT,
    USER,
    a_context,
    me,
    mine,
    of,
    shown,
    team,
    well,
)
from tests.conditions import until
from tests.contract.codec.engines import NATIVE, PURE, needs_native

BOTH = [pytest.param(PURE, id="pure"), pytest.param(NATIVE, id="native", marks=needs_native)]
DOWN = ServiceSilent("down", source="a.B/C")


def _newest(given: Given) -> ListLinksRequest:
    return ListLinksRequest(owner_id=given.text("owner"), page_size=given.number("size"))


@pytest.mark.parametrize("engine", BOTH)
async def test_the_answer_is_the_parts_in_their_order_under_their_names(engine):
    """Both engines, the same bytes: an unset field with presence is left out, PJ1 and PJ9."""
    answer = await shown(of(CARDS, USER, NEXT, team()), well(), engine=engine)

    cards = b'[{"clicks":"3","code":"a"},{"slug":"bee","clicks":"0","code":"b"}]'
    assert b'{"links":%b,"user":{"name":"Ada"},"next":"p2","team":{"name":"Core"}}' % cards == (
        answer.body
    )
    assert ("application/json", ()) == (answer.media_type, answer.gaps)


@pytest.mark.parametrize("engine", BOTH)
async def test_a_part_without_a_projection_shows_all_but_what_is_sensitive(engine):
    whole: Any = Part(name="user", rpc=GET_USER, ask=me)
    body = (await shown(of(whole), well(), engine=engine)).body

    assert body.startswith(b'{"user":{"userId":"ada","displayName":"Ada",')
    assert b"CANARY" not in body


@pytest.mark.parametrize("engine", BOTH)
async def test_a_path_to_what_is_unset_shows_null(engine):
    answer = await shown(of(team()), well(GetMembership=Membership()), engine=engine)

    assert (b'{"team":null}', ()) == (answer.body, answer.gaps)


@pytest.mark.parametrize("engine", BOTH)
async def test_a_screen_says_how_it_writes_its_values(engine):
    choices = JsonChoices(int64="number", defaults="omit")
    body = (await shown(of(CARDS, json=choices), well(), engine=engine)).body

    assert b'{"links":[{"clicks":3,"code":"a"},{"slug":"bee","code":"b"}]}' == body


async def test_inputs_reach_the_request():
    part: Any = Part(name="links", rpc=LIST_LINKS, ask=_newest)
    declared = of(part, get="/web/v1/{owner}/home", inputs={"size": 10})
    services = well()
    await shown(declared, services, values=("bob",))
    await shown(declared, services, values=("bob",), query="size=3")

    requests = [ListLinksRequest.FromString(one[1]) for one in services.asked]
    assert [("bob", 10), ("bob", 3)] == [(one.owner_id, one.page_size) for one in requests]


async def test_all_parts_are_asked_before_any_is_answered():
    loop = asyncio.get_running_loop()
    answers = {name: loop.create_future() for name in ("GetUser", "ListLinks", "GetMembership")}
    services = well(**answers)
    screen = asyncio.create_task(shown(of(USER, CARDS, team()), services))
    while len(services.asked) < 3:
        assert not screen.done()
        await asyncio.sleep(0)
    for name, answer in reversed(answers.items()):
        answer.set_result(well().answers[name])

    assert ["GetUser", "ListLinks", "GetMembership"] == services.names
    assert b'{"user":' == (await screen).body[:8]


async def test_parts_of_the_same_rpc_and_ask_share_one_call():
    services = well()
    await shown(of(CARDS, USER, NEXT), services)
    assert ["ListLinks", "GetUser"] == services.names

    other: Any = Part(name="mine", rpc=LIST_LINKS, ask=partial(mine))
    services = well()
    await shown(of(CARDS, other), services)
    assert ["ListLinks", "ListLinks"] == services.names


async def test_a_soft_part_that_fails_is_null_and_a_gap():
    answer = await shown(of(USER, team(), CARDS), well(GetMembership=DOWN))

    assert b'{"user":{"name":"Ada"},"team":null,"links":[' == answer.body[:44]
    told = b',"errors":[{"path":"/team","code":"UNAVAILABLE","retryable":true}]}'
    assert told == answer.body[-len(told) :]
    assert (Gap(path="/team", code=Code.UNAVAILABLE, retryable=True),) == answer.gaps


async def test_soft_parts_that_share_a_call_are_gaps_each():
    soft: Any = [
        Part(name=name, rpc=LIST_LINKS, ask=mine, path=(field,), soft=True)
        for name, field in (("links", "links"), ("next", "next_page_token"))
    ]
    answer = await shown(of(*soft), well(ListLinks=DOWN))

    assert b'{"links":null,"next":null,"errors":[' == answer.body[:36]
    assert ["/links", "/next"] == [gap.path for gap in answer.gaps]


async def test_a_hard_part_that_fails_fails_the_screen_and_cancels_the_others():
    services = well(GetUser=DOWN, ListLinks=asyncio.get_running_loop().create_future())
    with pytest.raises(ServiceSilent) as caught:
        await shown(of(CARDS, USER, team()), services)

    assert DOWN is caught.value
    assert ["ListLinks"] == services.cancelled


async def test_what_the_service_said_is_what_the_screen_says():
    missing = ServiceSaid("no such user", code=Code.NOT_FOUND, source="a.B/C")
    with pytest.raises(ServiceSaid) as caught:
        await shown(of(USER, CARDS), well(GetUser=missing))

    assert Code.NOT_FOUND is caught.value.code


async def test_a_client_that_leaves_cancels_every_call():
    loop = asyncio.get_running_loop()
    services = well(GetUser=loop.create_future(), GetMembership=loop.create_future())
    screen = asyncio.create_task(shown(of(USER, team()), services))
    await until(lambda: len(services.asked) == 2)
    screen.cancel()
    with pytest.raises(asyncio.CancelledError):
        await screen

    assert ["GetMembership", "GetUser"] == sorted(services.cancelled)


@pytest.mark.parametrize("engine", BOTH)
async def test_an_unreadable_reply_is_a_failed_call(engine):
    """As the pipeline sees it, so that whatever counts failures counts this one."""
    services = well(GetMembership=b"\xff")
    answer = await shown(of(USER, team()), services, engine=engine)

    assert ["INTERNAL"] == [gap.code.name for gap in answer.gaps]
    ends = {event.rpc: event.code.name for event in services.events}  # type: ignore[union-attr]
    assert {"GetUser": "OK", "GetMembership": "INTERNAL"} == ends
    with pytest.raises(ServiceSilent, match="can't be decoded"):
        await shown(of(USER), well(GetUser=b"\xff"), engine=engine)


async def test_deadlines_are_the_screens_or_the_parts_own():
    """A soft part leaves time to answer without it; none outlives its screen."""
    services, context = well(), a_context(seconds=10.0)
    slow: Any = Part(name="links", rpc=LIST_LINKS, ask=mine, deadline_ms=60_000)
    await shown(of(USER, slow, team()), services, context=context)
    await shown(of(team(deadline_ms=50)), services, context=context)

    user, links, soft, brief = [one[2] for one in services.asked]
    screens = Deadline(context.deadline.at_s - MOST_S)
    assert [screens, screens] == [user, links]
    assert Deadline.after(8.0) < soft < Deadline.after(9.1)
    assert brief < Deadline.after(0.1)


async def test_a_call_is_made_for_its_own_caller_only():
    """Two callers at once: each request carries its own name and its own metadata."""
    services = well()
    callers = [a_context(name)._replace(metadata=(("x-caller", name),)) for name in ("ada", "bob")]
    await asyncio.gather(*(shown(of(USER, CARDS), services, context=one) for one in callers))

    seen = [
        ((one[3][0][1]), GetUserRequest.FromString(one[1]).user_id)
        for one in services.asked
        if one[0] == "GetUser"
    ]
    assert [("ada", "ada"), ("bob", "bob")] == sorted(seen)


async def test_a_bad_input_is_told_before_anything_is_asked():
    def picky(given: Given) -> GetUserRequest:
        if given.text("team") == "x":
            raise BadInput.at("team", "name a team")
        return me(given)

    services = well()
    part: Any = Part(name="picky", rpc=GET_USER, ask=picky)
    declared = of(USER, CARDS, part, inputs={"team": "core"})
    with pytest.raises(BadInput):
        await shown(declared, services, query="team=x")
    with pytest.raises(BadInput, match="days"):
        await shown(of(USER, inputs={"days": int}), services)

    assert [] == services.names
