"""Whose failure costs what, and what is no failure: absent, unset, nothing to look up."""

from dataclasses import replace

import orjson
import pytest

from bff.compose.endpoint import Gap
from bff.terms.codes import Code
from bff.terms.errors import ServiceSaid, ServiceSilent
from generated.shop.catalog.v1.catalog_client import BATCH_GET_PRODUCTS
from generated.shop.catalog.v1.catalog_pb2 import Product
from tests.compose.view.served import (
    DOWN,
    MEMBERS,
    NOT_FOUND,
    PRODUCT,
    SELLER,
    STEPS,
    a_plan,
    asked,
    later,
    member,
    of_reply,
    person,
    plain,
    services,
    shown,
    with_step,
)


async def test_a_soft_list_that_failed_is_null_and_its_items_are_not_asked_for():
    asking = services(ListReviews=DOWN)
    answer = await shown(a_plan(), asking)

    assert (Gap(path="/reviews", code=Code.UNAVAILABLE, retryable=True),) == answer.gaps
    assert answer.body.endswith(
        b'"reviews":null,"errors":[{"path":"/reviews","code":"UNAVAILABLE","retryable":true}]}'
    )
    assert {"GetProduct", "GetPrice", "ListReviews", "GetUser"} == set(asking.names)


async def test_a_failure_goes_to_the_nearest_soft_member_of_each_item():
    answer = await shown(a_plan(), services(BatchGetUsers=DOWN))

    authors = [f"/reviews/{index}/author" for index in range(3)]
    assert ["/seller", *authors] == [gap.path for gap in answer.gaps]


async def test_what_reads_a_failed_step_fails_as_it_did_without_being_asked():
    steps = with_step(PRODUCT, needed=False)
    title = replace(MEMBERS[0], soft=True)
    asking = services(GetProduct=DOWN)
    answer = await shown(a_plan(title, MEMBERS[2], steps=steps), asking)

    assert ["/title", "/seller"] == [gap.path for gap in answer.gaps]
    assert "GetUser" not in asking.names


async def test_a_needed_step_that_fails_cancels_the_others_and_fails_the_view():
    asking = services(GetProduct=DOWN, GetPrice=later(), ListReviews=later())
    with pytest.raises(ServiceSilent) as raised:
        await shown(a_plan(), asking)

    assert (DOWN, {"GetPrice", "ListReviews"}) == (raised.value, set(asking.cancelled))


async def test_a_bug_goes_before_a_failure():
    with pytest.raises(ZeroDivisionError):
        await shown(a_plan(), services(GetProduct=ZeroDivisionError()))


@pytest.mark.parametrize("how", ["soft", "absent"])
async def test_not_found_is_null_without_a_gap(how):
    seller = member("seller", person(SELLER), **{how: True})
    answer = await shown(a_plan(MEMBERS[0], seller), services(GetUser=NOT_FOUND))

    assert (b'{"title":"Lamp","seller":null}', ()) == (answer.body, answer.gaps)


async def test_not_found_of_what_is_needed_fails_the_view():
    seller = member("seller", person(SELLER))
    with pytest.raises(ServiceSaid) as raised:
        await shown(a_plan(seller), services(GetUser=NOT_FOUND))

    assert Code.NOT_FOUND is raised.value.code


async def test_absent_does_not_excuse_a_failure():
    seller = member("seller", person(SELLER), absent=True)
    with pytest.raises(ServiceSilent):
        await shown(a_plan(seller), services(GetUser=DOWN))


async def test_what_reads_something_absent_is_absent():
    title = replace(MEMBERS[0], absent=True)
    asking = services(GetProduct=NOT_FOUND)
    answer = await shown(a_plan(title, MEMBERS[2]), asking)

    assert (b'{"title":null,"seller":null}', ()) == (answer.body, answer.gaps)
    assert "GetUser" not in asking.names


async def test_a_lookup_of_nothing_is_not_made():
    asking = services(GetProduct=Product(title="Lamp"))
    answer = await shown(a_plan(MEMBERS[0], MEMBERS[2]), asking)

    assert (b'{"title":"Lamp","seller":null}', ()) == (answer.body, answer.gaps)
    assert "GetUser" not in asking.names


@pytest.mark.parametrize(("ids", "calls"), [([], 0), (["p-2"], 1)])
async def test_a_batch_get_of_no_keys_is_answered_without_asking(ids, calls):
    also = {"product_ids": of_reply(PRODUCT, "also_bought_product_ids")}
    step = asked(1, BATCH_GET_PRODUCTS, arguments=also)
    found = plain("also", of_reply(1, "products"))
    product = Product(title="Lamp", also_bought_product_ids=ids)
    asking = services(GetProduct=product, BatchGetProducts=Product())
    plan = a_plan(MEMBERS[0], found, steps=(STEPS[PRODUCT], step), scopes=())
    answer = await shown(plan, asking)

    assert (b'{"title":"Lamp","also":[]}', calls) == (
        answer.body,
        asking.names.count("BatchGetProducts"),
    )


@pytest.mark.parametrize("failure", [DOWN, NOT_FOUND], ids=["down", "not found"])
@pytest.mark.parametrize("rpc", ["GetProduct", "GetPrice", "ListReviews", "BatchGetUsers"])
async def test_whatever_fails_every_gap_points_at_a_null_and_nothing_else_is_lost(rpc, failure):
    whole = orjson.loads((await shown(a_plan(), services())).body)
    try:
        answer = await shown(a_plan(), services(**{rpc: failure}))
    except type(failure):
        assert rpc in ("GetProduct", "GetPrice")
        return
    page = orjson.loads(answer.body)
    for gap in answer.gaps:
        assert None is at(page, gap.path)
    assert rpc in ("ListReviews", "BatchGetUsers")
    assert ["title", "currency", "seller", "reviews"] == list(page)[:4] == list(whole)
    assert (failure is DOWN) == bool(answer.gaps)


def at(document, pointer):
    for step in pointer.split("/")[1:]:
        document = document[int(step) if isinstance(document, list) else step]
    return document
