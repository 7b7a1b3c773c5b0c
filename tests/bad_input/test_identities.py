"""Rows 112-115: whoever asks, however it is asked, nobody gets what is somebody else's."""

import asyncio

import pytest

from tests.bad_input.raw import Told, get, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCREEN = "/mobile/v1/dashboard"
EACH = 50


def signed(opened, name: str) -> str:
    return f"Authorization: {opened.demo.bearer(name)['authorization']}"


def asks(lines: tuple[str, ...], path: str = SCREEN) -> bytes:
    """A GET on a connection that stays."""
    return get(path, *lines).replace(b"Connection: close\r\n", b"")


async def all_answers(opened, sent: bytes, count: int) -> list[Told]:
    """The same request so often, one at a time behind each other, on one connection."""
    reader, writer = await opened.door.open()
    found = []
    for _ in range(count):
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(told(head).headers["content-length"])
        found.append(told(head + await reader.readexactly(length)))
    writer.transport.abort()
    return found


async def test_row_112_two_users_ask_the_same_in_the_same_moment(opened):
    """The ten thousand interleavings are in tests/calls; here whole screens cross on sockets."""
    people = {
        name: (await opened.door.ask(get(SCREEN, signed(opened, name)))).problem["user"]["name"]
        for name in ("ada", "bob")
    }
    assert 2 == len(set(people.values()))
    crowds = await asyncio.gather(
        *(all_answers(opened, asks((signed(opened, name),)), EACH) for name in ("ada", "bob") * 3)
    )
    seen = {
        (name, answer.problem["user"]["name"])
        for name, answers in zip(("ada", "bob") * 3, crowds, strict=True)
        for answer in answers
        if answer.status == 200  # a slow machine may let the screen's time pass
    }
    assert set(people.items()) == seen


async def test_row_113_another_s_tag_gets_one_s_own(opened):
    adas = await opened.door.ask(get(SCREEN, signed(opened, "ada")))
    tag = f"If-None-Match: {adas.headers['etag']}"
    assert 304 == (await opened.door.ask(get(SCREEN, signed(opened, "ada"), tag))).status
    bobs = await opened.door.ask(get(SCREEN, signed(opened, "bob"), tag))
    assert (200, True) == (bobs.status, bobs.body != adas.body)


async def test_row_113_a_range_is_nothing_for_json(opened):
    lines = (signed(opened, "ada"), "Range: bytes=0-1")
    answer = await opened.door.ask(get(SCREEN, *lines))
    assert (200, True) == (answer.status, "user" in answer.problem)
    assert "content-range" not in answer.headers


@pytest.mark.parametrize(
    "end", ["/profile.css", ";.js", "%0a.png", ".css", "%2fx.css", "%3f.css", "%23.css"]
)
async def test_row_114_a_private_page_has_no_name_that_a_cache_keeps(opened, end):
    answer = await opened.door.ask(get(SCREEN + end, signed(opened, "ada")))
    assert (404, "no-store") == (answer.status, answer.headers["cache-control"])
    assert [] == opened.demo.services.record.methods


async def test_row_114_what_is_private_says_so(opened):
    answer = await opened.door.ask(get(SCREEN, signed(opened, "ada")))
    directives = answer.headers["cache-control"]
    assert "private" in directives or "no-store" in directives
    assert "public" not in directives


PUBLIC = "/public/v1/products/p-1"


@pytest.mark.parametrize(
    "line",
    [
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Host: evil.example",
        "X-Original-URL: /admin",
        "Origin: https://evil.example",
        "Cookie: a=b",
        "User-Agent: evil",
        "X-HTTP-Method-Override: POST",
        "Pragma: no-cache",
    ],
)
async def test_row_115_no_header_changes_what_everybody_s_cache_keeps(opened, line):
    plain = await opened.door.ask(get(PUBLIC))
    other = await opened.door.ask(get(PUBLIC, line))
    assert (200, plain.body, plain.headers["etag"]) == (
        other.status,
        other.body,
        other.headers["etag"],
    )
    assert "evil" not in str(other.headers)


async def test_row_115_a_header_that_does_is_named_in_vary(opened):
    plain = await opened.door.ask(get(PUBLIC))
    page = await opened.door.ask(get(PUBLIC, "Accept-Encoding: gzip"))
    for answer in (plain, page):
        assert {"accept", "accept-encoding"} <= {
            one.strip().lower() for one in answer.headers["vary"].split(",")
        }
    assert plain.headers["etag"] != page.headers["etag"] or plain.body == page.body


async def test_row_115_no_unknown_parameter_is_a_key(opened):
    answer = await opened.door.ask(get(f"{PUBLIC}?utm=evil"))
    assert (400, "unknown-parameter") == (answer.status, answer.slug)
