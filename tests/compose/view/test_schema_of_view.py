"""The schema of a view: a component per shape, null exactly where the answer may be null."""

from dataclasses import replace
from typing import Literal

import jsonschema
import orjson
import pytest

from bff.compose.view.plan import Computed
from bff.compose.view.serving.returns import returns_schema
from bff.terms.mistakes import ContractMistake, ContractMistakes
from tests.compose.view.served import (
    DOWN,
    MEMBERS,
    PRICE,
    PRODUCT,
    SELLER,
    a_plan,
    member,
    of_reply,
    person,
    plain,
    services,
    shown,
)

PEOPLE = {"$ref": "#/components/schemas/web.Person"}


def component(name, plan=None):
    return services().served(plan or a_plan()).components[name]


def test_each_shape_is_a_component_of_its_client():
    endpoint = services().served(a_plan())

    assert {"$ref": "#/components/schemas/web.ProductPage"} == endpoint.answer
    assert {"web.ProductPage", "web.Person", "web.ReviewCard", "web.Missing"} <= {
        *endpoint.components
    }


def test_members_are_required_and_stand_in_their_order():
    page = component("web.ProductPage")

    names = ["title", "currency", "seller", "reviews"]
    assert (names, [*names, "errors"]) == (page["required"], list(page["properties"]))


def test_what_may_fail_or_be_absent_may_be_null():
    page, card = component("web.ProductPage"), component("web.ReviewCard")

    assert {"anyOf": [PEOPLE, {"type": "null"}]} == page["properties"]["seller"]
    assert ["array", "null"] == page["properties"]["reviews"]["type"]
    assert (["string", "null"], "integer") == (
        card["properties"]["reply"]["type"],
        card["properties"]["stars"]["type"],
    )


def test_errors_are_required_where_they_are_always_there():
    assert "errors" in component("web.ProductPage", a_plan(errors="always"))["required"]


def test_a_view_where_nothing_is_soft_has_no_errors():
    page = component("web.ProductPage", a_plan(MEMBERS[0]))
    assert ["title"] == list(page["properties"])


def test_what_the_view_says_of_a_member_goes_before_the_protos_comment():
    plan = a_plan(replace(MEMBERS[0], about="The name."), plain("id", of_reply(PRODUCT, "title")))
    properties = component("web.ProductPage", plan)["properties"]

    assert "The name." == properties["title"]["description"]
    assert properties["id"]["description"] not in ("", "The name.")


def test_words_of_their_own_have_schemas_of_their_own():
    plan = a_plan(
        plain("has", of_reply(SELLER, "pronouns"), kind="has"),
        plain("which", of_reply(SELLER, "plan"), kind="which"),
        plain("values", of_reply(SELLER, "preferences"), kind="values"),
    )
    properties = component("web.ProductPage", plan)["properties"]

    assert {"type": "boolean"} == properties["has"]
    assert {"anyOf": [{"enum": ["freeLinkLimit", "paidPlan"]}, {"type": "null"}]} == (
        properties["which"]
    )
    assert "array" == properties["values"]["type"]


@pytest.mark.parametrize("failing", ["", "ListReviews", "BatchGetUsers"])
async def test_answers_keep_to_the_schema(failing):
    plan = a_plan(*MEMBERS, plain("price", of_reply(PRICE)))
    asking = services(**({failing: DOWN} if failing else {}))
    endpoint = asking.served(plan)
    root = {**endpoint.answer, "components": {"schemas": dict(endpoint.components)}}

    answer = orjson.loads((await shown(plan, asking)).body)
    assert [] == list(jsonschema.Draft202012Validator(root).iter_errors(answer))


@pytest.mark.parametrize(
    ("returns", "schema"),
    [
        (str, {"type": "string"}),
        (int | None, {"type": ["integer", "null"]}),
        (list[float], {"type": "array", "items": {"type": "number"}}),
        (dict[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (str | int, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
    ],
)
def test_what_a_function_returns_is_read_off_its_annotation(returns, schema):
    assert schema == returns_schema(returns)


def test_a_function_may_not_return_what_json_has_no_word_for():
    with pytest.raises(ContractMistake):
        returns_schema(set[str])

    show = Computed(function=len, arguments={}, returns=bytes)
    with pytest.raises(ContractMistakes):
        component("web.ProductPage", a_plan(member("x", show)))


def test_two_views_of_a_client_may_share_a_shape_but_not_its_name_alone():
    one = a_plan(*MEMBERS)
    same = replace(one, name="web.Other", shape="Other", get="/web/v1/others/{product_id}")
    person_too = replace(person(SELLER), members=(plain("id", of_reply(SELLER, "user_id")),))
    other = replace(same, members=(member("seller", person_too),))

    assert 2 == len(services().views().endpoints([one, same]))
    with pytest.raises(ContractMistakes) as raised:
        services().views().endpoints([one, other])
    assert "web.Other: another view shows another web.Person" in raised.value.whats
