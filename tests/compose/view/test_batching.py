"""Lookups that one BatchGet does together: from any branch and depth, each with its own fate."""

import asyncio
from dataclasses import replace

from bff.compose.view.plan import Constant, Items, Pair, Scope
from bff.terms.codes import Code
from generated.identity.users.v1.users_pb2 import BatchGetUsersRequest
from generated.shortener.links.v1.links_client import LIST_LINKS
from generated.shortener.links.v1.links_pb2 import Link, ListLinksResponse
from generated.shortener.stats.v1.stats_client import BATCH_GET_DAILY_CLICKS, GET_DAILY_CLICKS
from generated.shortener.stats.v1.stats_pb2 import (
    BatchGetDailyClicksRequest,
    BatchGetDailyClicksResponse,
    DailyClicks,
)
from tests.compose.panel import a_context
from tests.compose.view.served import (
    AUTHOR,
    DOWN,
    MEMBERS,
    NOT_FOUND,
    REVIEWS,
    SCOPES,
    SELLER,
    STEPS,
    USERS,
    a_plan,
    asked,
    later,
    member,
    of_item,
    of_reply,
    person,
    plain,
    reviews,
    services,
    shown,
    some_users,
    with_step,
    written_by,
)
from tests.conditions import until


def keys_of(asking):
    wires = [wire for name, wire, _, _ in asking.asked if name == "BatchGetUsers"]
    return [list(BatchGetUsersRequest.FromString(wire).user_ids) for wire in wires]


async def test_lookups_of_two_branches_and_depths_are_one_call_and_no_key_is_asked_twice():
    asking = services()
    await shown(a_plan(), asking)

    assert [["ada", "bob", "cleo"]] == keys_of(asking)
    assert 4 == len(asking.asked)


async def test_a_lookup_waits_for_the_last_step_that_could_add_a_key():
    """The product is there long before the reviews: its seller is asked for with their authors."""
    waiting = later()
    asking = services(ListReviews=waiting)
    page = asyncio.create_task(shown(a_plan(), asking))
    await until(lambda: len(asking.asked) == 3)
    waiting.set_result(written_by("bob"))
    await page

    assert [["ada", "bob"]] == keys_of(asking)


async def test_one_key_alone_is_the_plain_lookup():
    asking = services(ListReviews=written_by("ada", "ada"))
    answer = await shown(a_plan(), asking)

    assert ["GetUser"] == asking.names[3:]
    assert 3 == answer.body.count(b'{"name":"Ada"}')


async def test_a_lookup_that_others_wait_for_does_not_wait():
    """Whoever moderates the seller is looked up next; the reviews are not there yet."""
    waiting = later()
    moderator = asked(
        5, STEPS[SELLER].rpc, arguments={"user_id": of_reply(SELLER, "bio")}, needed=False
    )
    asking = services(ListReviews=waiting)
    plan = a_plan(*MEMBERS, member("boss", person(5), soft=True), steps=(*STEPS, moderator))
    page = asyncio.create_task(shown(plan, asking))
    await until(lambda: "GetUser" in asking.names)
    waiting.set_result(written_by("bob"))
    await page

    assert [] == keys_of(asking)


async def test_a_lookup_with_a_deadline_of_its_own_does_not_wait():
    waiting = later()
    asking = services(ListReviews=waiting)
    page = asyncio.create_task(shown(a_plan(steps=with_step(SELLER, deadline_ms=50)), asking))
    await until(lambda: "GetUser" in asking.names)
    waiting.set_result(written_by("bob"))

    assert b'"seller":{"name":"Ada"}' in (await page).body


async def test_only_a_first_body_does_not_wait_for_deferred_steps():
    """Nobody gets the whole any sooner: one call there, two where the first body goes ahead."""
    steps = tuple(replace(one, deferred=one.index in (REVIEWS, AUTHOR)) for one in STEPS)
    plan = a_plan(MEMBERS[2], reviews(deferred=True), steps=steps)
    waiting = later()
    whole, ahead = services(), services(ListReviews=waiting)
    await shown(plan, whole)
    parts = ahead.runner(plan).start(a_context(), {"product_id": "p-1"})
    await parts.first()
    waiting.set_result(written_by("bob", "cleo"))
    assert [patch.path async for patch in parts.patches()] == ["/reviews"]

    assert ([["ada", "bob", "cleo"]], [["bob", "cleo"]]) == (keys_of(whole), keys_of(ahead))


async def test_a_key_that_the_batch_does_not_answer_is_absent():
    answer = await shown(a_plan(), services(ListReviews=written_by("ghost", "bob")))

    assert ((), [b"null", b'{"name":"Bob"}']) == (
        answer.gaps,
        [one.split(b',"reply"')[0] for one in answer.body.split(b'"author":')[1:]],
    )


