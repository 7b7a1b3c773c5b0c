"""Rows 48-85: what is no body, no JSON, or no message never reaches a service."""

import pytest

from tests.bad_input.raw import Told, json_of, whole
from tests.bad_input.rows_of_bodies import DOCUMENTS, FIELDS, VALUES

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def refused(echo, answer: Told, *, pointer: str | None = None) -> None:
    """Our own words, the place, and nothing of what is inside; the next client is served."""
    assert "application/problem+json" == answer.headers["content-type"]
    assert f"urn:request:{answer.headers['x-request-id']}" == answer.problem["instance"]
    if pointer is not None:
        assert [pointer] == [one["path"] for one in answer.problem["errors"]]
    for word in ("Traceback", "google.protobuf", "echo.v1", "json.", "Error("):
        assert word not in answer.body.decode()
    assert [] == echo.heard
    assert await echo.is_well()


@pytest.mark.parametrize("row", DOCUMENTS)
async def test_what_is_no_document_is_refused_whole(echo, row):
    sent, status, slug, pointer = DOCUMENTS[row]
    answer = await echo.door.ask(sent)
    assert (status, slug) == (answer.status, answer.slug)
    await refused(echo, answer, pointer=pointer)


@pytest.mark.parametrize("row", FIELDS)
async def test_what_is_no_field_is_named_by_its_pointer(echo, row):
    body, slug, pointer = FIELDS[row]
    answer = await echo.door.ask(json_of(body))
    assert (400, slug) == (answer.status, answer.slug)
    await refused(echo, answer, pointer=pointer)


@pytest.mark.parametrize("row", VALUES)
async def test_what_is_no_value_is_an_invalid_field(echo, row):
    body, pointer = VALUES[row]
    answer = await echo.door.ask(json_of(body))
    assert (400, "invalid-field") == (answer.status, answer.slug)
    await refused(echo, answer, pointer=pointer)


async def test_row_52_the_answer_is_read_by_whoever_sends_on(echo):
    """A body that nobody reads must not make a reset of the answer: it overtook it."""
    for _ in range(20):
        answer = await echo.door.ask(json_of(b" " * 1_000_000))
        assert (413, "body-too-large") == (answer.status, answer.slug)
    assert [] == echo.heard


async def test_row_54_no_body_is_an_empty_message(echo):
    """BD6 rules over row 54 (transcoding 1.12)."""
    assert 200 == (await echo.door.ask(json_of(""))).status
    assert [b""] == [one.request for one in echo.heard]


async def test_row_54_no_body_is_no_change(echo):
    """PA6."""
    sent = whole("PATCH", "/v1/things/a", "", "Content-Type: application/json")
    await refused(echo, await echo.door.ask(sent))


async def test_row_82_a_key_that_scripts_fear_is_data(echo):
    answer = await echo.door.ask(json_of('{"extra": {"__proto__": {"a": 1}, "constructor": []}}'))
    assert (200, ["__proto__", "constructor"]) == (
        answer.status,
        sorted(answer.problem["extra"]),
    )


async def test_row_83_what_is_required_and_missing_is_named(echo):
    answer = await echo.door.ask(json_of('{"part": {}}', "/v1/required"))
    places = {one["path"] for one in answer.problem["errors"]}
    assert (400, "invalid-field") == (answer.status, answer.slug)
    assert {"/text", "/mood", "/words", "/nick", "/part/code"} == places
    await refused(echo, answer)
