"""One request that is here whole, and its answer: the ASGI messages of both, on our way through
uvicorn.

Why       An event to wait for a body that is here, two expressions for each header, two writes:
          most of what uvicorn's own cycle costs, such a request does not need.
Called by lane.py, which starts it, and edge/errand.py, which is one.
Never     lets a header break a line, writes past a client that does not read, or leaves more than
          a slice of an answer unsent.
Source    ASGI 3; RFC 9112; uvicorn's RequestResponseCycle.
"""

from asyncio import Event, sleep
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from bff.contract.status import BODILESS

if TYPE_CHECKING:  # it makes cycles
    from bff.edge.http1.lane import Lane

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
SLICE_BYTES = 65_536
"""What is handed to a connection at once: it holds one slice, and what it held before."""

_LENGTH = b"content-length"
_LAST_CHUNK = b"0\r\n\r\n"
_BROKEN = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


async def in_slices(send: Send, message: Message) -> None:
    """A long body as many messages: each waits until the client took most of the one before, and
    for a turn of the loop: the kernel may take half a millisecond to copy one.
    """
    body, more = memoryview(message["body"]), message.get("more_body", False)
    for start in range(0, len(body), SLICE_BYTES):
        piece = bytes(body[start : start + SLICE_BYTES])
        is_last = start + SLICE_BYTES >= len(body)
        await send({**message, "body": piece, "more_body": more or not is_last})
        if not is_last:
            await sleep(0)


class Cycle:
    """One request and its answer. What uvicorn's protocol asks of its own cycle is here, too.

    on_gone  gives up what the client has left before it was answered
    """

    __slots__ = (
        "_chunked",
        "_event",
        "_head",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "on_gone",
        "protocol",
        "response_complete",
        "response_started",
        "scope",
    )

    def __init__(self, protocol: "Lane", *, keeps_alive: bool, body: bytes = b"") -> None:
        self.protocol = protocol
        self._event: Event | None = None
        self._head: Message | None = None
        self._chunked = False
        self.body = body
        self.more_body = False
        self.disconnected = False
        self.on_gone: Callable[[], object] | None = None
        self.keep_alive = keeps_alive
        self.response_started = False
        self.response_complete = False

    def __repr__(self) -> str:
        return f"<Cycle of {self.scope['method']} {self.scope['path']}>"

    @property
    def message_event(self) -> "Cycle":
        """uvicorn sets it when the client hangs up."""
        return self

    def set(self) -> None:
        if self._event is not None:
            self._event.set()
        if self.disconnected and self.on_gone is not None:
            on_gone, self.on_gone = self.on_gone, None
            on_gone()

    def start(self, scope: Message) -> None:
        self.scope = scope
        app: Any = self.protocol.bare_app
        self.run(app(scope, self.receive, self.send))

    def run(self, answering: Coroutine[Any, Any, object]) -> None:
        """Let this answer, on a task."""
        task = self.protocol.loop.create_task(self._watched(answering))
        self.protocol.tasks.add(task)  # uvicorn waits for them when it stops
        task.add_done_callback(self.protocol.tasks.discard)

    async def receive(self) -> Message:
        """The body once; then, when it happens, that the client left."""
        if self._event is None:
            self._event = Event()
            return {"type": "http.request", "body": self.body, "more_body": False}
        while not (self.disconnected or self.response_complete):
            self._event.clear()
            await self._event.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if len(message.get("body", b"")) > SLICE_BYTES:
            await in_slices(self.send, message)
            return
        flow = self.protocol.flow
        if flow.write_paused and not self.disconnected:
            await flow.drain()
        if self.disconnected or self.protocol.transport.is_closing():
            return
        if message["type"] == "http.response.start":
            self._head = message
            if message["status"] in BODILESS or _LENGTH in dict(message["headers"]):
                return  # what follows is all of it, and goes out in the same piece
            message = {"more_body": True}  # a stream's first piece may be long in coming
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._head is not None:
            first = self._first(self._head, body, more=more)
            self._head, self.response_started = None, True
            self.protocol.transport.write(first)
        elif self._chunked:
            self.protocol.transport.write(_chunk(body, more=more))
        elif body and self.scope["method"] != "HEAD":
            self.protocol.transport.write(body)
        if not more:
            self.ended()

    async def _watched(self, answering: Coroutine[Any, Any, object]) -> None:
        """What the app raises, which the front door never does, is told by the loop."""
        try:
            await answering
        finally:
            if not (self.response_complete or self.disconnected):
                if not self.response_started:
                    self.protocol.transport.write(_BROKEN)
                self.response_complete = True
                self.protocol.transport.close()

    def _first(self, head: Message, body: bytes, *, more: bool) -> bytes:
        """The head of the answer, and what there is of its body."""
        status = head["status"]
        headers = self.protocol.server_state.default_headers + head["headers"]
        names = dict(headers)
        if b"close" in names.get(b"connection", b"").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            headers.append((b"connection", b"close"))
        is_head = self.scope["method"] == "HEAD"
        if not is_head and b"content-length" not in names and status not in BODILESS:
            self._chunked = True
            headers.append((b"transfer-encoding", b"chunked"))
        parts: list[bytes] = []
        for name, value in headers:
            parts += (name, b": ", value, b"\r\n")
        text = b"".join(parts)
        if not text.count(b"\r") == text.count(b"\n") == len(headers) or b"\0" in text:
            raise ValueError("a header of the answer breaks its line")
        if is_head:
            body = b""
        elif self._chunked:
            body = _chunk(body, more=more)
        return b"".join((STATUS_LINE[status], text, b"\r\n", body))

    def ended(self) -> None:
        self.response_complete = True
        self.set()
        if not self.keep_alive:
            self.protocol.transport.close()
        self.protocol.on_response_complete()


def _chunk(body: bytes, *, more: bool) -> bytes:
    found = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return found if more else found + _LAST_CHUNK
