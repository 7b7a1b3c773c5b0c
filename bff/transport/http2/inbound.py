"""Bytes from the socket, cut into frames and told as events; header lists are read on the way.

Why       All limits on what a peer may send before it has said anything of use stand here.
Called by connection.py.
Never     waits for more than one frame, or for more header bytes than the limit allows; never
          forgets to read a header list, for the compression's state spans them all.
Source    RFC 9113 sections 4, 6 and 10.5.
"""

from typing import Final, Protocol

from bff.transport.http2 import frames
from bff.transport.http2.budget import Budget
from bff.transport.http2.frames import ErrorCode, Violation, word
from bff.transport.http2.hpack import keeps_the_table, reader
from bff.transport.http2.reply_head import ReplyHead, read_head

_CACHED_BLOCKS = 256
_CACHED_HEAD_BYTES = 1024
"""Unpacked: a byte of a block may stand for 4 KB of the table."""
_HEAD = frames.HEAD.unpack_from
_WHOLE_HEADERS = frames.END_HEADERS | frames.END_STREAM
"""Without padding and priority: what nearly all servers send."""


class Events(Protocol):
    """Who is told; `ends` is the END_STREAM flag."""

    def on_headers(self, stream_id: int, head: ReplyHead, *, ends: bool) -> None: ...
    def on_data(self, stream_id: int, payload: bytes, *, size: int, ends: bool) -> None: ...
    def on_reset(self, stream_id: int, code: int) -> None: ...
    def on_settings(self, payload: bytes) -> None: ...
    def on_ping(self, payload: bytes) -> None: ...
    def on_goaway(self, last_id: int, code: int, why: bytes) -> None: ...
    def on_window(self, stream_id: int, more_bytes: int) -> None: ...


