"""The short way through uvicorn of a request that is here whole: the same ASGI, less around it.

Why       Of the 20 us that uvicorn takes for a small answer, 12 are Python that such a request does
          not need: an event to wait for its body, two expressions for each header of the answer, a
          timer armed and cancelled, two writes.
How       GET and HEAD, and small writes that come in one piece, run one at a time on their
          connection in a cycle of ours; all other requests run in uvicorn's. A client repeats
          itself: a GET that differs from the one before it by a plain target alone, byte for byte,
          is not parsed again.
Called by serve, as uvicorn's `http`; any other ASGI server serves the same app without it, and has
          to protect it: see docs/serving.md.
Never     writes past a client that does not read, or answers in other bytes than uvicorn would.
Source    ASGI 3; RFC 9112; uvicorn's HttpToolsProtocol.
"""

from typing import Any, Final, Protocol
from urllib.parse import unquote

from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from bff.edge.http1.connections import FULL, Connections, waiting
from bff.edge.http1.cycle import SLICE_BYTES, Cycle, Message, in_slices
from bff.edge.http1.framing import Flawed, Sent, malformed
from bff.edge.http1.known import READS
from bff.edge.http1.protocol import BODY, REST, GuardedProtocol
from bff.edge.request import ADMITTED
from bff.terms.context import RequestContext

EARLY = malformed("An upgrade waits until all requests before it are answered.")
AT_ONCE = 64
"""So many requests, or parts of one, that come together may be answered in one turn of the loop."""
SMALL_BYTES = 16_384
"""A body that a client sends together with its head, as a rule."""
_AROUND = len("  HTTP/1.1")
"""Of a request line with one space between its parts, beside its method and its target."""
_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}


class Short(Protocol):
    """A shorter way than an app's."""

    def errand(
        self, lane: "Lane", method: str, body: bytes, *, keeps_alive: bool
    ) -> "tuple[Cycle | None, RequestContext | None]":
        """The cycle of a request that is being answered; None: the app is to answer it, with the
        context that it was let in with, if the gate was asked.
        """
        ...


