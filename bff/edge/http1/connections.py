"""All connections of one listener: how many there may be, who waits too long, what they are told.

Why       One timer for all of them, about once a second: a timer for each request would cost more
          than many a request does.
Called by serve (one per listener), lane.py.
Never     lets a connection wait without end; never tells one that it was refused by silence where
          words can still be sent.
Source    docs/spec/reliability.md section 2, F14; docs/spec/bad-input.md rows 1-25.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from http import HTTPStatus
from math import inf
from random import randint
from typing import Protocol

from bff.edge.forwarded import Proxies
from bff.edge.http1.framing import LINE_BYTES, Flaw, Flawed, HeadLimits
from bff.edge.http1.overdue import ConnectionOptions
from bff.edge.problem import Problems
from bff.edge.request import new_request_id
from bff.terms.events import Emit, RequestFinished, silence

SWEEP_S = 0.5
READ_S = 0.01
"""Timers come before sockets where the loop stood still: after this, sockets had their turn."""
AT_ONCE = 50
CROWDED = "There are too many connections: try again in a moment."
FULL = "This server is short of memory: try again in a moment."
GREEDY = "There are too many connections from this address."


class Connection(Protocol):
    """What is known of a connection here."""

    @property
    def loop(self) -> AbstractEventLoop: ...

    def check(self, now_s: float) -> None:
        """Look at the time, and end what is overdue."""
        ...


def never(_method: str, _target: str) -> bool:
    return False


class Connections:
    """The connections of one listener.

    proxies  have as many connections as they like
    lasting  whether the body of (method, path) may take its time, for it is handed on as it comes
    most_body_bytes  of one that is read as a whole
    closing  every answer is the last of its connection
    full     every request is refused, for want of memory
    bodies_bytes  announced by the large bodies of requests that are not answered yet
    room_bytes    beyond so many one more is refused
    """

    def __init__(
        self,
        options: ConnectionOptions | None = None,
        *,
        problems: Problems | None = None,
        emit: Emit = silence,
        proxies: Proxies | None = None,
        lasting: Callable[[str, str], bool] = never,
        most_body_bytes: float = inf,
        sweep_s: float = SWEEP_S,
    ) -> None:
        self.options = options or ConnectionOptions()
        self.limits = HeadLimits(
            self.options.line_bytes,
            self.options.head_bytes,
            self.options.headers,
            tuple(host.lower().encode() for host in self.options.hosts),
        )
        self.short_url_bytes = self.options.line_bytes - LINE_BYTES
        self.lasting = lasting
        self.most_body_bytes = most_body_bytes
        self.closing = False
        self.full = False
        self.bodies_bytes = 0
        self.room_bytes = inf
        self._problems = problems or Problems()
        self._emit = emit
        self._proxies = proxies or Proxies()
        self.sweep_s = sweep_s
        self._watched: set[Connection] = set()
        self._addresses: dict[str, int] = {}
        self._count = 0
        self._sweeping = False

    def __repr__(self) -> str:
        return f"<Connections: {self._count} from {len(self._addresses)} addresses>"

    def enter(self, one: Connection, address: str) -> Flaw | None:
        """A new connection; the flaw says why it can't stay. `leave` is called for it anyway."""
        self._count += 1
        known = self._addresses[address] = self._addresses.get(address, 0) + 1
        self._watched.add(one)
        self._sweep_later(one.loop)
        if self._count > self.options.total:
            return waiting("overloaded", CROWDED)
        greedy = known > self.options.per_address and bool(address)
        if greedy and not self._proxies.trusts(address):
            return waiting("rate-limited", GREEDY)
        return None

    def reserve(self, body_bytes: int) -> None:
        """What a body will take, before it comes: a burst is over before memory is looked at again.
        Raises Flawed where there is no room for it.
        """
        if body_bytes > self.room_bytes - self.bodies_bytes:
            raise Flawed(waiting("overloaded", FULL))
        self.bodies_bytes += body_bytes

    @property
    def crushed(self) -> bool:
        """Whether so many were refused and have not left that the next may not even linger: each
        holds a file, and the probes need some.
        """
        return self._count > self.options.total * 9 // 8

    def unwatch(self, one: Connection) -> None:
        """Another protocol took it over, which has limits of its own."""
        self._watched.discard(one)

    def leave(self, one: Connection, address: str) -> None:
        self._watched.discard(one)
        self._count -= 1
        left = self._addresses.get(address, 0) - 1
        if left > 0:
            self._addresses[address] = left
        else:
            self._addresses.pop(address, None)

    def refusal(
        self, flaw: Flaw, *, method: str, peer: str, first: list[tuple[bytes, bytes]]
    ) -> bytes:
        """The whole answer, told as any other is; `first` are the server's own headers."""
        request_id = new_request_id()
        reply = self._problems.plain(
            flaw.reason, flaw.detail, request_id, headers=flaw.headers, status=flaw.status
        )
        body = b"" if method == "HEAD" else reply.body
        headers = [
            *first,
            *reply.headers,
            (b"content-type", reply.media_type.encode()),
            (b"content-length", b"%d" % len(reply.body)),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self._emit(
            RequestFinished(
                request_id,
                method,
                "",
                "",
                reply.status,
                flaw.reason,
                "",
                peer,
                elapsed_s=0.0,
                sent_bytes=len(body),
            )
        )
        return b"".join((_status_line(reply.status), lines, b"\r\n", body))

    def _sweep_later(self, loop: AbstractEventLoop) -> None:
        if not self._sweeping:
            self._sweeping = True
            loop.call_later(self.sweep_s, self._sweep, loop)

    def _sweep(self, loop: AbstractEventLoop) -> None:
        """What has come by now is read before anybody is called late: it may be that we are."""
        loop.call_later(READ_S, self._look, loop, list(self._watched), loop.time())

    def _look(self, loop: AbstractEventLoop, waiting: list[Connection], now_s: float) -> None:
        """A few at a time: hundreds that are late together must keep nobody else waiting."""
        for one in waiting[-AT_ONCE:]:
            if one in self._watched:
                one.check(now_s)
        del waiting[-AT_ONCE:]
        if waiting:
            loop.call_soon(self._look, loop, waiting, now_s)
            return
        self._sweeping = False
        if self._watched:
            self._sweep_later(loop)


def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()


def waiting(reason: str, detail: str) -> Flaw:
    """A refusal that asks for patience: not for the same patience of all, who would come back at
    once.
    """
    return Flaw(reason, detail, headers=(("retry-after", str(randint(1, 5))),))  # noqa: S311
