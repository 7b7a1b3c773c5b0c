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
    """`done` is called exactly once, unless the call is cancelled.

    `_whole` is a plain message that came in one frame; `_body` gathers whatever comes otherwise, up
    to `_due_bytes`, and not as objects: those weigh many times what small frames bring.
    """

    _first: ReplyHead | None = None
    _whole = b""
    _body: bytearray | None = None
    _due_bytes = 0

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
        if not ends:
            self.leave()  # its last word is said, and nothing that follows may count
        self._finish(head)

    def data(self, payload: bytes) -> None:
        length = len(payload) - PREFIX_BYTES
        if (
            self._first is not None
            and not self._whole
            and self._body is None
            and 0 <= length <= self._most_bytes
            and payload.startswith(length.to_bytes(PREFIX_BYTES, "big"))
        ):
            self._whole = payload
        else:
            self._add(payload)

    def _add(self, payload: bytes) -> None:
        """A piece. Over the limit, or more than one message: not a byte more of it."""
        if self._first is None:
            self.give_up(unreadable("DATA before the headers", source=self.source))
            return
        if self._body is None:
            self._body = bytearray(self._whole)
        self._body += payload
        size = len(self._body)
        if not self._due_bytes and size >= PREFIX_BYTES:
            try:
                self._due_bytes = PREFIX_BYTES + length_of(
                    self._body, self._most_bytes, self.source
                )
            except Failure as failure:
                self.give_up(failure)
                return
        if size < self._due_bytes and self.line is not None:
            self.line.credit(self, len(payload))
        elif size > self._due_bytes > 0:
            self.give_up(unreadable("more than one message", source=self.source))

    def ended(self) -> None:
        self.fail(unreadable("an end without trailers", source=self.source))

    def _finish(self, last: ReplyHead) -> None:
        failure = failure_of(last, self.source, first=self._first) if last.status else None
        if failure is not None:
            self.fail(failure)
            return
        if self._whole:
            reply = self._whole[PREFIX_BYTES:]
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
        body = self._body
        if body is None or len(body) < PREFIX_BYTES:
            raise unreadable("OK without a message", source=self.source)
        if len(body) < self._due_bytes:
            raise unreadable("OK with half a message", source=self.source)
        flag, self._body = body[0], None
        del body[:PREFIX_BYTES]
        encoding = self._first.encoding if self._first is not None else b""
        return opened(
            flag,
            bytes(body),
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
