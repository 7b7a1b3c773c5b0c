"""A call with any number of messages either way: a reader that waits, a writer that waits.

Called by transport.py (makes it, reads it, lets it write), connection.py (feeds it).
Never     holds more of an answer than the stream's window and one message; never loses a service's
          status because writing to it failed: writing stops, and the status is awaited.
Source    gRPC over HTTP/2; RFC 9113 section 5.2 (flow control).
"""

import asyncio
from collections.abc import AsyncIterable

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.silence import unreadable
from bff.transport.http2.message import PREFIX_BYTES, Cutter, framed, opened
from bff.transport.http2.reply_head import ReplyHead
from bff.transport.http2.status import failure_of, is_informational, refusal
from bff.transport.http2.stream import Line, Stream

ROOM_BYTES = 64 * 1024
"""So much may wait to be written, and so much is kept to be sent again elsewhere."""


class Dialogue(Stream):
    """`first` and `last` are the header lists that began and ended the answer, once they came."""

    def __init__(
        self,
        path: str,
        *,
        fields: bytes,
        deadline: Deadline,
        most_bytes: int,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(path, fields=fields, deadline=deadline)
        self._loop = loop
        self._most_bytes = most_bytes
        self._cutter = Cutter(most_bytes=most_bytes, source=self.source)
        self._ahead_bytes = 0
        self._news: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._sent: list[bytes] | None = []
        self._sent_bytes = 0
        self._asked_all = False
        self._failure: Exception | None = None
        self.first: ReplyHead | None = None
        self.last: ReplyHead | None = None

    # ----------------------------------------------------------------------------- for its reader

    async def begun(self) -> None:
        """Returns when the answer's first header list has come, or the call is over."""
        while self.first is None and not self.over:
            await self._for_news()

    @property
    def has_begun_well(self) -> bool:
        """Is there an answer, or a good end in its place?"""
        return self.first is not None or self.last is not None

    async def next(self) -> bytes | None:
        """The next message; None at a good end. Raises Failure, or what the requests raised."""
        while not self._cutter.whole_bytes:
            if self._failure is not None:
                raise self._failure
            if self.over:
                return None
            self._credit_ahead()
            await self._for_news()
        flag, body = self._cutter.take()
        if self.line is not None:
            self.line.credit(self, len(body) + PREFIX_BYTES - self._ahead_bytes)
            self._ahead_bytes = 0
        encoding = self.first.encoding if self.first is not None else b""
        return opened(
            flag, body, encoding=encoding, most_bytes=self._most_bytes, source=self.source
        )

    async def _for_news(self) -> None:
        self._news = self._loop.create_future()
        try:
            await self._news
        finally:
            self._news = None

    def _credit_ahead(self) -> None:
        """A message may be larger than the window: its reader waits, so make room for the rest."""
        more = self._cutter.half_bytes - self._ahead_bytes
        if more > 0 and self.line is not None:
            self._ahead_bytes += more
            self.line.credit(self, more)

    # ----------------------------------------------------------------------------- for its writer

    async def write(self, requests: AsyncIterable[bytes]) -> None:
        """Send them all, as fast as the peer takes them; what they raise ends the call."""
        try:
            async for request in requests:
                await self._send(framed(request))
                if self.over:
                    return
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader raises it
            self._abort(error)
        else:
            self._finish_asking()

    async def _send(self, data: bytes) -> None:
        while self._is_full() and not self.over:
            self._room = self._loop.create_future()
            try:
                await self._room
            finally:
                self._room = None
        if self.over:
            return
        self._remember(data)
        if self.line is not None:
            self.line.send(self, data, ends=False)

    def _is_full(self) -> bool:
        """Does something still wait to be written, or too much for a connection?"""
        if self.line is None:
            return self._sent_bytes > ROOM_BYTES
        return bool(self.outbox)

    def _remember(self, data: bytes) -> None:
        """Keep it until the service has begun to answer, as long as it is not much."""
        self._sent_bytes += len(data)
        if self._sent is None:
            return
        if self.first is None and (self.line is None or self._sent_bytes <= ROOM_BYTES):
            self._sent.append(data)
        else:
            self._sent = None

    def _finish_asking(self) -> None:
        self._asked_all = True
        if self.line is not None and not self.over:
            self.line.send(self, b"", ends=True)

    def _abort(self, error: Exception) -> None:
        if not self.over:
            self.leave()
            self.settle()
            self._cutter.clear()
            self._failure = error
            self._wake()

    # ------------------------------------------------------------------------- for its connection

    def opened(self, line: Line) -> None:
        for data in self._sent or ():
            line.send(self, data, ends=False)
        if self._asked_all:
            line.send(self, b"", ends=True)
        self._wake_writer()

    def drained(self) -> None:
        self._wake_writer()

    def rewound(self) -> bool:
        return self.first is None and self._sent is not None

    def headers(self, head: ReplyHead, *, ends: bool) -> None:
        if self.first is None:
            if not ends and is_informational(head):
                return
            refused = refusal(head, self.source)
            if refused is not None:
                self.give_up(refused)
                return
            if head.begins_well and not ends:
                self.first, self._sent = head, None
                self._wake_reader()
                return
        elif not ends:
            self.give_up(unreadable("headers amid an answer", source=self.source))
            return
        if not ends:
            self.leave()  # its last word is said, and nothing that follows may count
        self._end(head)

    def data(self, payload: bytes) -> None:
        if self.first is None:
            self.give_up(unreadable("DATA before the headers", source=self.source))
            return
        try:
            self._cutter.add(payload)
        except Failure as failure:
            self.give_up(failure)
            return
        if self._cutter.whole_bytes:
            self._wake_reader()
        elif self._news is not None:
            self._credit_ahead()

    def ended(self) -> None:
        self.fail(unreadable("an end without trailers", source=self.source))

    def _end(self, last: ReplyHead) -> None:
        failure = failure_of(last, self.source, first=self.first)
        if failure is None and self._cutter.half_bytes:
            failure = unreadable("OK with half a message", source=self.source)
        if failure is not None:
            self.fail(failure)
            return
        self.last = last
        self.settle()
        if self.judge is not None:
            self.judge.well(self)
        self._wake()

    def deliver(self, failure: Failure) -> None:
        self._failure = failure
        self._wake()

    def _wake(self) -> None:
        self._wake_reader()
        self._wake_writer()

    def _wake_reader(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _wake_writer(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
