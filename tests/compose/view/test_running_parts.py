"""Functions of a view, fallbacks, and members that come after the first body."""

from dataclasses import replace

import pytest

from bff.compose.view.plan import Computed, Constant
from generated.identity.users.v1.users_pb2 import User
from generated.shop.catalog.v1.catalog_pb2 import Product
from tests.compose.panel import a_context
from tests.compose.view.served import (
    AUTHOR,
    DOWN,
    MEMBERS,
    NOT_FOUND,
    PRODUCT,
    REVIEWS,
    SELLER,
    STEPS,
    a_plan,
    later,
    member,
    of_item,
    of_reply,
    person,
    reviews,
    services,
    shown,
    with_step,
    written_by,
)


async def test_a_fallback_stands_for_a_failed_call_and_is_not_to_be_stored():
    steps = with_step(SELLER, fallback=User(display_name="Somebody"))
    answer = await shown(a_plan(MEMBERS[2], steps=steps), services(GetUser=DOWN))

    assert (b'{"seller":{"name":"Somebody"}}', ()) == (answer.body, answer.gaps)
    assert (("cache-control", "no-store"),) == answer.headers


async def test_a_fallback_is_not_for_what_does_not_exist():
    steps = with_step(SELLER, fallback=User(display_name="Somebody"))
    answer = await shown(a_plan(MEMBERS[2], steps=steps), services(GetUser=NOT_FOUND))

    assert (b'{"seller":null}', ()) == (answer.body, answer.headers)


async def test_functions_get_real_values_and_async_ones_are_awaited():
    def label(product: Product, stars: list[int]) -> str:
        return f"{product.title} {stars}"

    async def shout(title: str) -> str:
        return title.upper()

    product = of_reply(PRODUCT)
    plan = a_plan(
        member(
            "label",
            Computed(
                function=label, arguments={"product": product, "stars": Constant([1])}, returns=str
            ),
        ),
        member(
            "shout",
            Computed(function=shout, arguments={"title": of_reply(PRODUCT, "title")}, returns=str),
        ),
    )
    answer = await shown(plan, services())

    assert b'{"label":"Lamp [1]","shout":"LAMP"}' == answer.body


async def test_an_async_function_is_awaited_for_each_item():
    async def stars(rating: int) -> str:
        return "*" * rating

    show = Computed(function=stars, arguments={"rating": of_item(0, "rating")}, returns=str)
    answer = await shown(a_plan(reviews(member("stars", show))), services())

    assert b'{"reviews":[{"stars":""},{"stars":"*"},{"stars":"**"}]}' == answer.body


async def test_a_function_that_takes_none_gets_it_for_what_failed():
    def seen(seller: User | None) -> bool:
        return seller is not None

    show = Computed(function=seen, arguments={"seller": of_reply(SELLER)}, returns=bool)
    answer = await shown(a_plan(member("seen", show)), services(GetUser=DOWN))

    assert (b'{"seen":false}', ()) == (answer.body, answer.gaps)


async def test_a_function_that_does_not_fails_with_what_it_reads():
    def name(seller: User) -> str:
        return seller.display_name

    show = Computed(function=name, arguments={"seller": of_reply(SELLER)}, returns=str)
    answer = await shown(a_plan(member("name", show, soft=True)), services(GetUser=DOWN))

    assert (b'{"name":null,', "/name") == (answer.body[:13], answer.gaps[0].path)


@pytest.mark.parametrize("soft", [True, False])
async def test_a_bug_in_a_function_is_a_bug(soft):
    def name(title: str) -> str:
        raise ZeroDivisionError(title)

    show = Computed(function=name, arguments={"title": of_reply(PRODUCT, "title")}, returns=str)
    with pytest.raises(ZeroDivisionError):
        await shown(a_plan(member("name", show, soft=soft)), services())


async def test_deferred_members_come_after_the_first_body_as_they_get_ready():
    waiting = later()
    asking = services(ListReviews=waiting)
    steps = tuple(replace(one, deferred=one.index in (REVIEWS, AUTHOR)) for one in STEPS)
    runner = asking.runner(a_plan(*MEMBERS[:3], reviews(deferred=True), steps=steps))
    parts = runner.start(a_context(), {"product_id": "p-1"})

    first = await parts.first()
    assert b'"seller":{"name":"Ada"},"reviews":null}' == first.body[-39:]
    waiting.set_result(written_by("bob", "ghost"))
    [patch] = [one async for one in parts.patches()]

    assert ("/reviews", ()) == (patch.path, patch.gaps)
    assert (
        b'[{"stars":0,"author":{"name":"Bob"},"reply":null},{"stars":1,"author":null,"reply":null}]'
    ) == patch.json


async def test_a_deferred_member_that_fails_is_a_patch_with_a_gap():
    cards = reviews(deferred=True)
    steps = with_step(REVIEWS, needed=False, deferred=True)
    runner = services(ListReviews=DOWN).runner(a_plan(MEMBERS[0], cards, steps=steps))
    parts = runner.start(a_context(), {"product_id": "p-1"})
    await parts.first()
    [patch] = [one async for one in parts.patches()]

    assert (b"null", ["/reviews"]) == (patch.json, [gap.path for gap in patch.gaps])


async def test_a_deferred_member_inside_a_list_has_a_patch_for_each_item():
    author = member("author", person(AUTHOR), soft=True, deferred=True)
    steps = with_step(AUTHOR, deferred=True)
    runner = services(BatchGetUsers=DOWN).runner(a_plan(reviews(author), steps=steps))
    parts = runner.start(a_context(), {"product_id": "p-1"})
    first = await parts.first()
    patches = [one async for one in parts.patches()]

    assert b'{"reviews":[{"author":null},{"author":null},{"author":null}]}' == first.body
    places = [f"/reviews/{index}/author" for index in range(3)]
    assert places == [one.path for one in patches] == [one.gaps[0].path for one in patches]


async def test_leaving_the_parts_leaves_the_services():
    asking = services(ListReviews=later())
    steps = with_step(REVIEWS, needed=False, deferred=True)
    runner = asking.runner(a_plan(MEMBERS[0], reviews(deferred=True), steps=steps))
    parts = runner.start(a_context(), {"product_id": "p-1"})
    await parts.first()
    await parts.aclose()

    assert ["ListReviews"] == asking.cancelled
