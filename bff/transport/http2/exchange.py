"""A unary call: one message there, one message back, one callback.

Called by transport.py (makes it), connection.py (feeds it).
Never     makes a task or a timer; never takes OK without exactly one message for an answer.
"""

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.silence import unreadable
from bff.transport.http2.message import PREFIX_BYTES, length_of, opened
from bff.transport.http2.reply_head import ReplyHead, metadata_of
from bff.transport.http2.status import failure_of, is_informational, refusal
from bff.transport.http2.stream import Stream
from bff.transport.transport import Done, Hear


class Exchange(Stream):
    """`done` is called exactly once, unless the call is cancelled."""

    _first: ReplyHead | None = None
    _body = b""
    _size = 0
    _is_whole = False

    def __init__(
        self,
        path: str,
        request: bytes,
        *,
        fields: bytes,
        deadline: Deadline,
        done: Done,
        hear: Hear | None,
        most_bytes: int,
    ) -> None:
        super().__init__(path, fields=fields, deadline=deadline)
        self.request = request
        self._done = done
        self._hear = hear
        self._most_bytes = most_bytes
        self._parts: list[bytes] = []

    def headers(self, head: ReplyHead, *, ends: bool) -> None:
        if self._first is None:
            if head.begins_well and not ends:
                self._first = head
                return
            if not ends and is_informational(head):
                return
            refused = refusal(head, self.source)
            if refused is not None:
                self.give_up(refused)
                return
        elif not ends:
            self.give_up(unreadable("headers amid an answer", source=self.source))
            return
        self._finish(head)

    def data(self, payload: bytes) -> None:
        size = len(payload)
        if self._first is not None and not self._size and size >= PREFIX_BYTES:
            self._body, self._size = payload, size
            if int.from_bytes(payload[1:PREFIX_BYTES], "big") == size - PREFIX_BYTES:
                self._is_whole = True
                if size > self._most_bytes:
                    self._check_size(0)
                return
        elif not self._add(payload):
            return
        self._check_size(size)

    def _add(self, payload: bytes) -> bool:
        """Another piece, or one too short to tell the message's length."""
        if self._first is None:
            self.give_up(unreadable("DATA before the headers", source=self.source))
            return False
        self._is_whole = False
        self._size += len(payload)
        if len(self._body) < PREFIX_BYTES:
            self._body += payload
        else:
            self._parts.append(payload)
        return True

    def _check_size(self, came_bytes: int) -> None:
        """Over the limit, or more than one message: not a byte more of it."""
        if self._size < PREFIX_BYTES:
            return
        try:
            length = length_of(self._body, self._most_bytes, self.source)
        except Failure as failure:
            self.give_up(failure)
            return
        if self._size > length + PREFIX_BYTES:
            self.give_up(unreadable("more than one message", source=self.source))
        elif self.line is not None and self._size < length + PREFIX_BYTES:
            self.line.credit(self, came_bytes)

    def ended(self) -> None:
        self.fail(unreadable("an end without trailers", source=self.source))

    def _finish(self, last: ReplyHead) -> None:
        failure = failure_of(last, self.source, first=self._first) if last.status else None
        if failure is not None:
            self.fail(failure)
            return
        body = self._body
        if self._is_whole and not body[0]:
            reply = body[PREFIX_BYTES:]
        else:
            try:
                reply = self._reply()
            except Failure as unusable:
                self.fail(unusable)
                return
        self.settle()
        if self.judge is not None:
            self.judge.well(self)
        if self._hear is not None:
            self._hear(metadata_of(self._first) + metadata_of(last))
        self._done(reply, None)

    def _reply(self) -> bytes:
        """The message in pieces, or compressed. Raises Failure where it is none."""
        body = b"".join((self._body, *self._parts))
        if self._size < PREFIX_BYTES:
            raise unreadable("OK without a message", source=self.source)
        if int.from_bytes(body[1:PREFIX_BYTES], "big") != self._size - PREFIX_BYTES:
            raise unreadable("OK with half a message", source=self.source)
        encoding = self._first.encoding if self._first is not None else b""
        return opened(
            body[0],
            body[PREFIX_BYTES:],
            encoding=encoding,
            most_bytes=self._most_bytes,
            source=self.source,
        )

    def rewound(self) -> bool:
        """The request is still here; an answer that began means that it was processed."""
        return self._first is None

    def deliver(self, failure: Failure) -> None:
        if self._first is not None and isinstance(failure, ServiceSilent):
            failure.began = True
        self._done(b"", failure)
