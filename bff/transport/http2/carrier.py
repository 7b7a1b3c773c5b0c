"""The streams of one connection: how they are opened, given up, closed, and what their end is.

Called by pool.py (gives it calls), connection.py (which is one, and tells it what the peer says).
Never     carries a call on past its own end: each is failed, or given back where the peer cannot
          have processed it.
Source    RFC 9113 sections 5 and 6.8; gRPC over HTTP/2 (Connection Management).
"""

from asyncio import AbstractEventLoop, Future, TimerHandle, Transport
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from bff.terms.deadline import Clock, Deadline
from bff.terms.errors import ServiceSilent
from bff.terms.silence import UNREACHABLE, UNREADABLE, silence
from bff.transport.http2 import frames
from bff.transport.http2.budget import Budget
from bff.transport.http2.frames import ErrorCode, Violation
from bff.transport.http2.hpack import NO_TABLE
from bff.transport.http2.options import Http2Options
from bff.transport.http2.outbound import Outbound
from bff.transport.http2.pulse import Pulse
from bff.transport.http2.sign import Sign
from bff.transport.http2.stream import Stream


class Keeper(Protocol):
    """Whose connection it is."""

    def roomier(self) -> None:
        """A call may find room now."""
        ...

    def gave_back(self, streams: list[Stream], why: str) -> None:
        """The peer did not process these: they may be sent again, elsewhere."""
        ...

    def gone(self, carrier: "Carrier") -> None:
        """It takes no more calls: broken, or told to go."""
        ...


