"""What a connection and a pool need to know of any call: one stream, and its share of the windows.

Called by connection.py, outbound.py, pool.py; exchange.py and dialogue.py say what an answer means.
Never     outlives its settling: after `over` nothing reaches whoever made the call.
"""

from collections import deque
from typing import Protocol

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.frames import ErrorCode
from bff.transport.http2.reply_head import ReplyHead


class Line(Protocol):
    """What a stream may ask of the connection that carries it."""

    def send(self, stream: "Stream", data: bytes, *, ends: bool) -> None:
        """Queue DATA; `stream.drained` is called when all of it has been written."""
        ...

    def reset(self, stream: "Stream", code: ErrorCode) -> None:
        """Give the stream up, at once."""
        ...

    def credit(self, stream: "Stream", consumed_bytes: int) -> None:
        """The reader has taken so much: let the peer send as much again."""
        ...


class Ledger(Protocol):
    """Where a running call is registered."""

    def discard(self, stream: "Stream") -> None: ...


class Judge(Protocol):
    """Who keeps account of how calls fare, where there are several to give them to."""

    def well(self, stream: "Stream") -> None: ...
    def failed(self, stream: "Stream", failure: Failure) -> None: ...


class Stream:
    """One call. `id` is 0 and `line` None until a connection carries it.

    What every call begins with stands in the class: a call pays only for what becomes of it.

    request     the only message, where all of it is known at once
    judge       is told how it ended, unless it is cancelled; `began_s` is when it was given out
    resent      a connection gave it back unprocessed once already
    window_in   bytes that the peer may still send;  `owed_in` were consumed but not given back yet
    window_out  bytes that we may still send;  `outbox` holds what waits for that
    """

    request: bytes | None = None
    id = 0
    tick = 0
    line: Line | None = None
    ledger: Ledger | None = None
    judge: Judge | None = None
    began_s = 0.0
    outbox: deque[memoryview] | None = None
    over = False
    resent = False
    sent_all = False
    window_in = 0
    window_out = 0
    owed_in = 0

    def __init__(self, path: str, *, fields: bytes, deadline: Deadline) -> None:
        self.path = path
        self.fields = fields
        self.deadline = deadline

    @property
    def source(self) -> str:
        """How failures name the method: without the slash."""
        return self.path[1:]

    def __repr__(self) -> str:
        state = "over" if self.over else f"stream {self.id}" if self.id else "waiting"
        return f"<{type(self).__name__} {self.source}, {state}>"

    def opened(self, line: Line) -> None:
        """A connection carries it now: send what there is, where that is not `request`."""

    def headers(self, head: ReplyHead, *, ends: bool) -> None:
        """A header list came; `ends`: nothing comes behind it, and the stream is closed."""
        raise NotImplementedError

    def data(self, payload: bytes) -> None:
        """A piece of the answer, at least a byte."""
        raise NotImplementedError

    def ended(self) -> None:
        """The stream was closed with DATA, so that no trailers can come."""
        raise NotImplementedError

    def drained(self) -> None:
        """All that was queued has been written."""

    def rewound(self) -> bool:
        """The peer did not process it: make it as new. False where that cannot be done."""
        raise NotImplementedError

    def deliver(self, failure: Failure) -> None:
        """Tell whoever made the call that it failed."""
        raise NotImplementedError

    def settle(self) -> None:
        """It is over: nobody waits for it any more."""
        self.over = True
        if self.ledger is not None:
            self.ledger.discard(self)

    def fail(self, failure: Failure) -> None:
        """End it with a failure, once.

        Its traceback goes: whoever waits raises it again, in a frame that it then refers to, and
        until the collector comes they would keep all that was read from the socket.
        """
        if not self.over:
            failure.__traceback__ = None
            self.settle()
            if self.judge is not None:
                self.judge.failed(self, failure)
            self.deliver(failure)

    def leave(self) -> None:
        """Tell the peer to stop."""
        if self.line is not None:
            self.line.reset(self, ErrorCode.CANCEL)

    def give_up(self, failure: Failure) -> None:
        """The answer is of no use."""
        self.leave()
        self.fail(failure)
