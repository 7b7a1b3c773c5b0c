"""An explanation tells a newcomer what is asked when, from the plan alone."""

import itertools
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from bff.calls.keep import Keep
from bff.compose.endpoint import Endpoint
from bff.compose.view.explaining.forms import explained
from bff.compose.view.explaining.words import keep_words, show_words, step_words, value_words
from bff.compose.view.plan import Constant, FromItem, FromReply, Plain, Plan, ViewInput
from tests.compose.view.plans import USERS, a_plan, a_step, dashboard, product_page
from tests.edge.conftest import an_endpoint

SVG = "{http://www.w3.org/2000/svg}"


def of(plan: Plan) -> Endpoint:
    return an_endpoint(plan.get, plan=plan)


def told(plan: Plan) -> list[str]:
    """The lines of the text."""
    return explained(of(plan), "text").split("\n")


def test_the_head_says_what_it_is_and_what_it_costs():
    kept = product_page(keep=Keep(fresh_s=60, stale_while_revalidate_s=120, public=True))
    assert [
        "GET /web/v1/products/{product_id}   web.ProductPage   bff/views/web/product.py:31",
        "  deadline 500 ms, at most 4 rpcs, 2 waves",
        (
            "  signed in, differs by caller, kept for everybody: 60 s,"
            " 120 s more while it is asked again"
        ),
        "  input product_id: str, path, required",
    ] == told(kept)[:4]


def test_a_list_that_nothing_bounds_is_told_as_a_formula():
    assert "  deadline 500 ms, rpcs: 1 + 1 per link, 2 waves" == told(dashboard())[1]


def test_an_input_with_a_default_says_so():
    page = ViewInput(name="size", where="query", kind=int, default=10)
    assert "  input size: int, query, default 10" in told(dashboard(inputs=(page,)))


def test_each_wave_lists_its_steps_policies_and_arguments():
    lines = told(product_page())
    start = lines.index("wave 1, asked at once")
    assert [
        "  get_product   shop.catalog.v1.CatalogService/GetProduct   needed",
        "      product_id = input product_id",
        (
            "  get_stock   shop.inventory.v1.InventoryService/GetStock   soft; within 100 ms;"
            " kept for everybody: 1 s, 300 s more where it fails"
        ),
    ] == lines[start + 1 : start + 4]


def test_lookups_that_share_a_call_are_told_as_one():
    lines = told(product_page())
    start = lines.index("wave 2")
    assert [
        (
            "  one call for up to 100 keys; after get_product, list_reviews"
            "   identity.users.v1.UserService/BatchGetUsers"
        ),
        "    get_user   soft",
        "        user_id = get_product.seller_id",
        "    get_user_2   soft; at most 5 times",
        "        user_id = review.author_id",
    ] == lines[start + 1 : start + 6]


def test_the_answer_says_where_each_member_comes_from():
    lines = told(product_page())
    assert [
        "slowest chain: get_product -> get_user + get_user_2",
        "",
        "answer",
        "  title    get_product.title",
        "  stock    the values of get_stock.warehouses; soft",
        "  reviews  list of ReviewCard, one per item of list_reviews.reviews; soft; deferred",
        "    stars   review.rating",
        "    author  A of get_user_2; soft",
        "      name  get_user_2.display_name",
        "  badge    computed by badge(get_product.title)",
    ] == lines[-10:]


def test_a_step_says_all_of_its_policies():
    step = a_step(
        0, "a", None, fallback=object(), deferred=True, mask=("read_mask", ("title", "price"))
    )
    said = ("needed", "a fallback where it fails", "deferred", "read_mask: title, price")
    assert said == step_words(step)


def test_a_step_per_item_says_where_no_batch_helps():
    alone = "no batch rpc fits: one call each"
    assert ("needed", alone) == step_words(a_step(0, "a", None, scope=0))
    assert ("needed",) == step_words(a_step(0, "a", None, scope=0, pair=USERS))


def test_what_is_kept_for_bad_times_alone_says_so():
    assert "kept for each caller: 300 s where it fails" == keep_words(Keep(stale_if_error_s=300))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Constant("é"), '"é"'),
        (Constant((1, 2)), "[1, 2]"),
        (Constant(b"x"), '"bytes"'),
        (FromReply(2, ()), "list_reviews"),
        (FromItem(0, ()), "review"),
    ],
)
def test_a_value_says_where_it_comes_from(value, words):
    assert words == value_words(product_page(), value)


