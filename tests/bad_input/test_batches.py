"""Rows 117 and 118: many requests in one are many requests, each by itself."""

import json
from typing import Any

import pytest

from tests.bad_input.raw import json_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

ITEM = {"method": "GET", "path": "/v1/products/p-1"}
REFUSED: dict[str, tuple[Any, int, str]] = {
    "row_117_10_000_items": ({"requests": [ITEM] * 4_000}, 400, "invalid-field"),
    "row_117_too_large": ({"requests": [ITEM] * 10_000}, 413, "body-too-large"),
    "row_117_10_mb": (
        {"requests": [{**ITEM, "body": "a" * 10_000_000}]}, 413, "body-too-large"
    ),
    "row_117_no_list": ({"requests": ITEM}, 400, "invalid-field"),
    "row_117_no_batch": ([ITEM], 400, "invalid-field"),
    "row_117_nothing": ({}, 400, "invalid-field"),
    "row_117_ids": ({"requests": [{**ITEM, "id": "1"}] * 2}, 400, "invalid-field"),
    "row_118_own_headers": (
        {"requests": [{**ITEM, "headers": {"authorization": "Bearer x"}}]}, 400, "invalid-field"
    ),
    "row_118_own_cookie": (
        {"requests": [{**ITEM, "cookie": "a=b"}]}, 400, "invalid-field"
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", REFUSED)
async def test_what_is_no_batch_is_refused_whole(opened, row):
    value, status, slug = REFUSED[row]
    answer = await opened.door.ask(json_of(json.dumps(value), "/v1/batch"))
    assert (status, slug) == (answer.status, answer.slug)
    assert [] == opened.demo.services.record.methods
    assert await opened.door.is_well()


async def test_row_117_a_batch_of_nothing_is_nothing(opened):
    """Neither harm nor use: a client may have filtered its list down to none."""
    answer = await opened.door.ask(json_of('{"requests": []}', "/v1/batch"))
    assert (200, {"responses": []}) == (answer.status, answer.problem)


async def test_row_118_two_session_cookies_of_a_batch_are_two_of_each_request(opened):
    """Row 95: nobody chooses between them, in however many headers they come."""
    body = json.dumps({"requests": [{"method": "GET", "path": "/v1/todos/t-1"}]})
    cookies = b"".join(b"\r\nCookie: __Host-s=" + one * 43 for one in (b"a", b"b"))
    sent = json_of(body, "/v1/batch").replace(b"\r\n\r\n", cookies + b"\r\n\r\n", 1)
    (told,) = (await opened.door.ask(sent)).problem["responses"]
    assert 401 == told["status"]
    assert "ambiguous-session" == told["body"]["type"].rpartition("/")[2]
    assert [] == opened.demo.services.record.methods


ITEMS = {
    "row_118_absolute": ("GET", "http://evil.example/v1/products/p-1", 400),
    "row_118_another_host": ("GET", "//evil.example/v1/products/p-1", 400),
    "row_118_no_path": ("GET", "v1/products/p-1", 400),
    "row_118_up": ("GET", "../admin", 400),
    "row_118_up_inside": ("GET", "/v1/products/../admin", 404),
    "row_118_a_batch": ("POST", "/v1/batch", 400),
    "row_118_an_escaped_batch": ("POST", "/v1/%62atch", 404),
    "row_118_line_end": ("GET", "/v1/products/p-1 HTTP/1.1\r\nX: y", 400),
    "row_118_not_signed_in": ("GET", "/v1/todos/t-1", 401),
    "row_118_lower_case": ("get", "/v1/products/p-1", 400),
    "row_118_connect": ("CONNECT", "evil.example:443", 400),
    "row_118_the_metrics": ("GET", "/metrics", 404),
}


@pytest.mark.parametrize("row", ITEMS)
async def test_row_118_an_item_is_what_it_would_be_alone(opened, row):
    method, path, status = ITEMS[row]
    body = json.dumps({"requests": [{"method": method, "path": path}, ITEM]})
    answer = await opened.door.ask(json_of(body, "/v1/batch"))
    assert [status, 200] == [one["status"] for one in answer.problem["responses"]]
    assert ["shop.catalog.v1.CatalogService/GetProduct"] == opened.demo.services.record.methods
