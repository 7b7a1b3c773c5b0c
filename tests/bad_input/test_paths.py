"""Rows 26-37: one spelling of a path, one route; nothing is redirected, nothing is made up."""

import pytest

from generated.shortener.links.v1.links_pb2 import GetLinkRequest
from tests.bad_input.raw import get

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINK = "/public/v1/links/"
NOT_FOUND = {
    "row_26_encoded_dots": LINK + "%2e%2e%2f%2e%2e%2fadmin/x",
    "row_26_dots": LINK + "x/../admin",
    "row_26_half_encoded": LINK + "..%2f..%2fadmin/x",
    "row_27_two_slashes": "//public/v1/links",
    "row_27_a_dot": "/./public/v1/links",
    "row_27_two_at_the_end": "/public/v1/links//",
    "row_28_a_slash_at_the_end": "/public/v1/links/",
    "row_30_an_encoded_slash_is_no_slash": "/public/v1%2Flinks",
    "row_35_a_parameter_is_literal": "/public/v1/links;a=b",
    "row_36_a_grpc_path": "/shortener.links.v1.LinkService/GetLink",
    "row_37_an_empty_variable": "/public/v1/links/?x",
}
REFUSED = {
    "row_31_nul": (LINK + "a%00b", "invalid-field"),
    "row_31_line_end": (LINK + "a%0d%0ab", "invalid-field"),
    "row_31_control": (LINK + "a%1fb", "invalid-field"),
    "row_32_no_utf_8": (LINK + "%ff", "malformed-request"),
    "row_32_overlong": (LINK + "%c0%af", "malformed-request"),
    "row_32_surrogate": (LINK + "%ed%a0%80", "malformed-request"),
    "row_33_no_hex": (LINK + "%zz", "malformed-request"),
    "row_33_a_lone_percent": (LINK + "a%", "malformed-request"),
    "row_37_a_placeholder": (LINK + "%7Bid%7D", "invalid-field"),
    "row_37_too_long": (LINK + "a" * 7_000, "invalid-field"),
}
DATA = {
    "row_29_decoded_once": ("%252f", "%2f"),
    "row_30_a_slash_in_a_variable": ("a%2Fb", "a/b"),
    "row_26_dots_are_data": ("%2e%2e%2fadmin", "../admin"),
    "row_35_a_parameter_is_data": (";a=b", ";a=b"),
}


@pytest.mark.parametrize("row", NOT_FOUND)
async def test_another_spelling_is_not_found_and_not_redirected(opened, row):
    answer = await opened.door.ask(get(NOT_FOUND[row]))
    assert (404, "not-found") == (answer.status, answer.slug)
    assert "location" not in answer.headers
    assert [] == opened.demo.services.record.methods


@pytest.mark.parametrize("row", REFUSED)
async def test_what_is_no_text_is_a_400(opened, row):
    path, slug = REFUSED[row]
    answer = await opened.door.ask(get(path))
    assert (400, slug) == (answer.status, answer.slug)
    assert [] == opened.demo.services.record.methods
    assert await opened.door.is_well()


@pytest.mark.parametrize("row", DATA)
async def test_what_a_variable_holds_is_data(opened, row):
    sent, value = DATA[row]
    answer = await opened.door.ask(get(LINK + sent))
    (call,) = opened.demo.services.record.calls
    assert (404, value) == (answer.status, GetLinkRequest.FromString(call.request).code)
