"""What a change does to the committed snapshot, as sentences for a review."""

import json
from dataclasses import replace

import pytest

from bff.compose.view.explaining.changes import changes, snapshot
from bff.compose.view.plan import Constant
from tests.compose.view.plans import dashboard, product_page

PAGE = product_page()


def test_the_same_plans_change_nothing():
    assert () == changes(snapshot([PAGE, dashboard()]), snapshot([dashboard(), PAGE]))


def test_where_a_view_is_declared_is_no_change():
    assert snapshot([PAGE]) == snapshot([replace(PAGE, declared_at="bff/views/web/product.py:99")])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            [replace(PAGE, steps=PAGE.steps[:3], scopes=(), members=())],
            [replace(PAGE, members=())],
            [
                "this change adds 1 rpc to web.ProductPage",
                "this change makes web.ProductPage 2 waves, not 1",
            ],
        ),
        (
            [replace(PAGE, members=())],
            [replace(PAGE, steps=PAGE.steps[:2], scopes=(), members=())],
            [
                "this change saves 2 rpcs of web.ProductPage",
                "this change makes web.ProductPage 1 wave, not 2",
            ],
        ),
        (
            [PAGE],
            [product_page(page_size=None)],
            ["this change makes the rpcs of web.ProductPage 3 + 1 per 100 reviews, not 4"],
        ),
        (
            [dashboard()],
            [dashboard(deadline_ms=900, personal=False)],
            ["this change alters deadlineMs, personal of web.Dashboard"],
        ),
        ([PAGE], [product_page(page_size=6)], ["this change alters the steps of web.ProductPage"]),
        (
            [PAGE],
            [dashboard()],
            [
                "this change takes web.ProductPage /web/v1/products/{product_id} away",
                "this change adds web.Dashboard /web/v1/dashboard: rpcs: 1 + 1 per link",
            ],
        ),
    ],
)
def test_a_change_is_a_sentence(before, after, told):
    assert told == list(changes(snapshot(before), snapshot(after)))


def test_a_snapshot_that_is_no_json_counts_as_none():
    (told,) = changes("<<<<<<< ours", snapshot([dashboard()]))
    assert told.startswith("this change adds web.Dashboard")


def test_another_layout_of_the_same_is_told_as_that():
    text = snapshot([dashboard()])
    assert ("the snapshot is laid out differently",) == changes(json.dumps(json.loads(text)), text)


def test_a_constant_that_json_does_not_know_can_be_in_a_snapshot():
    step = replace(dashboard().steps[0], arguments={"filter": Constant(b"x")})
    assert '"filter": "\\"bytes\\""' in snapshot([dashboard(steps=(step,), scopes=())])