async def test_a_single_key_that_does_not_exist_is_absent_too():
    answer = await shown(
        a_plan(reviews()), services(ListReviews=written_by("x"), GetUser=NOT_FOUND)
    )
    assert ((), True) == (answer.gaps, b'"author":null' in answer.body)


async def test_more_keys_than_one_call_carries_are_several_calls():
    pair = replace(USERS, most=2)
    steps = tuple(replace(one, pair=pair) if one.pair else one for one in STEPS)
    asking = services(ListReviews=written_by("a", "b", "c", "d"))
    answer = await shown(a_plan(steps=steps), asking)

    assert [["ada", "a"], ["b", "c"], ["d"]] == sorted(keys_of(asking), key=len, reverse=True)
    assert b'{"name":"D"}' in answer.body


async def test_a_batch_that_fails_fails_all_its_keys_and_no_others():
    pair = replace(USERS, most=2)
    steps = tuple(replace(one, pair=pair) if one.pair else one for one in STEPS)

    def first_fails(wire):
        return DOWN if b"bob" in wire else some_users(wire)

    asking = services(ListReviews=written_by("bob", "cleo", "dan"), BatchGetUsers=first_fails)
    answer = await shown(a_plan(steps=steps), asking)

    assert ["/seller", "/reviews/0/author"] == [gap.path for gap in answer.gaps]
    assert {Code.UNAVAILABLE} == {gap.code for gap in answer.gaps}


async def test_the_tightest_deadline_of_the_keys_holds_for_all():
    asking = services()
    steps = with_step(AUTHOR, deadline_ms=300)
    await shown(a_plan(steps=steps), asking, context=a_context(seconds=10.0))

    [deadline] = [one[2] for one in asking.asked if one[0] == "BatchGetUsers"]
    assert deadline.remaining_s() <= 0.3


def clicks_plan(days):
    """Two lists of links, each link with its clicks, of the last days."""
    pair = Pair(
        batch=BATCH_GET_DAILY_CLICKS,
        key="code",
        keys="codes",
        found="daily_clicks",
        found_by="code",
    )
    steps = [asked(0, LIST_LINKS, arguments={})]
    members, scopes = [], []
    for place, span in enumerate(days):
        code = {"code": of_item(place, "short_code"), "days": Constant(span)}
        steps.append(
            asked(1 + place, GET_DAILY_CLICKS, arguments=code, scope=place, pair=pair, gathered=0)
        )
        scopes.append(Scope(index=place, parent=None, items=of_reply(0, "links")))
        daily = plain("daily", of_reply(1 + place, "daily"))
        members.append(member(f"l{place}", Items(scope=place, members=(daily,), shape=f"L{place}")))
    return a_plan(*members, steps=tuple(steps), scopes=tuple(scopes))


def some_clicks(wire):
    asked_for = BatchGetDailyClicksRequest.FromString(wire)
    found = [DailyClicks(code=one, daily=[asked_for.days]) for one in asked_for.codes]
    return BatchGetDailyClicksResponse(daily_clicks=found)


LINKS = ListLinksResponse(links=[Link(short_code="a"), Link(short_code="b")])


async def test_lookups_share_a_call_only_where_all_else_that_they_ask_is_equal():
    apart, alike = (services(ListLinks=LINKS, BatchGetDailyClicks=some_clicks) for _ in range(2))
    answer = await shown(clicks_plan([7, 30]), apart)
    await shown(clicks_plan([7, 7]), alike)

    assert b'{"l0":[{"daily":[7]},{"daily":[7]}],"l1":[{"daily":[30]},{"daily":[30]}]}' == (
        answer.body
    )
    assert (3, 2) == (len(apart.asked), len(alike.asked))


async def test_an_item_of_an_item_is_asked_for_too():
    """A list in each item: the links of each author."""
    links = asked(3, LIST_LINKS, arguments={"owner_id": of_item(0, "author_id")}, scope=0)
    steps = (*STEPS[:3], links)
    scopes = (*SCOPES, Scope(index=1, parent=0, items=of_reply(3, "links")))
    code = plain("code", of_item(1, "short_code"))
    rating = plain("stars", of_item(0, "rating"))
    inner = member("links", Items(scope=1, members=(code, rating), shape="LinkCard"))
    answer = await shown(
        a_plan(reviews(inner), steps=steps, scopes=scopes),
        services(ListLinks=LINKS, ListReviews=written_by("x", "y")),
    )

    first, second = (
        b'{"links":[{"code":"a","stars":%d},{"code":"b","stars":%d}]}' % (n, n) for n in (0, 1)
    )
    assert b'{"reviews":[%b,%b]}' % (first, second) == answer.body
