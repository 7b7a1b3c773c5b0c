"""Rows 116, 119 and 120: what is asked twice, in bulk, and without end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bff.compose.idempotency import IdempotencyOptions
from bff.edge.http1.overdue import ConnectionOptions
from bff.guard.limits.options import QuotaOptions
from bff.terms.events import silence
from tests.bad_input.listening import serving
from tests.bad_input.raw import Door, get, whole
from tests.conditions import until
from tests.journeys.conftest import Demo, another_bff

pytestmark = pytest.mark.asyncio(loop_scope="module")
CREATE = "todos.v1.TodoService/CreateTodo"
TODOS, WATCH = "/v1/todos", "/v1/todos:watch"
HOME = {"method": "GET", "path": "/web/v1/home"}


@asynccontextmanager
async def door_of(demo: Demo, **changes: Any) -> AsyncIterator[Door]:
    """The demo's services behind a BFF with other settings."""
    async with (
        another_bff(demo, partial(replace, **changes)) as (bff, _),
        serving(bff, ConnectionOptions(), emit=silence) as port,
    ):
        yield Door(port)


def by(demo: Demo, name: str) -> str:
    return f"Authorization: {demo.bearer(name)['authorization']}"


def todo(title: str, *lines: str) -> bytes:
    body = json.dumps({"title": title})
    return whole("POST", TODOS, body, "Content-Type: application/json", *lines)


async def test_row_116_a_key_is_one_write_of_one_user(demo):
    """Another body is a 422, another user's is another; one that is under way is a 409."""
    ada, bob, key = by(demo, "ada"), by(demo, "bob"), 'Idempotency-Key: "k-1"'
    async with door_of(demo, idempotency=IdempotencyOptions(keys="on")) as door:
        demo.services.faults.set(CREATE, delay_ms=300)
        first = asyncio.create_task(door.ask(todo("a", ada, key)))
        await until(lambda: CREATE in demo.services.record.methods)
        meanwhile = await door.ask(todo("a", ada, key))
        told = await first
        demo.services.faults.clear()
        again, other = [await door.ask(todo(title, ada, key)) for title in ("a", "b")]
        bobs = await door.ask(todo("a", bob, key))
    assert [(409, "idempotency-in-progress"), (422, "idempotency-mismatch")] == [
        (one.status, one.slug) for one in (meanwhile, other)
    ]
    assert told.body == again.body != bobs.body
    assert [200, 200, 200] == [told.status, again.status, bobs.status]
    assert 2 == demo.services.record.methods.count(CREATE)


async def test_row_119_a_batch_of_heavy_screens_is_not_one_request(demo):
    quota = QuotaOptions(limit=100, window_s=86_400)
    body = json.dumps({"requests": [HOME] * 20})
    sent = whole("POST", "/v1/batch", body, "Content-Type: application/json", by(demo, "ada"))
    async with door_of(demo, quotas={"address": quota}) as door:
        told = [(await door.ask(sent)).problem["responses"] for _ in range(3)]
    first, second, third = [[one["status"] for one in answers] for answers in told]
    assert ([200] * 20, {200, 429}, [429] * 20) == (first, set(second), third)


async def test_row_120_streams_of_one_user_are_counted(demo):
    quota = QuotaOptions(per="identity", limit=3, window_s=86_400)
    sent = get(f"{WATCH}?after_sequence=0", by(demo, "ada"), "Accept: text/event-stream")
    async with door_of(demo, quotas={"identity": quota}) as door:
        streams = [await door.open() for _ in range(3)]
        for reader, writer in streams:
            writer.write(sent)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        refused = await door.ask(sent)
        for _, writer in streams:
            writer.transport.abort()
    assert (429, "rate-limited") == (refused.status, refused.slug)


@pytest.mark.parametrize(
    ("status", "lines"),
    [
        (403, ["Accept: text/event-stream", "Origin: https://evil.example"]),
        (400, ["Accept: text/event-stream", "Last-Event-ID: '; DROP TABLE todos"]),
        (
            403,
            [
                "Origin: https://evil.example",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            ],
        ),
    ],
    ids=["events", "an id that is none", "websocket"],
)
async def test_row_120_a_stream_is_opened_for_nobody_elses_page(opened, status, lines):
    sent = get(WATCH, by(opened.demo, "ada"), *lines)
    if "Upgrade: websocket" in lines:
        sent = sent.replace(b"Connection: close\r\n", b"")
    reader, writer = await opened.door.open()
    writer.write(sent)
    assert f" {status} ".encode() in await reader.readline()
    writer.transport.abort()
    assert [] == opened.demo.services.record.methods
