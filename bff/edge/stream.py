"""Put an answer on the wire piece by piece, as long as somebody is there to read it.

Why       A client that left must not keep a service at work, and one that reads slowly must slow
          the service down, not fill our memory.
How       One ASGI message per piece, each awaited, so that the server's own limit on unsent bytes
          is the only buffer. Beside it somebody listens for the hang-up; whoever is first ends the
          other.
Called by edge/front.py.
Never     completes the body of an answer that broke and could not say so: the connection is cut
          instead, which no client takes for the end.
Source    ASGI 3 (http.disconnect); docs/spec/transcoding.md ST4-ST7; docs/spec/reliability.md
          section 2, "client disconnects", "slow reader".
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from bff.compose.endpoint import Endpoint, Streamed
from bff.edge.negotiation import varies_by
from bff.edge.reply import encoded
from bff.edge.request import Gone, Head, Receive, Send
from bff.terms.errors import Failure, untraced

T = TypeVar("T")

STALL_S = 30.0
"""A piece that a client has not taken for this long is the last."""
CLIENT_LEFT = "client-left"
CLIENT_STALLED = "client-stalled"


class Stalled(Exception):
    """The client is there, but takes nothing."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A streamed answer, and whose it is."""

    answer: Streamed
    endpoint: Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Poured:
    """How it went. `reason` is "" for a whole answer; `bug` an exception that no rule foresaw."""

    sent_bytes: int
    reason: str = ""
    bug: Exception | None = None


async def while_connected(work: Awaitable[T], receive: Receive) -> T:
    """What the work returns or raises; Gone, with the work cancelled, if the client is first."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Gone
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    """Returns when the client hangs up. What else comes means nothing."""
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()


async def pour(
    flow: Flow, head: Head, *, receive: Receive, send: Send, stall_s: float = STALL_S
) -> Poured:
    """Send the head at once, then each piece as it comes; the stream is closed in any case."""
    answer = flow.answer
    await send(_start(flow, head))
    if head.method == "HEAD":
        await answer.chunks.aclose()
        await send({"type": "http.response.body"})
        return Poured(sent_bytes=0)
    pen = _Pen(send, stall_s)
    poured = await _written(answer, pen, receive)
    if not poured.reason or (answer.tells_errors and poured.reason not in _NOBODY):
        await send({"type": "http.response.body"})
    return poured


_NOBODY = (CLIENT_LEFT, CLIENT_STALLED)


async def _written(answer: Streamed, pen: "_Pen", receive: Receive) -> Poured:
    try:
        await while_connected(pen.write(answer.chunks), receive)
    except Gone:
        return Poured(sent_bytes=pen.sent_bytes, reason=CLIENT_LEFT)
    except Stalled as stalled:
        untraced(stalled)
        return Poured(sent_bytes=pen.sent_bytes, reason=CLIENT_STALLED)
    except Failure as failure:
        untraced(failure)
        return Poured(sent_bytes=pen.sent_bytes, reason=failure.reason)
    except Exception as bug:  # noqa: BLE001 - the client was told what it may know of it
        return Poured(sent_bytes=pen.sent_bytes, reason="internal", bug=bug)
    return Poured(sent_bytes=pen.sent_bytes)


class _Pen:
    """Writes pieces, and counts them."""

    def __init__(self, send: Send, stall_s: float) -> None:
        self.sent_bytes = 0
        self._send = send
        self._stall_s = stall_s

    def __repr__(self) -> str:
        return f"<_Pen, {self.sent_bytes} bytes>"

    async def write(self, chunks: AsyncGenerator[bytes, None]) -> None:
        async with aclosing(chunks):
            async for chunk in chunks:
                try:
                    async with asyncio.timeout(self._stall_s):
                        await self._send(
                            {"type": "http.response.body", "body": chunk, "more_body": True}
                        )
                except TimeoutError:
                    raise Stalled from None
                self.sent_bytes += len(chunk)
                # a service that never makes us wait must not keep us from seeing the client leave
                await asyncio.sleep(0)


def _start(flow: Flow, head: Head) -> dict[str, object]:
    headers = [
        *flow.answer.headers,
        ("content-type", flow.answer.media_type),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
        ("x-request-id", head.request_id),
    ]
    return {
        "type": "http.response.start",
        "status": flow.endpoint.success_status,
        "headers": [*encoded(headers), varies_by(flow.endpoint), *head.answer_headers],
    }
