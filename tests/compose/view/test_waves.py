"""Waves follow from what each step reads; nobody writes an order down."""

from dataclasses import replace

from bff.compose.view.plan import FromItem, FromReply, Plan, Scope
from bff.compose.view.waves import slowest_chain, waves_of
from generated.identity.users.v1.users_client import GET_USER
from generated.shop.catalog.v1.catalog_client import GET_PRODUCT
from generated.shop.reviews.v1.reviews_client import LIST_REVIEWS
from tests.compose.view.plans import USERS, a_plan, a_step, dashboard, product_page


def names(plan: Plan) -> list[list[str]]:
    return [[trip.name for trip in trips] for trips in waves_of(plan)]


def test_what_reads_no_reply_starts_at_once():
    first, *_ = names(product_page())
    assert ["get_product", "get_stock", "list_reviews"] == first


def test_a_step_waits_for_the_replies_that_its_arguments_read():
    first = a_step(0, "get_product", GET_PRODUCT)
    then = a_step(1, "get_user", GET_USER, arguments={"user_id": FromReply(0, ("seller_id",))})
    last = a_step(2, "get_user_2", GET_USER, arguments={"user_id": FromReply(1, ("user_id",))})
    assert [["get_product"], ["get_user"], ["get_user_2"]] == names(a_plan(first, then, last))


def test_a_step_per_item_waits_for_the_list_and_for_the_lists_around_it():
    scopes = (
        Scope(index=0, parent=None, items=FromReply(0, ("reviews",))),
        Scope(index=1, parent=0, items=FromItem(0, ("tags",))),
    )
    listing = a_step(0, "list_reviews", LIST_REVIEWS)
    inside = a_step(1, "get_user", GET_USER, scope=1)
    assert [["list_reviews"], ["get_user"]] == names(a_plan(listing, inside, scopes=scopes))


def test_lookups_of_one_group_and_wave_travel_together():
    (trip,) = waves_of(product_page())[1]
    assert ("get_user + get_user_2", True) == (trip.name, trip.batched)
    assert "identity.users.v1.UserService/BatchGetUsers" == trip.rpc
    assert frozenset({0, 2}) == trip.after


def test_lookups_wait_for_the_last_of_their_group():
    """The seller's lookup could start in wave 2; one call for all is made in wave 3."""
    plan = product_page()
    stock = replace(plan.steps[1], arguments={"product_id": FromReply(0, ("product_id",))})
    late = replace(plan.steps[4], scope=None, arguments={"user_id": FromReply(1, ("level",))})
    steps = (plan.steps[0], replace(stock, deadline_ms=None), *plan.steps[2:4], late)
    waves = waves_of(replace(plan, steps=steps, scopes=()))
    assert [["get_product", "list_reviews"], ["get_stock"], ["get_user + get_user_2"]] == [
        [trip.name for trip in trips] for trips in waves
    ]
    assert frozenset({0, 1}) == waves[2][0].after


def test_a_lookup_with_a_time_of_its_own_waits_for_nobody():
    plan = product_page()
    hasty = replace(plan.steps[3], deadline_ms=50)
    steps = (*plan.steps[:3], hasty, plan.steps[4])
    assert ["get_user", "get_user_2"] == names(replace(plan, steps=steps))[1]


def test_hasty_lookups_that_the_same_reply_brings_about_travel_together():
    plan = product_page()
    two = [replace(plan.steps[4], index=at, name=f"get_user_{at}", deadline_ms=50) for at in (3, 4)]
    assert ["get_user_3 + get_user_4"] == names(replace(plan, steps=(*plan.steps[:3], *two)))[1]


def test_a_lookup_per_item_is_a_batch_even_alone():
    alone = replace(product_page().steps[4], gathered=None)
    plan = replace(product_page(), steps=(*product_page().steps[:4], alone))
    assert {"get_user": False, "get_user_2": True} == {
        trip.name: trip.batched for trip in waves_of(plan)[1]
    }


def test_a_lookup_that_something_waits_for_does_not_wait_for_its_group():
    late = {"arguments": {"user_id": FromReply(0, ("user_id",))}, "pair": USERS, "gathered": 0}
    early = a_step(0, "get_user", GET_USER, pair=USERS, gathered=0)
    plan = a_plan(early, a_step(1, "get_user_2", GET_USER, **late))
    assert [["get_user"], ["get_user_2"]] == names(plan)


def test_a_single_lookup_asked_once_is_no_batch():
    (trip,) = waves_of(a_plan(a_step(0, "get_user", GET_USER, pair=USERS, gathered=0)))[0]
    assert (False, "identity.users.v1.UserService/GetUser") == (trip.batched, trip.rpc)


def test_a_plan_without_steps_has_no_waves_and_no_chain():
    assert ((), ((), 0.0)) == (waves_of(a_plan()), slowest_chain(a_plan()))


def test_the_slowest_chain_has_the_most_trips_while_nobody_has_measured():
    chain, length = slowest_chain(dashboard())
    assert (["list_links", "get_daily_clicks"], 2.0) == ([one.name for one in chain], length)


def test_of_equal_chains_the_one_declared_first_is_told():
    chain, _ = slowest_chain(product_page())
    assert ["get_product", "get_user + get_user_2"] == [one.name for one in chain]


def test_observed_times_decide_which_chain_is_slowest():
    took_ms = {"get_product": 5.0, "list_reviews": 40.0, "get_user": 3.0, "get_user_2": 7.0}
    chain, length_ms = slowest_chain(product_page(), took_ms)
    assert ["list_reviews", "get_user + get_user_2"] == [one.name for one in chain]
    assert 47.0 == length_ms
    alone, alone_ms = slowest_chain(product_page(), {**took_ms, "get_stock": 90.0})
    assert (["get_stock"], 90.0) == ([one.name for one in alone], alone_ms)


def test_a_trip_is_needed_where_one_of_its_steps_is():
    plan = product_page()
    needed = replace(plan.steps[4], needed=True)
    (trip,) = waves_of(replace(plan, steps=(*plan.steps[:4], needed)))[1]
    assert [False, True] == [waves_of(plan)[1][0].needed, trip.needed]
