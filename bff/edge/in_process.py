"""One request to an ASGI app in this process, and its whole answer: no port, no client.

Called by edge/batches/batch.py, bff/tryout.py.
Never     cuts a way short: the app sees what it would see of a request from outside.
Source    ASGI 3 (HTTP connection scope).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from bff.edge.request import Receive, Scope, Send

App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Told(NamedTuple):
    """A whole answer; `media_type` is "" where there is none."""

    status: int
    media_type: str
    body: bytes


def scope_of(
    method: str,
    target: str,
    *,
    headers: Iterable[tuple[str, str]] = (),
    peer: str = "",
    scheme: str = "http",
) -> Scope:
    """What an ASGI server would say of a request. `target` is the path and the query, ASCII."""
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode("latin-1"), it.encode("latin-1")) for name, it in headers],
        "client": (peer, 0) if peer else None,
        "state": {},
    }


async def asked(app: App, scope: Scope, body: bytes) -> Told:
    """The answer, whole. It waits until the app has returned."""
    left, told = [body], _Answer()

    async def receive() -> Scope:
        if not left:  # the body was read, and we never hang up
            await asyncio.Future()
        return {"type": "http.request", "body": left.pop(), "more_body": False}

    await app(scope, receive, told.send)
    return Told(told.status, told.media_type, bytes(told.body))


class _Answer:
    """Collects what the app sends."""

    def __init__(self) -> None:
        self.status = 0
        self.media_type = ""
        self.body = bytearray()

    def __repr__(self) -> str:
        return f"<_Answer {self.status}, {len(self.body)} bytes>"

    async def send(self, message: Scope) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = dict(message.get("headers", ()))
            self.media_type = headers.get(b"content-type", b"").decode("latin-1")
        else:
            self.body += message.get("body", b"")
