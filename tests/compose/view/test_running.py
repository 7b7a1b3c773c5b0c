"""Running a plan: what starts when, with what, and how long each call may take."""

import asyncio
from collections import Counter

import pytest

from bff.calls.call import Calls
from bff.compose.view.running.times import Durations
from bff.compose.view.serving.endpoints import Views
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent
from tests.compose.panel import a_context, catalog
from tests.compose.view.served import (
    AUTHOR,
    DOWN,
    MEMBERS,
    REVIEWS,
    SELLER,
    STEPS,
    a_plan,
    an_ask,
    later,
    member,
    person,
    reviews,
    services,
    shown,
    with_step,
    written_by,
)
from tests.conditions import until


async def test_all_that_waits_for_nothing_is_asked_before_any_is_answered():
    waiting = {name: later() for name in ("GetProduct", "GetPrice", "ListReviews")}
    asking = services(**waiting)
    page = asyncio.create_task(shown(a_plan(), asking))
    await until(lambda: len(asking.asked) == 3)

    assert ["GetProduct", "GetPrice", "ListReviews"] == asking.names
    for name, answer in waiting.items():
        answer.set_result(services().answers[name])
    assert b'{"title":"Lamp","currency":"EUR","seller":{"name":"Ada"},' == (await page).body[:57]


async def test_a_step_starts_when_what_it_reads_is_there_whatever_else_is_not():
    """The seller, looked up alone, does not wait for the reviews."""
    waiting = later()
    asking = services(ListReviews=waiting)
    steps = with_step(SELLER, gathered=None)
    page = asyncio.create_task(shown(a_plan(steps=steps), asking))
    await until(lambda: "GetUser" in asking.names)

    waiting.set_result(written_by("bob"))
    assert b'"seller":{"name":"Ada"}' in (await page).body


async def test_an_answer_is_complete_without_errors():
    answer = await shown(a_plan(), services())

    assert ((), b"}]}") == (answer.gaps, answer.body[-3:])
    assert b"errors" not in answer.body


async def test_a_needed_member_of_an_item_takes_the_soft_list_with_it():
    """One gap for the null that is shown, none for those that it hides."""
    cards = reviews(member("author", person(AUTHOR)))
    asking = services(BatchGetUsers=DOWN)
    answer = await shown(a_plan(MEMBERS[0], cards), asking)

    assert b'{"title":"Lamp","reviews":null,' == answer.body[:31]
    assert ["/reviews"] == [gap.path for gap in answer.gaps]


async def test_leaving_the_view_leaves_every_service():
    asking = services(GetProduct=later(), GetPrice=later(), ListReviews=later())
    page = asyncio.create_task(shown(a_plan(), asking))
    await until(lambda: len(asking.asked) == 3)
    page.cancel()

    with pytest.raises(asyncio.CancelledError):
        await page
    assert Counter(asking.names) == Counter(asking.cancelled)


async def test_inputs_and_the_caller_reach_the_requests():
    asking = services()
    await shown(a_plan(), asking, ask=an_ask("p-7"))

    wires = {name: wire for name, wire, _, _ in asking.asked}
    assert b"\n\x03p-7" == wires["GetProduct"] == wires["GetPrice"]


async def test_a_soft_step_leaves_time_to_answer_without_it():
    asking = services()
    await shown(a_plan(), asking, context=a_context(seconds=10.0))

    left_s = {name: deadline.remaining_s() for name, _, deadline, _ in asking.asked}
    assert [True, True] == [8.5 < left_s["ListReviews"] < 9.1, 9.5 < left_s["GetPrice"] <= 10.0]


async def test_a_step_has_its_own_deadline_within_the_views():
    asking = services()
    steps = with_step(REVIEWS, deadline_ms=200)
    await shown(a_plan(steps=steps), asking, context=a_context(seconds=10.0))

    [left_s] = [one[2].remaining_s() for one in asking.asked if one[0] == "ListReviews"]
    assert left_s <= 0.2


async def test_what_others_wait_for_leaves_them_the_time_that_they_usually_take():
    """The seller was seen to take two seconds of ten, so the product may take eight."""
    asking = services()
    runner = asking.runner(a_plan(MEMBERS[0], MEMBERS[2]))
    for _ in range(50):
        runner._durations.observe(1, 2.0)
    await runner.run(a_context(seconds=10.0), {"product_id": "p-1"})

    left_s = {name: deadline.remaining_s() for name, _, deadline, _ in asking.asked}
    assert 7.0 < left_s["GetProduct"] < 8.1


def test_a_long_step_is_remembered_sooner_than_a_short_one():
    times = Durations((frozenset({1}), frozenset({2}), frozenset()))
    assert 0.0 == times.after(0)
    times.observe(1, 1.0)
    times.observe(2, 0.5)
    after_long = times.after(0)
    times.observe(1, 0.0)

    assert (0.7125, True) == (pytest.approx(after_long), times.after(0) > 0.9 * after_long)


async def test_a_view_without_time_asks_nobody():
    asking = services()
    with pytest.raises(ServiceSilent) as raised:
        await shown(a_plan(), asking, context=a_context()._replace(deadline=Deadline(0.0)))

    assert (Code.DEADLINE_EXCEEDED, []) == (raised.value.code, asking.names)


async def test_calls_are_shared_and_carry_what_the_step_says_of_keeping():
    seen = []

    async def make(call):
        seen.append(call)
        raise DOWN

    def open_stream(call):
        raise AssertionError(call)

    calls = Calls(make=make, open=open_stream)
    runner = Views(catalog(), calls=calls).runner(a_plan(MEMBERS[1], steps=STEPS))
    with pytest.raises(ServiceSilent):
        await runner.run(a_context(), {"product_id": "p-1"})

    [price] = seen
    assert (True, True, None) == (price.idempotent, price.shared, price.keep)


async def test_there_is_one_task_for_each_call_and_none_for_each_member():
    asked_for = []

    async def make(call):
        asked_for.append(call.rpc)
        await later()

    def open_stream(call):
        raise AssertionError(call)

    views = Views(catalog(), calls=Calls(make=make, open=open_stream))
    page = asyncio.create_task(views.runner(a_plan()).run(a_context(), {"product_id": "p-1"}))
    before = asyncio.all_tasks()
    await until(lambda: len(asked_for) == 3)

    assert 3 == len(asyncio.all_tasks() - before)
    page.cancel()
    with pytest.raises(asyncio.CancelledError):
        await page
