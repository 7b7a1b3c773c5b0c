"""The other end of a WebSocket, and a front door whose endpoint converses: doubles.

Called by tests/edge/test_stream_websocket.py.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Ask, Conversation
from bff.edge.front import Front, Gate
from bff.edge.request import Head
from bff.terms.context import RequestContext
from bff.terms.events import Event
from tests.edge.conftest import _admit, an_endpoint


class Browser:
    """The other end of one connection; `says` what is put into it."""

    def __init__(self, *frames: object) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.sent: list[dict[str, Any]] = []
        for frame in frames:
            self.say(frame)

    def say(self, frame: object) -> None:
        kind = "text" if isinstance(frame, str) else "bytes"
        self.inbox.put_nowait({"type": "websocket.receive", kind: frame})

    def leave(self) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def receive(self) -> dict[str, Any]:
        return await self.inbox.get()

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def types(self) -> list[str]:
        return [one["type"].removeprefix("websocket.") for one in self.sent]

    @property
    def heard(self) -> list[str]:
        return [one["text"] for one in self.sent if one["type"] == "websocket.send"]

    @property
    def end(self) -> tuple[int, str]:
        last = self.sent[-1]
        assert "websocket.close" == last["type"]
        return last["code"], last["reason"]


async def echo(
    context: RequestContext, ask: Ask, frames: AsyncIterable[bytes]
) -> AsyncGenerator[bytes, None]:
    async for frame in frames:
        if frame == b'"end"':
            return
        yield frame


def saying(*script: object):
    async def converse(
        context: RequestContext, ask: Ask, frames: AsyncIterable[bytes]
    ) -> AsyncGenerator[bytes, None]:
        for one in script:
            if isinstance(one, Exception):
                raise one
            assert isinstance(one, bytes)
            yield one

    return converse


def door(
    run: Any,
    told: list[Event],
    *,
    most_frames: int | None = None,
    gate: Gate | None = None,
    **changed: Any,
) -> Front:
    conversation = Conversation(run=run, most_frames=most_frames)
    endpoints = [
        an_endpoint("/v1/{room}/chat", "POST", converse=conversation, **changed),
        an_endpoint("/v1/{room}/chat", "GET"),
        an_endpoint("/v1/plain"),
    ]

    async def shell(scope, receive, send):
        await send({"type": "websocket.close", "code": 4404})

    return Front(
        Blueprint(endpoints, title="test", version="1"),
        shell=shell,
        gate=gate or Gate(admit=_admit, challenge=lambda refused: "Bearer"),
        emit=told.append,
    )


def scope(path: str = "/v1/blue/chat", *, denial: bool = True, **headers: str) -> dict[str, Any]:
    return {
        "type": "websocket",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
        "extensions": {"websocket.http.response": {}} if denial else {},
    }


def front_head() -> Head:
    return Head({**scope(), "method": "GET"})