class Lane(GuardedProtocol):
    """One connection. `short` may answer requests without an app.

    greeting  what `short` remembers of the request before
    bare_app  the app, for those who cut long answers themselves
    """

    def __init__(
        self,
        *given: Any,
        connections: Connections | None = None,
        short: "Short | None" = None,
        **named: Any,
    ) -> None:
        super().__init__(*given, connections=connections, **named)
        self.bare_app: Any = self.app
        self.app = _sliced(self.app)
        self.greeting: Any = None
        self._short = short
        self._unread: list[bytes] = []
        self._reserved_bytes = 0
        self._body: list[bytes] | None = None
        self._answering: Any = None

    def on_headers_complete(self) -> None:
        parser, url, here = self.parser, self.url, self.connections_here
        method, version = parser.get_method(), parser.get_http_version()
        self.state = BODY
        self.head_since_s = None
        is_plain = (
            self.known.has(method, self.headers)
            and version == "1.1"
            and url[:1] == b"/"
            and b"#" not in url
            and len(url) < here.short_url_bytes
            and self.raw.find(b"\r\n") == len(method) + len(url) + _AROUND
        ) or self.in_order(method, version)
        if here.full:
            raise Flawed(waiting("overloaded", FULL))
        self.known.rest = b""
        if not (is_plain and self._is_idle()):
            self._by_uvicorn()
        elif method in READS:
            keeps_alive = parser.should_keep_alive()
            if keeps_alive and len(self.raw) <= here.limits.line_bytes:  # else it was cut
                self.known.keep(url, self.raw)
            self._go(method, keeps_alive=keeps_alive and not here.closing)
        elif self.measure_body() <= min(self.behind_bytes, SMALL_BYTES):
            self._body = []  # all of it is here: `on_message_complete` comes before anything else
        else:
            self._by_uvicorn()

    def on_body(self, body: bytes) -> None:
        if self._body is not None:
            self._body_bytes += len(body)
            self._body.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        body, self._body = self._body, None
        super().on_message_complete()
        if body is not None:
            keeps_alive = self.parser.should_keep_alive() and not self.connections_here.closing
            self._go(self.parser.get_method(), b"".join(body), keeps_alive=keeps_alive)

    def again(self, piece: bytes) -> bool:
        known, here = self.known, self.connections_here
        url = known.target(piece)
        fits = 0 < len(url) < here.short_url_bytes
        if not fits or known.read is None or here.full or not self._is_idle():
            return False
        self.url, self.headers, self.raw = url, known.read, b""
        self._go(b"GET", keeps_alive=not here.closing)
        return True

    def _is_idle(self) -> bool:
        before: Any = self.cycle
        return before is None or before.response_complete

    def _go(self, method: bytes, body: bytes = b"", *, keeps_alive: bool) -> None:
        """In a cycle of ours: one that is on its way already, or the app's."""
        errand, admitted, name = None, None, method.decode()
        shortly = self.pieces <= AT_ONCE and method != b"HEAD" and not self.flow.write_paused
        if self._short is not None and shortly:
            errand, admitted = self._short.errand(self, name, body, keeps_alive=keeps_alive)
        if errand is not None:
            self.cycle = self._answering = errand  # type: ignore[assignment]
            return
        cycle = Cycle(self, keeps_alive=keeps_alive, body=body)
        self.cycle = self._answering = cycle  # type: ignore[assignment]
        scope = self.scope_of(name, self.url, [*self.headers])
        scope[ADMITTED] = admitted
        cycle.start(scope)

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
        here = self.connections_here
        if len(self.pipeline) >= here.options.pipelined:
            raise Flawed(waiting("rate-limited", "Too many requests wait on this connection."))
        if self.parser.should_upgrade() and self._should_upgrade() and not self._is_idle():
            raise Flawed(EARLY)
        url, headers = self.url, self.headers
        self._unread = []
        if self.parser.should_upgrade() and not self._should_upgrade() and _has_body(headers):
            version = self.parser.get_http_version().encode()
            first = b"%b %b HTTP/%b" % (self.parser.get_method(), url, version)
            self._unread = [first, *_lines(headers)]
            return
        length_bytes, method = self.measure_body(), self.parser.get_method().decode()
        whole = 0 < length_bytes <= here.most_body_bytes  # more is a 413, and not read
        if whole and not here.lasting(method, url.partition(b"?")[0].decode()):
            here.reserve(length_bytes)
            self._reserved_bytes += length_bytes
        super(GuardedProtocol, self).on_message_begin()
        for name, value in headers:
            super(GuardedProtocol, self).on_header(name, value)
        self.url = url
        self.body_since_s = self.loop.time()
        is_next = self._is_idle()
        super().on_headers_complete()
        cycle = self.cycle
        if is_next:
            self._answering = cycle
        if isinstance(cycle, RequestResponseCycle):
            cycle.transport = _Outlet(self)  # type: ignore[assignment]
            if here.closing or self.parser.should_upgrade():
                cycle.keep_alive = False  # what follows an upgrade that we ignore is no HTTP

    def on_response_complete(self) -> None:
        self._answering = self.pipeline[-1][0] if self.pipeline else None
        if self._reserved_bytes and not self.pipeline:
            self._release()
        super().on_response_complete()

    def _release(self) -> None:
        self.connections_here.bodies_bytes -= self._reserved_bytes
        self._reserved_bytes = 0

    def let_go(self) -> None:
        """uvicorn tells the last request that the client left: the one that is being answered may
        be another.
        """
        self._release()
        answering, self._answering = self._answering, None
        if answering is not None and not (answering.response_complete or answering.disconnected):
            answering.disconnected = True
            answering.message_event.set()
        super().let_go()

    def upgraded(self, rest: bytes) -> None:
        """Hand the connection to the WebSocket protocol; it still counts as one of its address."""
        if self._unread:
            self._read_again(rest)
            return
        if not self._should_upgrade():
            return
        leave, address = self.connections_here.leave, self._address
        self.connections_here.unwatch(self)
        self.handle_websocket_upgrade()
        self.let_go()
        conversation: Any = self.transport.get_protocol()

        def connection_lost(exc: Exception | None) -> None:
            leave(self, address)
            del conversation.connection_lost  # this, which holds what it belongs to
            conversation.connection_lost(exc)

        conversation.connection_lost = connection_lost

    def _read_again(self, rest: bytes) -> None:
        """A request with a body that wished for a protocol which we do not speak: the parser takes
        the body for that protocol's. So another one reads it, without the wish (RFC 9110 7.8).
        """
        head, self._unread = b"\r\n".join(self._unread), []
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.state, self.raw = REST, b""
        self.data_received(head + rest)


def _has_body(headers: Sent) -> bool:
    named = dict(headers)
    return b"transfer-encoding" in named or named.get(b"content-length", b"0").strip(b" \t0") != b""


def _lines(headers: Sent) -> list[bytes]:
    """A head without its wish for another protocol, as lines."""
    wish = (b"upgrade", b"http2-settings", b"connection")
    kept = [b"%b: %b" % (name, value) for name, value in headers if name not in wish]
    return [*kept, b"connection: close", b"", b""]


class _Outlet:
    """What uvicorn's cycle has for a transport. Its end waits for a body that still comes: closed
    at once, the connection would be reset, and the answer lost.
    """

    __slots__ = ("_lane",)

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def __repr__(self) -> str:
        return f"<_Outlet of {self._lane!r}>"

    def write(self, data: bytes) -> None:
        self._lane.transport.write(data)

    def is_closing(self) -> bool:
        return self._lane.transport.is_closing()

    def close(self) -> None:
        self._lane.end()


def _sliced(app: Any) -> Any:
    """An app whose long bodies go out in slices."""

    async def sliced(scope: Any, receive: Any, send: Any) -> None:
        async def send_sliced(message: Message) -> None:
            if len(message.get("body", b"")) > SLICE_BYTES:
                await in_slices(send, message)
            else:
                await send(message)

        await app(scope, receive, send_sliced)

    return sliced