def test_presence_and_oneofs_are_told_as_questions():
    value = FromReply(0, ("plan",))
    assert ["whether get_product.plan is set", "which of get_product.plan is set"] == [
        show_words(product_page(), Plain(value=value, kind=kind)) for kind in ("has", "which")
    ]


def test_the_explanation_is_the_same_each_time():
    for form in ("text", "json", "mermaid", "svg"):
        assert explained(of(product_page()), form) == explained(of(product_page()), form)


def test_json_has_the_numbers_for_programs():
    data = json.loads(explained(of(product_page()), "json"))
    assert {"atMost": 4, "bounded": True, "formula": "4"} == data["rpcs"]
    assert [["get_product"], ["get_stock"], ["list_reviews"]] == [
        trip["steps"] for trip in data["waves"][0]
    ]
    assert [
        {
            "rpc": "identity.users.v1.UserService/BatchGetUsers",
            "steps": ["get_user", "get_user_2"],
            "after": ["get_product", "list_reviews"],
            "batched": True,
            "needed": False,
        }
    ] == data["waves"][1]
    assert ["title", "stock", "reviews", "badge"] == [one["name"] for one in data["answer"]]
    assert "here" == data["declaredAt"]


def test_mermaid_draws_waves_waits_and_what_may_fail():
    lines = explained(of(product_page()), "mermaid").split("\n")
    assert (
        '    c1_2["<b>get_stock</b><br/>InventoryService/GetStock<br/>within 100 ms"]:::soft'
        in (lines)
    )
    assert ["  c1_1 ==> c2_1", "  c1_3 --> c2_1"] == [one for one in lines if "> c" in one]


def test_svg_is_a_picture_that_can_be_heard_and_read_in_the_dark():
    picture = explained(of(product_page()), "svg")
    root = ET.fromstring(picture)
    assert "web.ProductPage: GET /web/v1/products/{product_id}" == root.findtext(f"{SVG}title")
    assert (
        "Deadline 500 ms, at most 4 rpcs. Wave 1: get_product, get_stock, list_reviews."
        " Wave 2: get_user + get_user_2."
    ) == root.findtext(f"{SVG}desc")
    assert "prefers-color-scheme: dark" in picture
    assert ("img", "title about") == (root.get("role"), root.get("aria-labelledby"))


def test_svg_keeps_every_box_inside_and_apart():
    root = ET.fromstring(explained(of(product_page()), "svg"))
    boxes = [
        tuple(int(one.get(name) or 0) for name in ("x", "y", "width", "height"))
        for one in root.iter(f"{SVG}rect")
    ]
    width, height = int(root.get("width") or 0), int(root.get("height") or 0)
    assert 4 == len(boxes)
    assert all(x + w <= width and y + h <= height for x, y, w, h in boxes)
    column = sorted(one for one in boxes if one[0] == boxes[0][0])
    assert all(upper[1] + upper[3] < lower[1] for upper, lower in itertools.pairwise(column))


def test_svg_escapes_what_stands_in_it():
    plan = replace(a_plan(a_step(0, "a<b", None)), name="<script>")
    with_rpc = replace(plan, steps=(replace(plan.steps[0], rpc=product_page().steps[0].rpc),))
    root = ET.fromstring(explained(of(with_rpc), "svg"))
    assert root.findtext(f"{SVG}title", "").startswith("<script>: GET")


def test_an_endpoint_that_is_no_view_tells_its_rpcs():
    one = an_endpoint("/v1/todos", name="ListTodos", calls=("todos.v1.TodoService/ListTodos",))
    assert [
        "GET /v1/todos   ListTodos   here",
        "  deadline 2000 ms, 1 rpc, public",
        "",
        "asked",
        "  todos.v1.TodoService/ListTodos",
    ] == explained(one, "text").split("\n")
    assert ["todos.v1.TodoService/ListTodos"] == json.loads(explained(one, "json"))["calls"]
    assert "TodoService/ListTodos" in explained(one, "svg")


def test_a_function_says_that_nobody_knows_its_rpcs_before_it_runs():
    lines = explained(an_endpoint("/web/v1/a"), "text").split("\n")
    assert "  deadline 2000 ms, rpcs: known when it runs, public" == lines[1]
    assert ET.fromstring(explained(an_endpoint("/web/v1/a"), "svg")) is not None
