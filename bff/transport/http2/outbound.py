"""Frames on their way out: everything of one loop tick in one write, DATA as far as windows reach.

Called by connection.py.
Never     sends a byte of DATA that the peer has not made room for, and never lets one large request
          hold up the others: they take turns.
Source    RFC 9113 sections 5.2 and 6.9.
"""

from asyncio import AbstractEventLoop, WriteTransport
from collections import deque
from collections.abc import Collection
from struct import Struct

from bff.transport.http2 import frames
from bff.transport.http2.budget import Budget
from bff.transport.http2.frames import LARGEST_WINDOW, ErrorCode, Violation
from bff.transport.http2.message import framed
from bff.transport.http2.peer_settings import PeerSettings
from bff.transport.http2.stream import Stream

BATCH_BYTES = 256 * 1024
"""As much DATA as one write takes; the rest waits for the next tick, behind what is small."""
TURN_BYTES = 64 * 1024
_HEAD = frames.HEAD.pack
_MESSAGE_HEAD = Struct(">HBBBLBL").pack
"""The head of a DATA frame and of the one message in it."""


class Outbound:
    """The sending half of one connection.

    paused       the socket takes no more
    unsent_from  the first stream of which not a byte was written yet
    """

    def __init__(self, loop: AbstractEventLoop, *, budget: Budget) -> None:
        self._loop = loop
        self._budget = budget
        self._socket: WriteTransport | None = None
        self._frames: list[bytes] = []
        self._batch_bytes = 0
        self._lively = 0
        self._scheduled = False
        self._blocked: dict[int, Stream] = {}
        self.settings = PeerSettings()
        self.window = frames.DEFAULT_WINDOW
        self.paused = False
        self.unsent_from = frames.LARGEST_ID

    def __repr__(self) -> str:
        paused = ", paused" if self.paused else ""
        return f"<Outbound window {self.window}, {len(self._blocked)} blocked{paused}>"

    def start(self, socket: WriteTransport) -> None:
        self._socket = socket

    def put(self, *parts: bytes) -> None:
        """Let these leave at the end of this tick."""
        self._frames += parts
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write what has gathered; then let blocked streams gather more."""
        self._scheduled = False
        if self._socket is None or not self._frames:
            return
        if self._socket.is_closing():
            self._frames.clear()
            return
        self._socket.write(b"".join(self._frames))
        self._frames.clear()
        self._batch_bytes = 0
        self._budget.earn(self._lively)
        self._lively = 0
        self.unsent_from = frames.LARGEST_ID
        if self._blocked:
            self.pump()

    def headers(self, stream: Stream, block: bytes) -> None:
        """HEADERS, in as many frames as the peer's limit asks for."""
        most = self.settings.frame_bytes
        self.unsent_from = min(self.unsent_from, stream.id)
        if len(block) <= most:
            flags = frames.END_HEADERS
            self.put(frames.head(1, flags=flags, stream_id=stream.id, size=len(block)), block)
            return
        kind = frames.HEADERS
        for at in range(0, len(block), most):
            flags = frames.END_HEADERS if at + most >= len(block) else 0
            piece = block[at : at + most]
            self.put(frames.frame(kind, flags=flags, stream_id=stream.id, payload=piece))
            kind = frames.CONTINUATION

    def request(self, stream: Stream, block: bytes, message: bytes) -> None:
        """HEADERS and the only message: in two frames where windows and limits allow it."""
        packed, size, most = len(block), len(message) + 5, self.settings.frame_bytes
        if packed > most or size > most or size > self.window or size > stream.window_out:
            self.headers(stream, block)
            self.data(stream, framed(message), ends=True)
            return
        self.unsent_from = min(self.unsent_from, stream.id)
        stream.sent_all = True
        self.window -= size
        stream.window_out -= size
        self._lively += 1
        self.put(
            _HEAD(packed >> 8, packed & 0xFF, frames.HEADERS, frames.END_HEADERS, stream.id),
            block,
            _MESSAGE_HEAD(
                size >> 8, size & 0xFF, frames.DATA, frames.END_STREAM, stream.id, 0, size - 5
            ),
            message,
        )

    def data(self, stream: Stream, data: bytes, *, ends: bool) -> None:
        """Queue these bytes; send what may be sent now."""
        if stream.outbox is None:
            stream.outbox = deque()
        if data:
            stream.outbox.append(memoryview(data))
        stream.sent_all = ends
        if stream.id not in self._blocked:
            self._turn(stream, BATCH_BYTES)

    def pump(self) -> None:
        """Give every blocked stream its turn, oldest first, until there is no room."""
        while self._blocked and self._room():
            before = self._batch_bytes
            for stream in tuple(self._blocked.values()):
                self._blocked.pop(stream.id, None)
                self._turn(stream, TURN_BYTES)
            if self._batch_bytes == before:
                return

    def forget(self, stream: Stream) -> None:
        """It is closed: what it still had to send is dropped."""
        self._blocked.pop(stream.id, None)
        stream.outbox = None

    def recall(self, streams: Collection[Stream]) -> None:
        """Nothing more of these leaves, not even what has gathered: they may be sent elsewhere."""
        for stream in streams:
            self.forget(stream)
        recalled = {stream.id for stream in streams}
        wire, self._frames, at = b"".join(self._frames), [], 0
        while at < len(wire):
            high, low, kind, _, stream_id = frames.HEAD.unpack_from(wire, at)
            size = (high << 8) + low
            if stream_id not in recalled:
                self._frames.append(wire[at : at + 9 + size])
            elif kind == frames.DATA:
                self.window += size
                self._batch_bytes -= size
            at += 9 + size
        self.pump()

    def _room(self) -> int:
        return 0 if self.paused else min(self.window, BATCH_BYTES - self._batch_bytes)

    def _turn(self, stream: Stream, most_bytes: int) -> None:
        """Send up to about `most_bytes` of one stream; block it where more is left."""
        outbox = stream.outbox
        while outbox:
            piece = outbox[0]
            room = min(self._room(), stream.window_out, self.settings.frame_bytes)
            if room <= 0 or most_bytes <= 0:
                self._blocked[stream.id] = stream
                return
            part, rest = piece[:room], piece[room:]
            if rest:
                outbox[0] = rest
            else:
                outbox.popleft()
            most_bytes -= len(part)
            self._put_data(stream, bytes(part), last=not outbox)
        if outbox is not None and not stream.sent_all:
            stream.drained()

    def _put_data(self, stream: Stream, part: bytes, *, last: bool) -> None:
        size = len(part)
        self.window -= size
        stream.window_out -= size
        self._batch_bytes += size
        self._lively += 1
        flags = frames.END_STREAM if last and stream.sent_all else 0
        self.put(frames.head(frames.DATA, flags=flags, stream_id=stream.id, size=size), part)

    def reset(self, stream_id: int, code: ErrorCode) -> None:
        """What was under way already still comes: that is no flood."""
        self._lively += 1
        self.put(frames.reset(stream_id, code))

    def end(self, stream: Stream) -> None:
        """Nothing more will be sent: said with the last DATA, or with an empty one."""
        stream.sent_all = True
        if not stream.outbox:
            self.put(frames.frame(frames.DATA, flags=frames.END_STREAM, stream_id=stream.id))

    def widen(self, more_bytes: int) -> None:
        """The peer made room on the connection."""
        self.window += more_bytes
        if self.window > LARGEST_WINDOW:
            raise Violation("a window over 2^31-1", ErrorCode.FLOW_CONTROL_ERROR)
        self.pump()

    def widen_stream(self, stream: Stream, more_bytes: int) -> bool:
        """The peer made room on one stream; False where that is more than a window can be."""
        stream.window_out += more_bytes
        if stream.window_out > LARGEST_WINDOW:
            return False
        if self._blocked.pop(stream.id, None) is not None:
            self._turn(stream, TURN_BYTES)
        return True
