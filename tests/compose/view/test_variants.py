"""Variants of a view: who gets which, what caches are told, and what can't be declared."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from bff.calls.keep import Keep
from bff.compose.endpoint import Answer
from bff.compose.view.compiling.views import compile_views
from bff.compose.view.explaining.forms import explained
from bff.compose.view.plan import Plan
from bff.compose.view.serving.kept import Keeper
from bff.compose.view.serving.variants import number_of, variant_mistakes
from bff.terms import access
from bff.terms.context import NOBODY
from bff.terms.mistakes import ContractMistakes
from tests.compose.panel import a_context, catalog
from tests.compose.view.example import ProductPage, WebProductPage
from tests.compose.view.served import MEMBERS, a_plan, an_ask, services

PUBLIC = {"keep": Keep(fresh_s=60, public=True), "personal": False}


def usual(**options: Any):
    return a_plan(MEMBERS[0], **options)


def variant(name="b", share=10, **options: Any):
    return a_plan(
        *MEMBERS[:2],
        name=f"web.Page{name.title()}",
        shape=f"Page{name.title()}",
        variant=name,
        share=share,
        **options,
    )


def served(*plans: Plan, **options: Any):
    [endpoint] = services().views(**options).endpoints(plans)
    return endpoint


async def given(endpoint, *, subject="ada", **headers: str) -> Answer:
    return await endpoint.run(a_context(subject), an_ask(**{"x-version": "", **headers}))


def version(answer: Answer) -> str:
    return dict(answer.headers)["x-version"]


async def test_of_many_callers_as_many_as_declared_get_a_variant():
    endpoint = served(usual(), variant("b", 30), variant("c", 20))
    counts = Counter([version(await given(endpoint, subject=f"u-{i}")) for i in range(600)])

    assert {"b", "c", "default"} == counts.keys()
    assert 130 < counts["b"] < 230
    assert 80 < counts["c"] < 160


async def test_a_share_that_grows_takes_nobody_out():
    small, large = served(usual(), variant(share=10)), served(usual(), variant(share=40))
    chosen = [f"u-{i}" for i in range(200)]
    before = [one for one in chosen if version(await given(small, subject=one)) == "b"]

    assert before
    assert {"b"} == {version(await given(large, subject=one)) for one in before}


def test_who_is_not_signed_in_counts_by_address():
    numbers = {
        number_of(a_context()._replace(identity=NOBODY, peer=f"192.0.2.{i}"), "web_Page")
        for i in range(50)
    }
    assert len(numbers) > 20


def test_experiments_are_independent_of_each_other():
    callers = [a_context(f"u-{i}") for i in range(400)]
    first = [one for one in callers if number_of(one, "a") < 50]
    both = [one for one in first if number_of(one, "b") < 50]
    assert 0.35 < len(both) / len(first) < 0.65


async def test_a_variant_without_a_share_is_for_those_who_name_it():
    endpoint = served(usual(), variant(share=0))
    answers = [await given(endpoint, subject=f"u-{i}") for i in range(100)]
    named = await given(endpoint, **{"x-version": "b"})

    assert {"default"} == set(map(version, answers))
    assert ("b", b'{"title":"Lamp","currency":"EUR"}') == (version(named), named.body)


async def test_a_lot_is_private_to_the_world_and_a_name_is_not():
    endpoint = served(usual(**PUBLIC), variant(**PUBLIC), keeper=Keeper(None))
    by_lot, by_name = await given(endpoint), await given(endpoint, **{"x-version": "b"})

    assert [False, True] == [one.caching.keep.public for one in (by_lot, by_name)]
    assert ("x-version",) == endpoint.varies_by


async def test_a_variant_keeps_its_own_deadline():
    asking = services()
    [endpoint] = asking.views().endpoints([usual(deadline_ms=500), variant(deadline_ms=50)])
    await given(endpoint, **{"x-version": "default"})
    await given(endpoint, **{"x-version": "b"})

    first, *_, last = [one[2].remaining_s() for one in asking.asked]
    assert 0.5 == endpoint.deadline_s
    assert 0.05 < first <= 0.5
    assert last <= 0.05


def test_a_view_and_its_variants_are_one_endpoint():
    endpoint = served(usual(), variant())
    assert ("web_product_page", ["b"]) == (endpoint.name, [x.variant for x in endpoint.variants])
    assert {"web.ProductPage", "web.PageB"} <= endpoint.components.keys()


@pytest.mark.parametrize(
    ("plans", "told"),
    [
        ((variant(),), "no view at GET /web/v1/products/{product_id} is without variant="),
        ((usual(), variant("B!")), "use a-z, 0-9 and -"),
        ((usual(), variant("default")), 'not "default"'),
        ((usual(), variant(share=101)), "share=101: it is a percentage, 0 to 100"),
        ((usual(), variant(share=-1)), "share=-1: it is a percentage"),
        ((usual(), variant("b", 60), variant("c", 41)), "share more than 100 percent"),
        ((usual(share=5),), "it has a share= and no variant=: name the variant"),
        ((usual(), variant(access=access.PUBLIC)), "it is public, and web.ProductPage at"),
    ],
)
def test_what_no_variant_can_be_is_told_with_its_place(plans, told):
    mistake, *_ = variant_mistakes(plans)
    assert told in mistake.what
    assert plans[-1].declared_at == mistake.where


def test_shares_of_a_hundred_are_fine():
    assert [] == list(variant_mistakes([usual(), variant("b", 60), variant("c", 40)]))


def test_a_class_statement_declares_one_and_its_heirs_say_their_own():
    class PageB(WebProductPage, variant="b", share=10): ...

    class PageC(PageB, variant="c"): ...

    plans = compile_views([ProductPage, WebProductPage, PageB, PageC], catalog())
    assert [("b", 10), ("c", 0), ("", 0)] == [(one.variant, one.share) for one in plans]


def test_two_variants_of_one_name_are_a_mistake():
    class PageB(WebProductPage, variant="b"): ...

    class Other(WebProductPage, variant="b"): ...

    with pytest.raises(ContractMistakes) as raised:
        compile_views([WebProductPage, PageB, Other], catalog())
    assert any("as variant 'b', too" in one for one in raised.value.whats)


def test_a_plan_without_variants_is_served_as_it_was():
    alone = replace(usual())
    assert ((), ()) == (served(alone).varies_by, served(alone).variants)


def test_variants_are_explained_with_their_view():
    endpoint = served(usual(), variant(share=30))
    assert "  variant b, for 30 of 100 callers" in explained(endpoint, "text")
    [told] = json.loads(explained(endpoint, "json"))["variants"]
    assert ("web.PageB", "b", 30) == (told["view"], told["variant"], told["share"])
