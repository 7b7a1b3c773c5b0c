"""One HTTP/1.1 connection that takes nothing doubtful, and waits for nobody without end.

Why       uvicorn's own protocol has no time limit, buffers headers without end, and serves what two
          readers could read in two ways.
How       A subclass of it. Its parser refuses most doubtful bytes, framing.py the rest, unless
          known.py knows them. Times are only written down: connections.py looks at them.
Called by lane.py, which serves what comes through.
Never     lets an app see a request that was refused, answers out of turn, or resets a connection
          before its client could read why.
Source    RFC 9112; docs/spec/bad-input.md rows 1-25; uvicorn's HttpToolsProtocol, whose attributes
          this relies on: a test holds them against the installed version.
"""

from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bff.edge.http1.connections import Connections
from bff.edge.http1.framing import (
    CUT,
    LATE,
    PADDED,
    UNVERSIONED,
    Flaw,
    Flawed,
    Seen,
    flaw_of,
    flaw_of_part,
    further_end,
    head_end,
    is_head,
    length_of,
    line_of,
    relative,
)
from bff.edge.http1.known import LENGTH, Known
from bff.edge.http1.overdue import Waits, overdue
from bff.edge.http1.stumbled import flaw_in

REST, HEAD, BODY = range(3)
"""Of a request nothing has come; a part of its head; its head, and not yet all of its body."""
_CHUNK_BYTES = 24
"""What a chunk's size and line ends take at most, with room to spare."""
_PIECES = 32
"""So many of a chunked body that came at once are looked through for the next request."""
_DISCARDED_BYTES = 1 << 20
"""Of a body that nobody wants any more."""