class Inbound:
    """The reading half of one connection.

    most_header_bytes  of one list, packed or unpacked; beyond that the connection is lost
    """

    def __init__(self, events: Events, *, budget: Budget, most_header_bytes: int) -> None:
        self._events = events
        self._budget = budget
        self._most_header_bytes = most_header_bytes
        self._read = reader(most_header_bytes)
        self._heads: dict[bytes, ReplyHead] = {}
        self._rest = b""
        self._begun = False
        self._block: list[bytes] = []
        self._block_of = 0
        self._block_ends = False
        self.stopped = False

    def __repr__(self) -> str:
        return f"<Inbound {len(self._rest)} bytes of a frame, {len(self._heads)} lists known>"

    def feed(self, data: bytes) -> None:
        """Tell all whole frames. Raises Violation: the connection must end."""
        if self._rest:
            data = self._rest + data
        at, size = 0, len(data)
        while size - at >= 9:
            high, low, kind, flags, stream_id = _HEAD(data, at)
            end = at + 9 + (high << 8) + low
            if end - at > 9 + frames.DEFAULT_FRAME_BYTES or not self._begun:
                self._check_begin(data, kind, flags, end - at - 9)
            if end > size:
                break
            if self._block_of and kind != frames.CONTINUATION:
                raise Violation("a frame amid a header block")
            if kind == frames.HEADERS and flags | 1 == _WHOLE_HEADERS:
                block = data[at + 9 : end]
                head = self._heads.get(block) or self._head(block)
                self._events.on_headers(stream_id & frames.LARGEST_ID, head, ends=flags != 4)
            elif kind < 10:
                self._BY_KIND[kind](self, flags, stream_id & frames.LARGEST_ID, data[at + 9 : end])
            else:
                self._budget.spend()
            at = end
            if self.stopped:
                return
        self._rest = data[at:]

    def _check_begin(self, data: bytes, kind: int, flags: int, size: int) -> None:
        """The first frame is SETTINGS; no frame is longer than we said."""
        if not self._begun and data[:5] == b"HTTP/":
            raise Violation(f"not HTTP/2: {data[:20]!r}", ErrorCode.HTTP_1_1_REQUIRED)
        if size > frames.DEFAULT_FRAME_BYTES:
            raise Violation(f"a frame of {size} bytes", ErrorCode.FRAME_SIZE_ERROR)
        if not self._begun and (kind != frames.SETTINGS or flags & frames.ACK):
            raise Violation("a connection that does not begin with SETTINGS")
        self._begun = True

    def _data(self, flags: int, stream_id: int, payload: bytes) -> None:
        size, ends = len(payload), bool(flags & 1)
        if flags & frames.PADDED:
            payload = frames.without_padding(payload, frames.PADDED)
        if not payload and not ends:
            self._budget.spend()
        self._events.on_data(stream_id, payload, size=size, ends=ends)

    def _headers(self, flags: int, stream_id: int, payload: bytes) -> None:
        if flags & (frames.PADDED | frames.HAS_PRIORITY):
            payload = frames.without_padding(payload, flags)
        if flags & frames.END_HEADERS:
            self._events.on_headers(stream_id, self._head(payload), ends=bool(flags & 1))
            return
        if not stream_id:
            raise Violation("HEADERS on the connection itself")
        self._block, self._block_of, self._block_ends = [payload], stream_id, bool(flags & 1)

    def _continuation(self, flags: int, stream_id: int, payload: bytes) -> None:
        if stream_id != self._block_of or not stream_id:
            raise Violation("CONTINUATION of nothing")
        self._budget.spend()
        self._block.append(payload)
        if sum(map(len, self._block)) > self._most_header_bytes:
            raise Violation("a header block without end", ErrorCode.ENHANCE_YOUR_CALM)
        if flags & frames.END_HEADERS:
            head, self._block_of = self._head(b"".join(self._block)), 0
            self._block = []
            self._events.on_headers(stream_id, head, ends=self._block_ends)

    def _head(self, block: bytes) -> ReplyHead:
        """A block of indexes alone means the same until another kind of block changes the table."""
        head = read_head(self._read(block))
        if head.size > self._most_header_bytes:
            raise Violation("a header list without end", ErrorCode.ENHANCE_YOUR_CALM)
        if not keeps_the_table(block):
            self._heads.clear()
        elif len(self._heads) < _CACHED_BLOCKS and head.size <= _CACHED_HEAD_BYTES:
            self._heads[block] = head
        return head

    def _priority(self, _flags: int, _stream_id: int, _payload: bytes) -> None:
        self._budget.spend()

    def _reset(self, _flags: int, stream_id: int, payload: bytes) -> None:
        self._budget.spend()
        if not stream_id or len(payload) != 4:
            raise Violation("RST_STREAM of nothing", ErrorCode.FRAME_SIZE_ERROR)
        self._events.on_reset(stream_id, word(payload))

    def _settings(self, flags: int, stream_id: int, payload: bytes) -> None:
        self._budget.spend()
        if stream_id:
            raise Violation("SETTINGS of a stream")
        if not flags & frames.ACK:
            self._events.on_settings(payload)
        elif payload:
            raise Violation("an ACK that says more", ErrorCode.FRAME_SIZE_ERROR)

    def _push(self, _flags: int, _stream_id: int, _payload: bytes) -> None:
        raise Violation("a push, though we said that we take none")

    def _ping(self, flags: int, stream_id: int, payload: bytes) -> None:
        self._budget.spend()
        if stream_id or len(payload) != 8:
            raise Violation("a bad PING", ErrorCode.FRAME_SIZE_ERROR)
        if not flags & frames.ACK:
            self._events.on_ping(payload)

    def _goaway(self, _flags: int, stream_id: int, payload: bytes) -> None:
        self._budget.spend()
        if stream_id:
            raise Violation("GOAWAY of a stream")
        self._events.on_goaway(word(payload) & frames.LARGEST_ID, word(payload, 4), payload[8:])

    def _window(self, _flags: int, stream_id: int, payload: bytes) -> None:
        self._budget.spend()
        self._events.on_window(stream_id, word(payload) & frames.LARGEST_ID)

    _BY_KIND: Final = (
        _data,
        _headers,
        _priority,
        _reset,
        _settings,
        _push,
        _ping,
        _goaway,
        _window,
        _continuation,
    )
