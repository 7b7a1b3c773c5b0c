"""A plan as an endpoint: its inputs, its selection of members, its mistakes."""

from dataclasses import replace

import pytest

from bff.calls.keep import Keep
from bff.compose.view.plan import FromInput, ViewInput
from bff.compose.view.serving.kept import Keeper
from bff.compose.view.serving.pruning import paths_of, pruned
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistakes
from tests.compose.panel import a_context
from tests.compose.view.served import (
    DOWN,
    MEMBERS,
    SCOPES,
    a_plan,
    an_ask,
    plain,
    services,
    shown,
)

ID = ViewInput(name="product_id", where="path", kind=str)
INPUTS = (
    ID,
    ViewInput(name="size", where="query", kind=int, default=10, about="How many."),
    ViewInput(name="deep", where="query", kind=bool, default=False),
    ViewInput(name="accept-language", where="header", kind=str, default="en"),
    ViewInput(name="cursor", where="cursor", kind=str),
)
ECHO = tuple(plain(one.name.partition("-")[0], FromInput(one.name)) for one in INPUTS)


async def test_inputs_come_from_path_query_and_headers_and_have_defaults():
    plan = a_plan(*ECHO, inputs=INPUTS, steps=(), scopes=())
    usual = await shown(plan, services(), ask=an_ask("p"))
    given = await shown(
        plan,
        services(),
        ask=an_ask("p", query="size=3&deep=true&cursor=x", **{"accept-language": "de"}),
    )

    assert b'{"product_id":"p","size":10,"deep":false,"accept":"en","cursor":""}' == usual.body
    assert b'{"product_id":"p","size":3,"deep":true,"accept":"de","cursor":"x"}' == given.body


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("sise=3", "unknown-parameter"),
        ("size=three", "invalid-field"),
        ("deep=yes", "invalid-field"),
        ("size=1&size=2", "duplicate-parameter"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_refused_before_anything_is_asked(query, reason):
    asking = services()
    with pytest.raises(BadInput) as raised:
        await shown(a_plan(inputs=INPUTS), asking, ask=an_ask(query=query))

    assert (reason, []) == (raised.value.reason, asking.names)


async def test_an_input_without_a_default_must_be_sent():
    needed = replace(INPUTS[1], default=None)
    with pytest.raises(BadInput, match="size: this query parameter is required"):
        await shown(a_plan(inputs=(ID, needed)), services())


def test_parameters_are_listed_as_they_are_read():
    found = services().served(a_plan(inputs=INPUTS)).parameters

    assert [
        ("product_id", "path", True),
        ("size", "query", False),
        ("deep", "query", False),
        ("accept-language", "header", False),
        ("cursor", "query", False),
        ("fields", "query", False),
    ] == [(one.name, one.where, one.required) for one in found]
    assert {"type": "integer", "format": "int32", "default": 10} == found[1].schema


def test_the_path_and_the_inputs_have_the_same_names():
    with pytest.raises(ContractMistakes) as raised:
        services().served(a_plan(inputs=()))
    assert any("product_id is no input of the view" in one for one in raised.value.whats)


def test_an_endpoint_lists_every_rpc_that_it_may_call():
    endpoint = services().served(a_plan())

    assert ["BatchGetUsers", "GetPrice", "GetProduct", "GetUser", "ListReviews"] == sorted(
        one.rpartition("/")[2] for one in endpoint.calls
    )
    assert (True, "One product.", "web_product_page") == (
        endpoint.soft,
        endpoint.summary,
        endpoint.name,
    )


def test_a_selection_prunes_the_steps_that_nobody_needs_any_more():
    plan = pruned(a_plan(), paths_of("reviews.stars,title"))

    assert ["title", "reviews"] == [one.name for one in plan.members]
    assert ["GetProduct", "ListReviews"] == [one.name for one in plan.steps]
    assert (SCOPES[0].index, 1) == (plan.scopes[0].index, plan.scopes[0].items.step)


async def test_a_selection_asks_only_for_what_it_shows():
    asking = services()
    runner = asking.runner(a_plan())
    author = runner.selected(paths_of("reviews.author"))
    answer = await author.run(a_context(), {"product_id": "p-1"})

    assert b'{"reviews":[{"author":{"name":"Bob"}},{"author":{"name":"Cleo"}},' == answer.body[:65]
    assert ["ListReviews", "BatchGetUsers"] == asking.names
    assert author is runner.selected(paths_of("reviews.author"))


@pytest.mark.parametrize("fields", ["prize", "reviews.starz", "title.x"])
def test_a_selection_of_what_is_not_there_is_refused(fields):
    with pytest.raises(BadInput):
        pruned(a_plan(), paths_of(fields))


async def test_what_may_be_kept_is_told_by_the_keeper_and_not_without_one():
    plan = a_plan(MEMBERS[0], keep=Keep(fresh_s=60, public=True), personal=True)
    told = await shown(plan, services(), keeper=Keeper(None))
    silent = await shown(plan, services())

    assert (60.0, False) == (told.caching.keep.fresh_s, told.caching.keep.public)
    assert None is silent.caching


async def test_an_answer_with_a_fallback_in_it_is_not_kept():
    steps = tuple(
        replace(one, fallback=services().answers["GetProduct"]) if one.index == 0 else one
        for one in a_plan().steps
    )
    plan = a_plan(MEMBERS[0], keep=Keep(fresh_s=60), steps=steps)
    answer = await shown(plan, services(GetProduct=DOWN), keeper=Keeper(None))

    assert (b'{"title":"Lamp"}', None) == (answer.body, answer.caching.keep)
