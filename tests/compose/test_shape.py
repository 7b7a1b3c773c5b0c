"""Shapes: names, gaps and schema of what a screen shows."""

import json

from bff.compose.endpoint import Gap
from bff.compose.gaps import missing_schema
from bff.compose.shape import Missing, Shape, schema_of, written
from bff.terms.codes import Code


class Link(Shape):
    short_code: str
    daily_clicks: list[int] | None


class Page(Shape):
    links: list[Link] | None


class Strict(Shape):
    """Always says what is missing."""

    errors: tuple[Missing, ...] = ()


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


def test_errors_are_always_there_where_the_shape_declares_them():
    assert {"errors": []} == json.loads(written(Strict(), ()))


def test_the_schema_names_every_shape_inside_its_scope():
    schema, components = schema_of(Page, scope="web")

    assert {"$ref": "#/components/schemas/web.Page"} == schema
    assert ["web.Link", "web.Page"] == sorted(components)
    assert ["shortCode", "dailyClicks"] == components["web.Link"]["required"]


def test_what_is_missing_has_one_schema_in_a_document():
    """The same name with two contents would be two components."""
    assert schema_of(Missing, scope="web") == missing_schema("web")
