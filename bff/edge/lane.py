"""The short way of a request without a body through uvicorn: the same ASGI, with less around it.

Why       Of the 20 us that uvicorn takes for a small answer, 12 are Python that such a request does
          not need: an event to wait for its body, two expressions for each header of the answer, a
          timer armed and cancelled, two writes.
How       A subclass of uvicorn's own protocol. GET and HEAD without a body, one at a time on their
          connection, run in a cycle of ours; all other requests run in uvicorn's.
Called by serve, as uvicorn's `http`; any other ASGI server serves the same app without it.
Never     lets a header break a line, writes past a client that does not read, or forgets to close
          an idle connection.
Source    ASGI 3; RFC 9112; uvicorn's HttpToolsProtocol, whose attributes this relies on: a test
          holds them against the installed version.
"""

from asyncio import Event, Task
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from bff.contract.status import BODILESS

Message = dict[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Any], Awaitable[None]]

_SLOW = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
_METHODS = frozenset({b"GET", b"HEAD"})
_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}
_LAST_CHUNK = b"0\r\n\r\n"
_BROKEN = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Short(Protocol):
    """A shorter way than an app's."""

    def errand(self, lane: "Lane", *, keeps_alive: bool) -> "Cycle | None":
        """The cycle of a request that is being answered; None: the app is to answer it."""
        ...


class Lane(HttpToolsProtocol):
    """One connection. `short` may answer requests without an app.

    greeting  what `short` remembers of the request before
    """

    def __init__(self, *given: Any, short: "Short | None" = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self._short = short
        self._idle_since_s: float | None = None
        self.greeting: Any = None

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser = self.parser
        method = parser.get_method()
        before: Any = self.cycle
        if (
            method in _METHODS
            and (before is None or before.response_complete)
            and self.limit_concurrency is None
            and parser.get_http_version() == "1.1"
            and self.url[:1] == b"/"
            and self.url.isascii()
            and b"#" not in self.url
            and _SLOW.isdisjoint(dict(self.headers))
        ):
            self._go(method, keeps_alive=parser.should_keep_alive())
        else:
            self._by_uvicorn()

    def _go(self, method: bytes, *, keeps_alive: bool) -> None:
        """In a cycle of ours: one that is on its way already, or the app's."""
        if self._short is not None and method == b"GET" and not self.flow.write_paused:
            errand = self._short.errand(self, keeps_alive=keeps_alive)
            if errand is not None:
                self.cycle = errand  # type: ignore[assignment]
                return
        cycle = Cycle(self, keeps_alive=keeps_alive)
        self.cycle = cycle  # type: ignore[assignment]
        cycle.start(self.scope_of(method.decode(), self.url, self.headers))

    def on_response_complete(self) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since_s = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Armed once for many requests; how long the connection was idle shows when it fires."""
        self.timeout_keep_alive_task = None
        if self._idle_since_s is None:
            return  # busy: the end of the answer arms it anew
        left_s = self._idle_since_s + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self._look_again(left_s)
        else:
            super().timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since_s = None

    def _look_again(self, in_s: float) -> None:
        handler = self.timeout_keep_alive_handler
        self.timeout_keep_alive_task = self.loop.call_later(in_s, handler)

    def scope_of(self, method: str, url: bytes, headers: list[tuple[bytes, bytes]]) -> Message:
        raw_path, _, query = url.partition(b"?")
        path = raw_path.decode()
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": method,
            "root_path": self.root_path,
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": headers,
            "state": {},
        }

    def _by_uvicorn(self) -> None:
        """Everything that its own callbacks would have prepared, and then its own way."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        for name, value in headers:
            super().on_header(name, value)
        self.url = url
        super().on_headers_complete()


class Cycle:
    """One request and its answer. What uvicorn's protocol asks of its own cycle is here, too."""

    __slots__ = (
        "_chunked",
        "_event",
        "_head",
        "_task",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "protocol",
        "response_complete",
        "response_started",
        "scope",
    )

    def __init__(self, protocol: Lane, *, keeps_alive: bool) -> None:
        self.protocol = protocol
        self._event: Event | None = None
        self._head: Message | None = None
        self._chunked = False
        self._task: Task[None] | None = None
        self.body = bytearray()
        self.more_body = False
        self.disconnected = False
        self.keep_alive = keeps_alive
        self.response_started = False
        self.response_complete = False

    def __repr__(self) -> str:
        return f"<Cycle of {self.scope['method']} {self.scope['path']}>"

    @property
    def message_event(self) -> "Cycle":
        """uvicorn sets it when the client hangs up."""
        return self

    def set(self) -> None:
        if self._event is not None:
            self._event.set()

    def start(self, scope: Message) -> None:
        self.scope = scope
        app: Any = self.protocol.app
        self.run(app(scope, self.receive, self.send))

    def run(self, answering: Coroutine[Any, Any, None]) -> None:
        """Let this answer, on a task."""
        self._task = task = self.protocol.loop.create_task(self._watched(answering))
        self.protocol.tasks.add(task)  # uvicorn waits for them when it stops

    async def receive(self) -> Message:
        """An empty body once; then, when it happens, that the client left."""
        if self._event is None:
            self._event = Event()
            return {"type": "http.request", "body": b"", "more_body": False}
        while not (self.disconnected or self.response_complete):
            self._event.clear()
            await self._event.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        flow = self.protocol.flow
        if flow.write_paused and not self.disconnected:
            await flow.drain()
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self._head = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._head is not None:
            first = self._first(self._head, body, more=more)
            self._head, self.response_started = None, True
            self.protocol.transport.write(first)
        elif self._chunked:
            self.protocol.transport.write(_chunk(body, more=more))
        elif body and self.scope["method"] != "HEAD":
            self.protocol.transport.write(body)
        if not more:
            self.ended()

    async def _watched(self, answering: Coroutine[Any, Any, None]) -> None:
        """What the app raises, which the front door never does, is told by the loop."""
        try:
            await answering
        finally:
            self.protocol.tasks.discard(self._task)
            if not (self.response_complete or self.disconnected):
                if not self.response_started:
                    self.protocol.transport.write(_BROKEN)
                self.response_complete = True
                self.protocol.transport.close()

    def _first(self, head: Message, body: bytes, *, more: bool) -> bytes:
        """The head of the answer, and what there is of its body."""
        status = head["status"]
        headers = self.protocol.server_state.default_headers + head["headers"]
        names = dict(headers)
        if b"close" in names.get(b"connection", b"").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            headers.append((b"connection", b"close"))
        is_head = self.scope["method"] == "HEAD"
        if not is_head and b"content-length" not in names and status not in BODILESS:
            self._chunked = True
            headers.append((b"transfer-encoding", b"chunked"))
        parts: list[bytes] = []
        for name, value in headers:
            parts += (name, b": ", value, b"\r\n")
        text = b"".join(parts)
        if not text.count(b"\r") == text.count(b"\n") == len(headers) or b"\0" in text:
            raise ValueError("a header of the answer breaks its line")
        if is_head:
            body = b""
        elif self._chunked:
            body = _chunk(body, more=more)
        return b"".join((STATUS_LINE[status], text, b"\r\n", body))

    def ended(self) -> None:
        self.response_complete = True
        self.set()
        if not self.keep_alive:
            self.protocol.transport.close()
        self.protocol.on_response_complete()


def _chunk(body: bytes, *, more: bool) -> bytes:
    found = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return found if more else found + _LAST_CHUNK