class Carrier:
    """Usable once `opened` is done; `streams` are the calls under way.

    opened    done at the peer's first SETTINGS, or failed where there will be none
    closed    done when the socket is
    answered  a service behind it has answered at least one call
    renewal   when it is to be replaced; it would outlive the connection, and keep it
    """

    def __init__(
        self,
        keeper: Keeper,
        *,
        options: Http2Options,
        block: Callable[[Stream], bytes],
        loop: AbstractEventLoop,
        clock: Clock = monotonic,
    ) -> None:
        self._keeper = keeper
        self._options = options
        self._block = block
        self._socket: Transport | None = None
        self._budget = Budget()
        self._out = Outbound(loop, budget=self._budget)
        self._clock = clock
        self._pulse = Pulse(options=options, loop=loop, clock=clock)
        self._sign: Sign | None = None
        self._told_to_go = False
        self._next_id = 1
        self._late_bytes = frames.DEFAULT_WINDOW
        self.streams: dict[int, Stream] = {}
        self.opened: Future[None] = loop.create_future()
        self.closed: Future[None] = loop.create_future()
        self.peer = ""
        self.born_s = monotonic()
        self.answered = False
        self.renewal: TimerHandle | None = None
        self.draining = False

    def __repr__(self) -> str:
        peer, calls = self.peer or "nobody", len(self.streams)
        return f"<Connection to {peer}, {self._state()}, {calls} calls>"

    def _state(self) -> str:
        if self.closed.done():
            return "closed"
        if self.draining:
            return "draining"
        return "open" if self.opened.done() else "opening"

    @property
    def has_room(self) -> bool:
        """May a call be opened on it now?"""
        out = self._out
        return len(self.streams) < out.settings.max_streams and not out.paused and not self.draining

    @property
    def used(self) -> bool:
        """Has it carried a call since it was opened?"""
        return self._next_id > 1

    def open(self, stream: Stream) -> None:
        """Carry this call. Only where there is room."""
        stream.id = self._next_id
        stream.line = self
        stream.window_in = self._options.stream_window_bytes
        stream.window_out = self._out.settings.window_bytes
        self._next_id += 2
        if not self.streams:
            self._pulse.start(self)
        self.streams[stream.id] = stream
        block = self._block(stream) if stream.id > 1 else NO_TABLE + self._block(stream)
        if stream.request is not None:
            self._out.request(stream, block, stream.request)
        else:
            self._out.headers(stream, block)
            stream.opened(self)
        if self._next_id > frames.LARGEST_ID:
            self._retire()

    def send(self, stream: Stream, data: bytes, *, ends: bool) -> None:
        if data:
            self._out.data(stream, data, ends=ends)
        elif ends:
            self._out.end(stream)

    def reset(self, stream: Stream, code: ErrorCode) -> None:
        """Give the stream up; what still comes for it is thrown away."""
        if self.streams.pop(stream.id, None) is not None:
            self._out.reset(stream.id, code)
            self._late_bytes += stream.window_in
            self._closed(stream)

    def credit(self, stream: Stream, consumed_bytes: int) -> None:
        """The reader took so much: once half a window has gathered, the peer is told."""
        stream.owed_in += consumed_bytes
        if stream.owed_in * 2 >= self._options.stream_window_bytes and stream.id in self.streams:
            self._out.put(frames.window_update(stream.id, stream.owed_in))
            stream.window_in += stream.owed_in
            stream.owed_in = 0

    def ping(self) -> None:
        self._out.put(frames.frame(frames.PING, payload=b"bff ping"))

    @property
    def may_ask(self) -> bool:
        """Does the peer take one more call of ours? It does where only we want no more."""
        is_full = len(self.streams) >= self._out.settings.max_streams
        return not (is_full or self._told_to_go or self._next_id > frames.LARGEST_ID)

    def ask(self) -> None:
        """A sign of life by a call; the one that was asked for before has had its time."""
        if self._sign is not None and not self._sign.over:
            self.reset(self._sign, ErrorCode.CANCEL)
        if self.streams:
            self._sign = Sign(Deadline.after(self._options.keepalive_timeout_s))
            self.open(self._sign)

    def freeze(self) -> None:
        """It gave no sign of life."""
        self._lose("the service gave no sign of life", UNREACHABLE)
        self.abort()

    def drain(self) -> None:
        """Take no more calls; close when the last one is over."""
        self._retire()
        self._finish()

    def close(self) -> None:
        """Give up all calls, and close."""
        self._retire()
        for stream in tuple(self.streams.values()):
            stream.give_up(_silence(stream, UNREACHABLE, "the transport was closed"))
        self._quit(ErrorCode.NO_ERROR)

    def abort(self) -> None:
        """Close without a word or a wait."""
        if self._socket is not None:
            self._socket.abort()

    def _closed(self, stream: Stream) -> None:
        """A stream is over on the wire: its place is free."""
        if stream.outbox is not None:
            self._out.forget(stream)
        if self.draining:
            self._finish()
        else:
            self._keeper.roomier()

    def _retire(self) -> None:
        if not self.draining:
            self.draining = True
            if self.renewal is not None:
                self.renewal.cancel()
            self._keeper.gone(self)

    def _finish(self) -> None:
        """Close once nobody waits for an answer: a sign of life is worth nothing by itself."""
        if all(stream is self._sign for stream in self.streams.values()):
            self._quit(ErrorCode.NO_ERROR)

    def _quit(self, code: ErrorCode) -> None:
        """Say goodbye and close; what is written already still leaves."""
        self._pulse.stop()
        if self._socket is not None and not self._socket.is_closing():
            self._out.put(frames.goaway(code))
            self._out.flush()
            self._socket.close()

    def _break(self, violation: Violation) -> None:
        """The peer broke the protocol: no call on it can be answered any more."""
        self._lose(f"the service broke HTTP/2: {violation.what}", UNREADABLE, violation)
        self._quit(violation.code)

    def _lose(self, why: str, reason: str, violation: Violation | None = None) -> None:
        """No answer will come on it; calls that never left may be sent elsewhere."""
        self._retire()
        self._pulse.stop()
        if not self.opened.done():
            self.opened.set_exception(violation or ConnectionError(why))
        lost, self.streams = tuple(self.streams.values()), {}
        unsent_from = self._out.unsent_from
        if lost:
            self._out.recall(lost)
        for stream in lost:
            if stream.id < unsent_from:
                stream.fail(_silence(stream, reason, why))
        unsent = [stream for stream in lost if stream.id >= unsent_from]
        if unsent:
            self._keeper.gave_back(unsent, why)


def _silence(stream: Stream, reason: str, why: str) -> ServiceSilent:
    return silence(reason, note=why, source=stream.source)