class GuardedProtocol(HttpToolsProtocol):
    """`pieces`: requests, or parts of one, that came at once; `behind_bytes` came behind a head."""

    def __init__(self, *given: Any, connections: Connections | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.connections_here = connections or Connections()
        self.known = Known()
        self.state = REST
        self.url = b""
        self.raw = b""
        self.behind_bytes = self.pieces = 0
        self.body_since_s: float | None = None
        self.head_since_s: float | None = None
        self.idle_since_s: float | None = None
        self._address = ""
        self._head_bytes = 0
        self._framing_bytes = 0
        self._length_bytes = 0
        self._body_bytes = 0
        self._unsent_bytes = 0
        self._refused = False
        self._parting: Flaw | None = None
        self._parting_since_s: float | None = None
        self._stuck_since_s: float | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.head_since_s = self.loop.time()
        flaw = self.connections_here.enter(self, self._address)
        if flaw is not None:
            self._refuse(flaw)
            if self.connections_here.crushed:
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.connections_here.leave(self, self._address)
        self.let_go()

    def let_go(self) -> None:
        """Of all that holds this connection: else both lie about until the collector comes."""
        self.cycle = self.parser = None  # type: ignore[assignment]
        self.pipeline.clear()

    def data_received(self, data: bytes) -> None:
        idle_since_s, self.idle_since_s = self.idle_since_s, None
        start, size, self.pieces = 0, len(data), 0
        switch: int | None = None
        while start < size and not (self._refused or self.transport.is_closing()):
            before, begin, self.pieces = self.state, start, self.pieces + 1
            start = self._end_of(data, begin) if before else head_end(data, begin)
            piece = data[begin:start]
            if before == REST and not self.raw and self.again(piece):
                continue
            if before != BODY:
                self.behind_bytes = size - start
                self.raw = line_of(self.raw, self.connections_here.limits.line_bytes) + piece
            try:
                self.parser.feed_data(piece)
            except HttpParserUpgrade as upgrade:
                switch = begin + upgrade.args[0]
                break
            except HttpParserError as error:
                self._refuse(flaw_in(error, piece, fresh=before == REST))
            else:
                if self.state:
                    self._partly(piece, before)
        if switch is not None:  # not above: what is raised there has the upgrade for its cause
            self.upgraded(data[switch:])
            return
        if self.raw and self.state == REST and self.idle_since_s is None:
            self.idle_since_s = idle_since_s  # empty lines are no request

    def eof_received(self) -> None:
        if self.state == BODY:
            self._refuse(CUT)

    def _end_of(self, data: bytes, start: int) -> int:
        """Requests are read one at a time: how each begins is looked at, and the parser says only
        what it made of it. One behind a chunked body of many pieces is refused, for want of a look.
        """
        if self.state == BODY and self._length_bytes:
            return start + self._length_bytes - self._body_bytes
        if self.state == BODY and self.pieces > _PIECES:
            return len(data)
        return further_end(data, start)

    def on_message_begin(self) -> None:
        self.state = HEAD
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.state == HEAD:  # else it is a trailer, which nobody reads
            self.headers.append((name.lower(), value))

    def on_chunk_header(self) -> None:
        self._framing_bytes -= _CHUNK_BYTES

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self.cycle.response_complete and self._body_bytes > _DISCARDED_BYTES:
            self.transport.abort()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.state, self.raw = REST, b""
        if self.body_since_s is not None:
            self.body_since_s = None
            super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._parting_since_s is not None:
            return
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self._parting is not None:
            self._say(self._parting)
            return
        self.flow.resume_reading()
        self.idle_since_s = self.loop.time()

    def end(self) -> None:
        """The app's last answer is written. What is left of a body, nobody wants."""
        if self.state == BODY and self.body_since_s is not None:
            self._refused = True
            self._part()
        else:
            self.transport.close()

    def upgraded(self, rest: bytes) -> None:
        """The rest is in another protocol, or in none."""

    def again(self, _piece: bytes) -> bool:
        """Whether this is a request that was served without being read."""
        return False

    def in_order(self, method: bytes, version: str) -> bool:
        """Whether this head is plain. Raises Flawed where it is not even in order."""
        seen = Seen(method, self.url, version, self.headers, self.raw)
        flaw = flaw_of(seen, self.connections_here.limits)
        if flaw is not None:
            raise Flawed(flaw)
        self.url, self.headers = relative(self.url, self.headers)
        return self.known.learn(method, version, self.headers)

    def measure_body(self) -> int:
        """Its length, 0 for one that does not say. Raises Flawed for one of too many digits."""
        self._length_bytes = length_of(dict(self.headers).get(LENGTH, b"0"))
        self._body_bytes = self._framing_bytes = 0
        return self._length_bytes

    def check(self, now_s: float) -> None:
        """Look at the time, and end what is overdue."""
        late = overdue(self._waits(now_s), now_s, self.connections_here.options)
        if late in ("write", "parting"):
            self.transport.abort()
        elif late in ("silent", "idle"):
            self.transport.close()
        elif late == "head" or (late == "body" and not self._may_last()):
            self._refuse(LATE)

    def _waits(self, now_s: float) -> Waits:
        unsent_bytes = self.transport.get_write_buffer_size()
        if not unsent_bytes:
            self._stuck_since_s = None
        elif self._stuck_since_s is None or unsent_bytes < self._unsent_bytes:
            self._stuck_since_s = now_s
        self._unsent_bytes = unsent_bytes
        if self.body_since_s is not None and self.flow.read_paused:
            self.body_since_s = now_s  # it is the app that takes its time
        return Waits(
            head_since_s=None if self._refused else self.head_since_s,
            began=self.state == HEAD,
            body_since_s=None if self._refused else self.body_since_s,
            body_bytes=self._body_bytes,
            stuck_since_s=self._stuck_since_s,
            idle_since_s=self.idle_since_s,
            parting_since_s=self._parting_since_s,
        )

    def _may_last(self) -> bool:
        if self.cycle.response_complete:
            return False
        return self.connections_here.lasting(self.scope["method"], self.scope["raw_path"].decode())

    def _partly(self, data: bytes, before: int) -> None:
        """A request that is not whole yet."""
        limits = self.connections_here.limits
        if self.state == HEAD:
            self._head_bytes = len(data) + (self._head_bytes if before == HEAD else 0)
            if self.head_since_s is None:
                self.head_since_s = self.loop.time()
            flaw = flaw_of_part(self.url, self.headers, head_bytes=self._head_bytes, limits=limits)
            if data.endswith(b"\n") and self.url and self.parser.get_http_version() == "0.0":
                flaw = flaw or UNVERSIONED
            if flaw is not None:
                self._refuse(flaw)
        elif before == BODY:
            self._framing_bytes += len(data)
            if self._framing_bytes - self._body_bytes > limits.head_bytes:
                self._refuse(PADDED)

    def _refuse(self, flaw: Flaw) -> None:
        """Read no further; answer in turn, with the last answer of this connection."""
        if self._refused:
            return
        self._refused = True
        current: Any = self.cycle
        if self.state == BODY and self.body_since_s is not None:  # of `current`, then
            if current.response_complete:
                self._part()
                return
            current.disconnected = True
            current.message_event.set()
            if self.pipeline and self.pipeline[0][0] is current:
                self.pipeline.popleft()
            elif current.response_started:
                self.transport.abort()
                return
            else:
                current = None
        if self.pipeline or (current is not None and not current.response_complete):
            self._parting = flaw
        else:
            self._say(flaw)

    def _say(self, flaw: Flaw) -> None:
        known = self.parser.get_method().decode() if self.url else ""
        method = "HEAD" if is_head(self.raw) else known
        here, first = self.connections_here, self.server_state.default_headers
        self.transport.write(here.refusal(flaw, method=method, peer=self._address, first=first))
        self._part()

    def _part(self) -> None:
        """What the client still sends is read and forgotten: a reset could overtake the answer."""
        self._parting_since_s = self.loop.time()
        self.idle_since_s = None
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()
