"""Shapes: names, gaps and schema of what a screen shows."""

import json

from bff.compose.endpoint import Gap
from bff.compose.shape import Shape, schema_of, written
from bff.terms.codes import Code


class Link(Shape):
    short_code: str
    daily_clicks: list[int] | None


class Page(Shape):
    links: list[Link] | None


GAP = Gap(path="/links/*/dailyClicks", code=Code.UNAVAILABLE, retryable=True)
PAGE = Page(links=[Link(short_code="a", daily_clicks=None), Link(short_code="b", daily_clicks=[1])])


def test_names_are_written_in_lower_camel_case():
    expected = {
        "links": [
            {"shortCode": "a", "dailyClicks": None},
            {"shortCode": "b", "dailyClicks": [1]},
        ]
    }
    assert expected == json.loads(written(PAGE, ()))


def test_a_gap_under_a_list_names_each_item():
    expected = [
        {"path": "/links/0/dailyClicks", "code": "UNAVAILABLE", "retryable": True},
        {"path": "/links/1/dailyClicks", "code": "UNAVAILABLE", "retryable": True},
    ]
    assert expected == json.loads(written(PAGE, [GAP]))["errors"]


def test_a_gap_under_a_list_that_is_missing_itself_names_nothing():
    assert [] == json.loads(written(Page(links=None), [GAP]))["errors"]


def test_the_schema_names_every_shape_inside_its_scope():
    schema, components = schema_of(Page, scope="web")

    assert {"$ref": "#/components/schemas/web.Page"} == schema
    assert ["web.Link", "web.Page"] == sorted(components)
    assert ["shortCode", "dailyClicks"] == components["web.Link"]["required"]
