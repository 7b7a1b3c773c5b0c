"""HEAD: whoever refuses it, the answer is that of a GET, its length included, without its body."""

import pytest

from bff.edge.http1.overdue import ConnectionOptions
from tests.bad_input.conftest import listening
from tests.bad_input.raw import Door, Told, get
from tests.bad_input.rows import MALFORMED, OTHERWISE, PATH

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = "shortener.links.v1.LinkService/ListLinks"
_ON_THE_WIRE = {**MALFORMED, **{row: sent for row, (sent, _, _) in OTHERWISE.items()}}
ROWS = [row for row, sent in _ON_THE_WIRE.items() if sent.lstrip(b"\r\n").startswith(b"GET ")]
REFUSED: dict[str, tuple[int, bytes]] = {
    "no_such_path": (404, get("/nothing/here")),
    "no_such_login": (404, get("/bff/nothing")),
    "a_path_that_is_none": (400, get("/public/v1/links/%ff")),
    "a_path_of_another_method": (405, get("/v1/batch")),
    "a_parameter_that_is_none": (400, get(f"{PATH}?nope=1")),
    "nobody_signed_in": (401, get("/v1/todos")),
    "a_bad_token": (401, get("/v1/todos", "Authorization: Bearer x")),
    "two_tokens": (400, get("/v1/todos", "Authorization: a", "Authorization: b")),
    "no_form_that_it_wants": (406, get(PATH, "Accept: text/csv")),
    "no_such_thing": (404, get("/public/v1/links/nothing")),
    "behind_a_sick_service": (503, get(f"{PATH}?page_size=3")),
}


def _same(one: Told, other: Told) -> bool:
    """Of those headers that every answer has its own value of, only that they are there."""
    own = {"x-request-id", "date", "retry-after", "ratelimit"}
    return (one.status, one.headers.keys()) == (other.status, other.headers.keys()) and all(
        value == other.headers[name] for name, value in one.headers.items() if name not in own
    )


async def check(door: Door, sent: bytes) -> Told:
    """The answer to the GET; that to the HEAD is the same."""
    whole, bare = await door.ask(sent), await door.ask(sent.replace(b"GET ", b"HEAD ", 1))
    assert (b"", b"") == (bare.body, bare.rest)
    assert _same(whole, bare)
    assert int(whole.headers["content-length"]) == len(whole.body) > 0
    return whole


@pytest.mark.parametrize("row", ROWS)
async def test_what_is_refused_on_the_wire_has_no_body(opened, row):
    await check(opened.door, _ON_THE_WIRE[row])


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_behind_it_has_no_body(opened, name):
    status, sent = REFUSED[name]
    if status == 503:
        opened.demo.services.faults.set(LIST, status="UNAVAILABLE")
    assert status == (await check(opened.door, sent)).status


async def test_row_19_what_was_never_whole_has_no_body(demo):
    async with listening(demo, ConnectionOptions(head_s=0.1)) as port:
        answer = await check(Door(port), get(PATH).removesuffix(b"\r\n"))
    assert 408 == answer.status
