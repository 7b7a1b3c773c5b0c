"""The worst case in rpcs: a number where every list is bounded, else a formula."""

from dataclasses import replace

import pytest

from bff.compose.view.cost import ASSUMED_ITEMS, cost_of, item_name, worst_case
from bff.compose.view.plan import Constant, FromInput, FromItem, FromReply, Scope
from generated.identity.users.v1.users_client import GET_USER
from generated.shop.reviews.v1.reviews_client import LIST_REVIEWS
from tests.compose.view.plans import USERS, a_plan, a_step, dashboard, product_page


def per_review(page_size: object, **changed: object):
    """A list of reviews, and a lookup for each."""
    listing = a_step(0, "list_reviews", LIST_REVIEWS, arguments={"page_size": page_size})
    lookup = a_step(1, "get_user", GET_USER, scope=0, **changed)
    return a_plan(listing, lookup, scopes=(OF_REVIEWS,))


OF_REVIEWS = Scope(index=0, parent=None, items=FromReply(0, ("reviews",)))
BATCHED = {"pair": USERS, "gathered": 0}


@pytest.mark.parametrize(
    ("plan", "formula", "number", "bounded"),
    [
        (a_plan(), "0", 0, True),
        (product_page(), "4", 4, True),
        (product_page(page_size=99), "4", 4, True),
        (product_page(page_size=100), "5", 5, True),
        (product_page(page_size=None), "3 + 1 per 100 reviews", 5, False),
        (dashboard(), "1 + 1 per link", 1 + ASSUMED_ITEMS, False),
        (per_review(Constant(5)), "6", 6, True),
        (per_review(Constant(0)), "1 + 1 per review", 1 + ASSUMED_ITEMS, False),
        (per_review(FromInput("size")), "1 + 1 per review", 1 + ASSUMED_ITEMS, False),
        (per_review(Constant(5), **BATCHED), "2", 2, True),
    ],
)
def test_the_worst_case_of_a_plan(plan, formula, number, bounded):
    cost = worst_case(plan)
    assert (formula, number, bounded) == (str(cost), cost.number, cost.bounded)
    assert number == cost_of(plan)


def test_one_key_more_than_a_batch_may_carry_is_one_call_more():
    small = replace(USERS, most=5)
    assert [2, 3] == [
        cost_of(per_review(Constant(size), pair=small, gathered=0)) for size in (5, 6)
    ]


def test_lists_inside_of_lists_multiply():
    inside = Scope(index=1, parent=0, items=FromItem(0, ("tags",)))
    plan = per_review(Constant(5))
    lookup = replace(plan.steps[1], scope=1)
    nested = replace(plan, steps=(plan.steps[0], lookup), scopes=(OF_REVIEWS, inside))
    assert ("1 + 5 per tag", 1 + 5 * ASSUMED_ITEMS) == (
        str(worst_case(nested)),
        cost_of(nested),
    )
    endless = replace(
        nested, steps=(replace(plan.steps[0], arguments={}), replace(plan.steps[1], scope=1))
    )
    assert "1 + 1 per tag of each review" == str(worst_case(endless))


def test_urgent_lookups_inside_of_a_list_are_asked_as_each_reply_comes():
    """Each review's own list brings its users; what has a deadline does not wait for the others."""
    inside = Scope(index=1, parent=0, items=FromReply(1, ("reviews",)))
    sizes = {"page_size": Constant(30)}
    steps = (
        a_step(0, "list_reviews", LIST_REVIEWS, arguments={"page_size": Constant(5)}),
        a_step(1, "list_reviews_2", LIST_REVIEWS, arguments=sizes, scope=0),
        a_step(2, "get_user", GET_USER, scope=1, **BATCHED),
    )
    plan = a_plan(*steps, scopes=(OF_REVIEWS, inside))
    hasty = replace(plan, steps=(*steps[:2], replace(steps[2], deadline_ms=50)))
    assert [1 + 5 + 2, 1 + 5 + 5] == [cost_of(plan), cost_of(hasty)]
    endless = replace(hasty, steps=(a_step(0, "list_reviews", LIST_REVIEWS), *hasty.steps[1:]))
    assert "1 + 2 per review" == str(worst_case(endless))


def test_a_page_size_says_nothing_of_a_list_deeper_in_the_reply():
    deeper = replace(OF_REVIEWS, items=FromReply(0, ("summary", "reviews")))
    plan = replace(per_review(Constant(5)), scopes=(deeper,))
    assert "1 + 1 per review" == str(worst_case(plan))


@pytest.mark.parametrize(
    ("field", "item"),
    [("links", "link"), ("categories", "category"), ("address", "address")],
)
def test_an_item_is_called_as_its_list_without_the_s(field, item):
    assert item == item_name(replace(OF_REVIEWS, items=FromReply(0, (field,))))
