"""One request on the short way: a cycle whose call is under way, and its answer.

Why       An answer that is ordinary goes out in one write from the callback that brought the reply;
          whatever is not, ends on the long way, which words it.
Called by edge/short_way.py, which begins it.
Never     answers in other bytes than the long way would.
"""

from asyncio import Event
from collections.abc import Coroutine, Generator
from time import perf_counter
from traceback import format_exception
from types import coroutine
from typing import TYPE_CHECKING, Any

from bff.calls.call import Cancel
from bff.compose.endpoint import Answer, Endpoint
from bff.contract.status import OK, PROBLEMS
from bff.edge.greeting import Greeting
from bff.edge.http1.cycle import SLICE_BYTES, Cycle
from bff.edge.http1.lane import Lane
from bff.edge.reply import JSON, Frame, etag, is_ordinary
from bff.edge.stream import CLIENT_LEFT
from bff.terms.context import RequestContext
from bff.terms.events import Crashed, RequestFinished

if TYPE_CHECKING:  # it makes errands
    from bff.edge.short_way import ShortWay


class Errand(Cycle):
    """One request on the short way. As a Cycle, it can end on the long one."""

    __slots__ = (
        "_cancel",
        "_endpoint",
        "_frame",
        "_greeting",
        "_headers",
        "_over",
        "_started_s",
        "_url",
        "_way",
        "context",
        "is_told",
    )

    def __init__(
        self,
        lane: Lane,
        way: "ShortWay",
        endpoint: Endpoint,
        *,
        frame: Frame,
        context: RequestContext,
        greeting: Greeting,
        started_s: float,
        keeps_alive: bool,
    ) -> None:
        super().__init__(lane, keeps_alive=keeps_alive)
        self._way = way
        self._endpoint = endpoint
        self._frame = frame
        self.context = context
        self._greeting = greeting
        self._started_s = started_s
        self._url, self._headers = lane.url, lane.headers
        self._cancel: Cancel | None = None
        self._over: Event | None = None
        self.is_told = False

    def __repr__(self) -> str:
        return f"<Errand {self.context.request_id} to {self._endpoint.name}>"

    def out(self, cancel: Cancel) -> None:
        """The call is under way. If the client leaves, a read is given up; a write is waited for by
        a server that ends.
        """
        if self._endpoint.method == "GET":
            self._cancel, self.on_gone = cancel, self._left
        else:
            self.on_gone = self._outlived

    def refuse(self, failure: Exception) -> None:
        """Told at once; only what is too long to go out at once goes on as a task."""
        answering = self._at_length(failure)
        try:
            waits_for = answering.send(None)
        except StopIteration:
            return
        self.run(_continued(answering, waits_for))

    def _left(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
            self._way.crowd.inside -= 1
            self._tell(PROBLEMS["cancelled"].status, CLIENT_LEFT, 0)

    def _outlived(self) -> None:
        self._over = Event()
        self.run(self._over.wait())

    def told(self, answer: Any, error: Exception | None) -> None:
        """The call is over: answer now, or on a task. Never raises: who tells, tells others too."""
        self.is_told, self.on_gone, self._cancel = True, None, None
        if self._over is not None:
            self._over.set()
        self._way.crowd.inside -= 1
        try:
            self._conclude(answer, error)
        except Exception as bug:  # noqa: BLE001 - whatever it is, it is this request's alone
            trace = "".join(format_exception(bug))
            self._way.front.emit(Crashed(self.context.request_id, self._endpoint.name, trace))
            self.protocol.transport.abort()

    def _conclude(self, answer: Any, error: Exception | None) -> None:
        if (
            error is None
            and self.keep_alive
            and is_ordinary(answer)
            and not self._is_special(answer)
        ):
            self._answer(answer)
        elif error is not None and not self.protocol.flow.write_paused:
            self.refuse(error)
        else:
            self.run(self._at_length(error or answer))

    def _is_special(self, answer: Answer) -> bool:
        """The client has it already, perhaps, or wants it packed; or it is too long to go out at
        once.
        """
        greeting, body = self._greeting, answer.body
        if greeting.if_none_match or len(body) > SLICE_BYTES:
            return True
        takes = greeting.accept_encoding
        return bool(takes and self._way.front.options.compression.coding_for(body, JSON, takes))

    def _answer(self, answer: Answer) -> None:
        body = answer.body
        if not (self.disconnected or self.protocol.transport.is_closing()):
            tagged, to_tag, to_added, to_id, to_length, to_body = self._frame
            lane, headers = self.protocol, self.context.answer_headers
            lane.transport.write(
                b"".join(
                    (
                        self._way.start(lane),
                        to_tag,
                        etag(body).encode() if tagged else b"",
                        to_added,
                        *([b"%b: %b\r\n" % one for one in headers] if headers else ()),
                        to_id,
                        self.context.request_id.encode(),
                        to_length,
                        b"%d" % len(body),
                        to_body,
                        body,
                    )
                )
            )
            self.ended()
        self._tell(OK, "", len(body))

    def _tell(self, status: int, reason: str, sent_bytes: int) -> None:
        context, endpoint = self.context, self._endpoint
        self._way.front.emit(
            RequestFinished(
                context.request_id,
                endpoint.method,
                endpoint.template.text,
                endpoint.name,
                status,
                reason,
                context.identity.subject,
                context.peer,
                perf_counter() - self._started_s,
                sent_bytes,
                0,
                context.identity.issuer,
            )
        )

    async def _at_length(self, outcome: Answer | Exception) -> None:
        self.scope = self.protocol.scope_of(self._endpoint.method, self._url, self._headers)
        send: Any = self.send
        await self._way.front.conclude(
            outcome,
            self._endpoint,
            self.context,
            scope=self.scope,
            send=send,
            started_s=self._started_s,
        )


@coroutine
def _continued(begun: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """The rest of what was begun, and waits for this."""
    yield waits_for
    yield from begun
