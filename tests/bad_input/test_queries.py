"""Rows 38-47: a parameter is read in one way, or refused by name."""

import pytest

from tests.bad_input.raw import get, whole

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFUSED = {
    "row_32_no_utf_8": ("text=%ff", "malformed-request"),
    "row_32_no_utf_8_and_no_name": ("=%ff", "malformed-request"),
    "row_39_unknown": ("nope=1", "unknown-parameter"),
    "row_39_unknown_inside": ("inner.nope=1", "unknown-parameter"),
    "row_40_a_scalar_twice": ("i32=1&i32=2", "duplicate-parameter"),
    "row_40_in_two_spellings": ("inner.name=a&inner%2Ename=b", "duplicate-parameter"),
    "row_41_200_levels": (".".join("abcd" * 50) + "=1", "unknown-parameter"),
    "row_41_200_levels_that_exist": ("twin." * 200 + "text=1", "unknown-parameter"),
    "row_41_proto": ("__proto__=1", "unknown-parameter"),
    "row_41_constructor": ("constructor.prototype=1", "unknown-parameter"),
    "row_41_brackets_of_nothing": ("m[x]=1", "unknown-parameter"),
    "row_41_brackets_of_no_map": ("text[x]=1", "unknown-parameter"),
    "row_42_101_parameters": ("&".join(["words=a"] * 101), "too-many-parameters"),
    "row_42_10_000_parameters": ("a&" * 10_000, "too-many-parameters"),
    **{
        f"row_43_{name}": (f"i32={value}", "invalid-field")
        for name, value in {
            "plus": "%2B5",
            "space": "%205",
            "space_as_plus": "+5",
            "other_script": "%D9%A3",
            "underscore": "1_0",
            "exponent": "1e3",
            "nothing": "",
            "beyond": "2147483648",
        }.items()
    },
    **{
        f"row_44_{value or 'nothing'}": (f"flag={value}", "invalid-field")
        for value in ("yes", "on", "tRUE", "2", "01", "")
    },
}


@pytest.mark.parametrize("row", REFUSED)
async def test_what_is_no_parameter_or_no_value_is_a_400(echo, row):
    query, slug = REFUSED[row]
    answer = await echo.door.ask(get(f"/v1/query?{query}"))
    assert (400, slug, []) == (answer.status, answer.slug, echo.heard)
    assert await echo.is_well()


@pytest.mark.parametrize("text", ["1", "t", "TRUE", "True"])
async def test_row_44_what_qp6_reads_is_true(echo, text):
    """QP6 rules over row 44 (transcoding 1.12)."""
    assert 200 == (await echo.door.ask(get(f"/v1/query?flag={text}"))).status
    assert echo.message().flag is True


async def test_row_38_path_and_body_disagree(echo):
    for body in ('{"text": "b"}', '{"i64": "6"}', '{"text": "a", "i64": 6}'):
        sent = whole("PUT", "/v1/text/a/number/5", body, "Content-Type: application/json")
        answer = await echo.door.ask(sent)
        assert (400, "binding-conflict", []) == (answer.status, answer.slug, echo.heard)
    assert await echo.is_well()


PRODUCT = "/public/v1/products/p-1?fields="
MASKS = {
    "row_45_unknown": "nope",
    "row_45_empty": "",
    "row_45_empty_between": "title,,price",
    "row_45_1_000_paths": ",".join(["title"] * 1_000),
    "row_45_star": "*",
    "row_45_beyond_a_leaf": "title.x",
    "row_45_internal": "_product",
}


@pytest.mark.parametrize("row", MASKS)
async def test_row_45_a_mask_of_nothing_is_a_400(opened, row):
    answer = await opened.door.ask(get(PRODUCT + MASKS[row]))
    assert (400, "invalid-field-mask") == (answer.status, answer.slug)
    assert [] == opened.demo.services.record.methods
    assert await opened.door.is_well()


@pytest.mark.parametrize("hidden", ["internalNotes", "internal_notes"])
async def test_row_45_a_hidden_field_is_answered_as_an_unknown_one(opened, hidden):
    """Or a client could ask which names exist."""
    signed = f"Authorization: {opened.demo.bearer('ada')['authorization']}"
    told = []
    for name in (hidden, "noSuchThingAtAll"):
        path = f"/v1/todos/t-1?updateMask={name}"
        sent = whole("PATCH", path, "{}", signed, "Content-Type: application/json")
        answer = await opened.door.ask(sent)
        problem = {**answer.problem, "instance": ""}
        told.append((answer.status, str(problem).replace(name, "NAME")))
    assert 400 == told[0][0]
    assert told[0] == told[1]
    assert [] == opened.demo.services.record.methods


async def test_row_46_a_page_of_less_than_nothing_is_the_service_s_to_refuse(opened):
    answer = await opened.door.ask(get("/public/v1/links?page_size=-1"))
    assert (400, "invalid-argument") == (answer.status, answer.slug)


async def test_row_46_a_page_larger_than_large_is_clamped(opened):
    answer = await opened.door.ask(get("/public/v1/links?page_size=2147483647"))
    assert (200, 100) == (answer.status, len(answer.problem["links"]))


@pytest.mark.parametrize("size", ["2147483648", "-2147483649", "1e9", "x"])
async def test_row_46_a_page_size_that_is_no_int32(opened, size):
    answer = await opened.door.ask(get(f"/public/v1/links?page_size={size}"))
    assert (400, "invalid-field") == (answer.status, answer.slug)
    assert [] == opened.demo.services.record.methods


async def test_row_46_a_page_token_of_another_list(opened):
    """Whose it is, is for the service to know; it says so, and we pass it on."""
    whole_list = await opened.door.ask(get("/public/v1/links?page_size=1"))
    token = whole_list.problem["nextPageToken"]
    answer = await opened.door.ask(get(f"/public/v1/links?owner_id=u-2&page_token={token}"))
    assert (400, "invalid-argument") == (answer.status, answer.slug)


async def test_row_47_a_method_in_a_header_is_none(opened):
    names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    answer = await opened.door.ask(get("/public/v1/links", *(f"{one}: DELETE" for one in names)))
    assert 200 == answer.status
    assert ["shortener.links.v1.LinkService/ListLinks"] == opened.demo.services.record.methods
