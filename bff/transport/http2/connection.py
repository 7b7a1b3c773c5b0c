"""One HTTP/2 connection as the peer sees it: each frame that it sends, and what that means to us.

Called by dial.py (opens it); asyncio feeds it.
Never     lets anything of one stream reach another, and never guesses what a peer's mistake may
          mean: the connection ends, and says why.
Source    RFC 9113 sections 5 and 6.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import cast

from bff.terms.deadline import Clock
from bff.terms.silence import LATE, UNREACHABLE, silence, unreadable
from bff.transport.http2 import frames
from bff.transport.http2.carrier import Carrier, Keeper
from bff.transport.http2.frames import ErrorCode, Violation
from bff.transport.http2.inbound import Inbound
from bff.transport.http2.message import PREFIX_BYTES, too_large
from bff.transport.http2.options import Http2Options
from bff.transport.http2.peer_settings import changed
from bff.transport.http2.reply_head import ReplyHead
from bff.transport.http2.status import failure_of_reset
from bff.transport.http2.stream import Stream

_HARD_LIMIT = 4
"""A header list so many times over its limit ends the connection, not just its call."""
_LATE_S = 0.005
"""A service that cancels so close to the deadline does so because of it."""


class Connection(Carrier, asyncio.Protocol):
    """Reads what asyncio hands it; everything that it says itself leaves through `Carrier`."""

    def __init__(
        self,
        keeper: Keeper,
        *,
        options: Http2Options,
        block: Callable[[Stream], bytes],
        loop: asyncio.AbstractEventLoop,
        clock: Clock = monotonic,
    ) -> None:
        super().__init__(keeper, options=options, block=block, loop=loop, clock=clock)
        self._in = Inbound(
            self, budget=self._budget, most_header_bytes=options.max_metadata_bytes * _HARD_LIMIT
        )
        self._window_in = max(options.connection_window_bytes, frames.DEFAULT_WINDOW)
        self._give_back_at = self._window_in // 4
        self._owed_in = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast("asyncio.Transport", transport)
        self.peer = _name(self._socket)
        self._out.start(self._socket)
        ours = {
            frames.ENABLE_PUSH: 0,
            frames.INITIAL_WINDOW_SIZE: self._options.stream_window_bytes,
            frames.MAX_HEADER_LIST_SIZE: self._options.max_metadata_bytes,
        }
        self._out.put(frames.PREFACE, frames.settings(ours))
        if self._window_in > frames.DEFAULT_WINDOW:
            self._out.put(frames.window_update(0, self._window_in - frames.DEFAULT_WINDOW))

    def data_received(self, data: bytes) -> None:
        self._pulse.heard_at_s = self._clock()
        try:
            self._in.feed(data)
        except Violation as violation:
            self._in.stopped = True
            self._break(violation.with_traceback(None))  # its frames hold what was read

    def connection_lost(self, exc: Exception | None) -> None:
        why = f"connection lost: {exc}" if exc else "the service closed the connection"
        del self._in  # nothing comes any more, and it holds us
        self._lose(why, UNREACHABLE)
        if not self.closed.done():
            self.closed.set_result(None)

    def pause_writing(self) -> None:
        self._out.paused = True

    def resume_writing(self) -> None:
        self._out.paused = False
        self._out.pump()
        self._keeper.roomier()

    def on_headers(self, stream_id: int, head: ReplyHead, *, ends: bool) -> None:
        stream = self.streams.get(stream_id)
        if stream is None:
            self._check_was_open(stream_id)
            self._budget.spend()
            return
        self._pulse.answered = self.answered = True
        if not ends and not head.begins_well:
            self._budget.spend()
        if head.size > self._options.max_metadata_bytes:
            stream.give_up(too_large(f"a header list of {head.size} bytes", stream.source))
            return
        if ends:
            self._end(stream)
        stream.headers(head, ends=ends)
        if ends:
            self._closed(stream)

    def on_data(self, stream_id: int, payload: bytes, *, size: int, ends: bool) -> None:
        self._owed_in += size
        if self._owed_in >= self._give_back_at:
            self._out.put(frames.window_update(0, self._owed_in))
            self._owed_in = 0
        stream = self.streams.get(stream_id)
        if stream is None:
            self._check_was_open(stream_id)
            self._check_late(size)
            return
        self._pulse.answered = True
        stream.window_in -= size
        if stream.window_in < 0:
            raise Violation("more DATA than its window", ErrorCode.FLOW_CONTROL_ERROR)
        if size > len(payload):
            self.credit(stream, size - len(payload))
        if payload:
            stream.data(payload)
        if ends and not stream.over:
            self._end(stream)
            stream.ended()
            self._closed(stream)

    def on_reset(self, stream_id: int, code: int) -> None:
        if stream_id >= self._out.unsent_from:
            raise Violation(f"a reset of stream {stream_id}, which it has not seen")
        stream = self.streams.pop(stream_id, None)
        if stream is None:
            self._check_was_open(stream_id)
            return
        self._closed(stream)
        if code == ErrorCode.REFUSED_STREAM:
            self._keeper.gave_back([stream], "the service refused the stream")
        elif code == ErrorCode.CANCEL and stream.deadline.remaining_s() < _LATE_S:
            note = "cancelled by the service at the deadline"
            stream.fail(silence(LATE, note=note, source=stream.source))
        else:
            stream.fail(failure_of_reset(code, stream.source))

    def on_settings(self, payload: bytes) -> None:
        before = self._out.settings
        self._out.settings = after = changed(before, payload)
        self._out.put(frames.frame(frames.SETTINGS, flags=frames.ACK))
        more = after.window_bytes - before.window_bytes
        for stream in tuple(self.streams.values()) if more else ():
            if not self._out.widen_stream(stream, more):
                raise Violation("a window over 2^31-1", ErrorCode.FLOW_CONTROL_ERROR)
        if not self.opened.done():
            self.opened.set_result(None)
        elif after.max_streams > before.max_streams:
            self._keeper.roomier()

    def on_ping(self, payload: bytes) -> None:
        self._out.put(frames.frame(frames.PING, flags=frames.ACK, payload=payload))

    def on_goaway(self, last_id: int, code: int, why: bytes) -> None:
        """Streams above `last_id` were not processed; the others may still be answered."""
        self._told_to_go = True
        self._retire()
        above = [stream for stream_id, stream in self.streams.items() if stream_id > last_id]
        for stream in above:
            del self.streams[stream.id]
        if above:
            self._out.recall(above)
            note = f"GOAWAY {frames.error_name(code)} {why[:80].decode('ascii', 'replace')}"
            self._keeper.gave_back(above, note.rstrip())
        self._finish()

    def on_window(self, stream_id: int, more_bytes: int) -> None:
        if not stream_id:
            if not more_bytes:
                raise Violation("a window update of nothing")
            self._out.widen(more_bytes)
            return
        stream = self.streams.get(stream_id)
        if stream is None:
            self._check_was_open(stream_id)
        elif not more_bytes:
            self._fault(stream, ErrorCode.PROTOCOL_ERROR, "a window update of nothing")
        elif not self._out.widen_stream(stream, more_bytes):
            self._fault(stream, ErrorCode.FLOW_CONTROL_ERROR, "a window over 2^31-1")

    def _check_late(self, size: int) -> None:
        """What left before our reset came is within the windows given up with it. A frame costs a
        prefix, the least that gRPC sends: tiny ones are a flood within any window.
        """
        self._late_bytes = min(self._late_bytes, self._window_in) - max(size, PREFIX_BYTES)
        if self._late_bytes < 0:
            raise Violation("DATA for streams that are over", ErrorCode.STREAM_CLOSED)

    def _end(self, stream: Stream) -> None:
        """The peer said all; where we still had something to say, it need not wait for it."""
        del self.streams[stream.id]
        if not stream.sent_all or stream.outbox:
            self._out.reset(stream.id, ErrorCode.NO_ERROR)

    def _fault(self, stream: Stream, code: ErrorCode, what: str) -> None:
        self.reset(stream, code)
        stream.fail(unreadable(what, source=stream.source))

    def _check_was_open(self, stream_id: int) -> None:
        """What comes late, for a stream that is over, is thrown away; others we never opened."""
        if stream_id % 2 == 0 or stream_id >= self._next_id:
            raise Violation(f"a frame for stream {stream_id}, which we never opened")


def _name(socket: asyncio.Transport) -> str:
    found = socket.get_extra_info("peername")
    if isinstance(found, tuple):
        return f"{found[0]}:{found[1]}"
    return str(found or "a socket")
