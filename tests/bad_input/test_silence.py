"""Rows 19 and 20: nobody is waited for without end. The limits are fractions of the real ones."""

import asyncio

import pytest

from bff.edge.http1.overdue import ConnectionOptions
from tests.bad_input.conftest import listening
from tests.bad_input.raw import GOOD, Door, post, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = ConnectionOptions(
    head_s=0.1, body_s=0.3, body_grace_s=0.1, write_s=0.3, idle_s=0.1, per_address=3
)


@pytest.mark.parametrize("sent", [b"GET /pub", GOOD[:40], GOOD[:-2]], ids=["line", "head", "end"])
async def test_row_19_half_a_head_and_then_silence_is_a_408(demo, sent):
    async with listening(demo, SHORT) as port:
        answer = await Door(port).ask(sent)
        assert (408, "request-timeout", "close") == (
            answer.status,
            answer.slug,
            answer.headers["connection"],
        )
        assert await Door(port).is_well()


async def test_row_19_a_connection_that_says_nothing_is_closed_in_silence(demo):
    async with listening(demo, SHORT) as port:
        assert b"" == await Door(port).all_of()


@pytest.mark.parametrize("more", [b"", b"\r\n", b"\r\n\r\n\r"])
async def test_row_19_a_connection_that_says_nothing_more_is_closed(demo, more):
    """Empty lines are nothing: once they stopped the clock."""
    async with listening(demo, SHORT) as port:
        reader, writer = await Door(port).open()
        writer.write(GOOD.replace(b"Connection: close\r\n", b""))
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(more)
        answer = told(head + await reader.read())
        assert (200, b"") == (answer.status, answer.rest)
        writer.transport.abort()


@pytest.mark.parametrize("slowly", [False, True], ids=["row_19", "row_20"])
async def test_half_a_body_and_then_silence_or_a_trickle_is_a_408(demo, slowly):
    async with listening(demo, SHORT) as port:
        reader, writer = await Door(port).open()
        signed = f"Authorization: {demo.bearer('ada')['authorization']}"
        writer.write(post("Content-Length: 5000", signed, body=b"{"))
        reading = asyncio.create_task(reader.read())
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while not reading.done():
            if slowly and loop.time() > next_s:
                writer.write(b" ")
                next_s += 0.01
            await asyncio.sleep(0)
        answer = told(reading.result())
        assert (408, "request-timeout") == (answer.status, answer.slug)
        assert [] == demo.services.record.methods
        writer.transport.abort()


async def test_an_upload_message_by_message_may_take_its_time(demo):
    """Each message has a time of its own; the whole has none."""
    async with listening(demo, SHORT) as port:
        reader, writer = await Door(port).open()
        lines = (
            "Transfer-Encoding: chunked",
            f"Authorization: {demo.bearer('ada')['authorization']}",
        )
        head = post(*lines, path="/v1/todos:import").replace(
            b"application/json", b"application/x-ndjson"
        )
        writer.write(head)
        line = b'{"title":"a"}\n'
        loop = asyncio.get_running_loop()
        started = loop.time()
        while loop.time() - started < 0.5:  # noqa: ASYNC110 - beyond every limit of a body
            await asyncio.sleep(0)
        writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(line), line))
        head_of_answer = await reader.readuntil(b"\r\n\r\n")
        assert b"HTTP/1.1 200 " == head_of_answer[:13]
        writer.transport.abort()


async def test_one_address_has_only_so_many_connections(demo):
    async with listening(demo, SHORT) as port:
        writers = [(await Door(port).open())[1] for _ in range(3)]
        answer = await Door(port).ask(GOOD)
        assert (429, "rate-limited", "close") == (
            answer.status,
            answer.slug,
            answer.headers["connection"],
        )
        assert 1 <= int(answer.headers["retry-after"]) <= 5
        for writer in writers:
            writer.transport.abort()
