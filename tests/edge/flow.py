"""A stream, the client at its other end, and the front door between them: doubles.

Called by tests/edge/test_stream.py.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Ask, Streamed
from bff.edge.front import Front, Gate
from bff.edge.request import Head
from bff.terms.context import RequestContext
from bff.terms.events import Event
from tests.edge.conftest import an_endpoint

EVENTS = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Source:
    """A stream that tells how far it was read."""

    script: tuple[object, ...]
    made: list[object] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, *, tells_errors: bool = True) -> Streamed:
        return Streamed(media_type=EVENTS, chunks=self._chunks(), tells_errors=tells_errors)

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            for one in self.script:
                self.made.append(one)
                if isinstance(one, asyncio.Event):
                    await one.wait()
                elif isinstance(one, Exception):
                    raise one
                else:
                    assert isinstance(one, bytes)
                    yield one
        finally:
            self.closed.set()


@dataclass(frozen=True, slots=True)
class Client:
    """The other end: takes messages while `reads` is set, leaves when `leaves` is."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    reads: asyncio.Event = field(default_factory=asyncio.Event)
    leaves: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> dict[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.reads.wait()
        self.sent.append(message)

    @property
    def bodies(self) -> list[bytes]:
        return [one.get("body", b"") for one in self.sent[1:]]

    @property
    def complete(self) -> bool:
        return not self.sent[-1].get("more_body", False) and len(self.sent) > 1


def a_client(*, reads: bool = True) -> Client:
    client = Client()
    if reads:
        client.reads.set()
    return client


def served(source: Source, told: list[Event], **changed: Any) -> Front:
    """A front door whose one endpoint answers with the source."""

    async def run(context: RequestContext, ask: Ask) -> Streamed:
        return source.answer(tells_errors=changed.get("tells_errors", True))

    options = {"produces": (EVENTS,), "streams": True, "run": run}
    options |= {name: one for name, one in changed.items() if name != "tells_errors"}

    async def admit(context, endpoint, shown):
        return context

    async def shell(scope, receive, send):
        raise AssertionError

    return Front(
        Blueprint([an_endpoint("/v1/a", **options)], title="test", version="1"),
        shell=shell,
        gate=Gate(admit=admit, challenge=lambda refused: "Bearer"),
        emit=told.append,
    )


def scope(**headers: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": headers.pop("method", "GET"),
        "path": "/v1/a",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
    }


def a_head() -> Head:
    return Head(scope())
