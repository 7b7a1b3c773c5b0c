"""Requests that need no second look: repeated ones are not parsed, whole ones take no detour."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bff.edge.http1.lane import Lane
from tests.edge.test_lane import Talk, echo, served
from tests.fuzz.aim_requests import talked


class Unread:
    """A parser that must not be asked."""

    def feed_data(self, data: bytes) -> None:
        raise AssertionError(data)


@asynccontextmanager
async def after(first: bytes) -> AsyncIterator[tuple[Lane, Talk]]:
    """A connection on which `first` was answered; from then on nothing may be parsed."""
    lanes: list[Lane] = []

    def made(*given: Any, **named: Any) -> Lane:
        lanes.append(Lane(*given, **named))
        return lanes[-1]

    async with served(echo, made) as dial:
        reader, writer = await dial()
        writer.write(first)
        await reader.readuntil(b"\r\n\r\n" if first.startswith(b"HEAD") else b"||")
        lanes[0].parser = Unread()  # type: ignore[assignment]
        yield lanes[0], (reader, writer)
        writer.close()


SAME = b" HTTP/1.1\r\nhost: h\r\nx-a: 1\r\n\r\n"


async def test_a_get_that_differs_by_its_target_alone_is_not_parsed_again():
    async with after(b"GET /1" + SAME) as (_, (reader, writer)):
        for target in (b"/1", b"/2", b"/v1/%7Ea%2Fb:c/"):
            writer.write(b"GET " + target + SAME)
            assert b"GET|%b||" % target in await reader.readuntil(b"||")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"GET /1" + SAME, b"GET /1 HTTP/1.1\r\nhost: h\r\nx-a: 2\r\n\r\n"),
        (b"GET /1" + SAME, b"HEAD /1" + SAME),
        (b"GET /1" + SAME, b"GET  /1" + SAME),
        (b"GET /1" + SAME, b"GET /1#a" + SAME),
        (b"GET /1" + SAME, b"GET h/1" + SAME),
        (b"GET /1" + SAME, b"GET /\xe9" + SAME),
        (b"GET /1" + SAME, b"GET /1\r\nx-b: 1" + SAME),
        (b"GET /1" + SAME, b"GET /" + b"a" * 9_000 + SAME),
        (b"GET http://other/1" + SAME, b"GET /1" + SAME),
        (b"\r\nGET /1" + SAME, b"GET /1" + SAME),
        (b"HEAD /1" + SAME, b"GET /1" + SAME),
        (
            b"POST /1" + SAME.replace(b"\r\n\r\n", b"\r\ncontent-length: 0\r\n\r\n"),
            b"GET /1" + SAME,
        ),
    ],
)
async def test_every_other_request_is(first, then):
    async with after(first) as (lane, _):
        assert lane.again(then) is False


async def test_what_was_in_order_once_is_refused_without_memory():
    async with after(b"GET /1" + SAME) as (lane, _):
        lane.connections_here.full = True
        assert lane.again(b"GET /1" + SAME) is False


async def test_a_repeated_request_waits_for_its_turn():
    async with after(b"GET /1" + SAME) as (lane, _):
        lane.cycle.response_complete = False
        assert lane.again(b"GET /1" + SAME) is False


async def test_a_write_that_comes_whole_is_the_same_to_the_app_as_one_in_pieces():
    head = b"PUT /1 HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\n"
    async with served(echo) as dial:
        reader, writer = await dial()
        for pieces in ((head + b"abc",), (head, b"abc"), (head + b"a", b"bc")):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            assert b"PUT|/1||abc" in await reader.readuntil(b"abc")
        writer.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"PUT /1 HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\n\r\nXGET /2" + SAME,
        (b"GET /1" + SAME) * 3,
        b"GET /1" + SAME + b"\nGET /1" + SAME,
        b"GET /1" + SAME + b"\r\nGET /1" + SAME,
    ],
)
def test_wherever_they_are_cut_they_are_the_same_requests(sent):
    whole = talked([sent])[0].whole
    for cut in range(1, len(sent)):
        assert whole == talked([sent[:cut], sent[cut:]])[0].whole, sent[:cut]
