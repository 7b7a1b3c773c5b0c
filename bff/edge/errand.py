"""The short way of a GET: begun in the parser's callback, answered in the transport's, no task.

Why       What most clients ask most is one call whose reply goes out as it comes. Of the 45 us that
          such a request costs us as an ASGI app, half are tasks, messages, and headers that were
          read before.
How       Whatever is out of the ordinary takes the long way, which words every refusal: before the
          call as if nothing had happened, after it on a task that ends what was begun.
Called by serve (makes a ShortWay), edge/lane.py (sends it requests).
Never     answers in other bytes than the long way would.
"""

from time import monotonic, perf_counter
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from bff.calls.call import Cancel
from bff.compose.endpoint import Answer, Ask, Endpoint, Short
from bff.contract.media_range import best
from bff.contract.router import Match
from bff.contract.status import OK, PROBLEMS
from bff.edge.cycle import SLICE_BYTES, Cycle
from bff.edge.front import Front
from bff.edge.greeting import Greeting, greeting_of
from bff.edge.lane import Lane
from bff.edge.reply import JSON, Frame, etag, frame_of, is_ordinary
from bff.edge.request import new_request_id
from bff.edge.stream import CLIENT_LEFT
from bff.terms.context import NOBODY, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.events import RequestFinished

_LONG_WAY: tuple[None, None] = (None, None)


class ShortWay:
    """Makes the errands of one front door."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._match = front.blueprint.router.match
        self._at_once = front.gate.at_once
        self._browser = front.options.browser
        self.crowd = front.gate.crowd
        self._frames = {one.name: _framed(one) for one in front.blueprint.endpoints}
        self._dates: object = None
        self._start = b""

    def __repr__(self) -> str:
        ways = sum(frame is not None for frame in self._frames.values())
        return f"<ShortWay to {ways} of {len(self._frames)} endpoints>"

    def errand(
        self, lane: Lane, *, keeps_alive: bool
    ) -> "tuple[Errand | None, RequestContext | None]":
        """A request that is on its way to its service; None: it was not begun, and takes the long
        way, with the context that it was let in with, if the gate was asked.
        """
        started_s, admitted = perf_counter(), None
        try:
            path, _, query = lane.url.decode().partition("?")
            found = self._match("GET", path)
            if not isinstance(found, Match):
                return _LONG_WAY
            endpoint = found.target
            frame, short = self._frames[endpoint.name], endpoint.short
            if frame is None or short is None:
                return _LONG_WAY
            greeting = self._greeting(lane)
            if not greeting.ordinary or best(greeting.accept, endpoint.produces) != JSON:
                return _LONG_WAY
            context, refused = self._context(greeting, endpoint, path), None
            shown = greeting.presented
            if found.values or query:
                shown = shown._replace(values=found.values, query=query)
            try:
                admitted = self._at_once(context, endpoint, shown)
            except Failure as failure:  # asked a second time, the gate would count it twice
                refused = failure
            if admitted is None and refused is None:
                return _LONG_WAY
            errand = Errand(
                lane,
                self,
                endpoint,
                frame=frame,
                context=admitted or context,
                greeting=greeting,
                started_s=started_s,
                keeps_alive=keeps_alive,
            )
            if refused is not None:
                errand.refuse(refused)
                return errand, None
            ask = Ask(found.values, query, b"", "", greeting.headers)
            return self._begun(errand, ask, short), admitted
        except Exception:  # noqa: BLE001 - the long way comes to the same, and tells it
            return None, admitted

    def _begun(self, errand: "Errand", ask: Ask, short: Short) -> "Errand | None":
        crowd, begun = self.crowd, None
        crowd.inside += 1
        try:
            begun = short(errand.context, ask, errand.told)
        finally:
            if begun is None and not errand.is_told:
                crowd.inside -= 1
        if begun is None:
            return None
        crowd.entered += 1
        # Kept while it is out only: errand and call hold each other, which is the collector's.
        if not errand.is_told:
            errand.out(begun)
        return errand

    def start(self, lane: Lane) -> bytes:
        """The first lines of an answer."""
        dates = lane.server_state.default_headers
        if dates is not self._dates:
            lines = (b"%b: %b\r\n" % header for header in dates)
            self._dates, self._start = dates, STATUS_LINE[OK] + b"".join(lines)
        return self._start

    def _context(self, greeting: Greeting, endpoint: Endpoint, path: str) -> RequestContext:
        context = _context(greeting, endpoint)
        if self._browser.quiet:
            return context
        return context._replace(answer_headers=self._browser.standing(path, greeting.scheme))

    def _greeting(self, lane: Lane) -> Greeting:
        known: Greeting | None = lane.greeting
        if known is not None and known.sent == lane.headers:
            return known
        options = self.front.options
        scope = lane.scope_of("GET", lane.url, lane.headers)
        found = greeting_of(scope, proxies=options.proxies, rules=options.metadata)
        lane.greeting = found
        return found


def _framed(endpoint: Endpoint) -> Frame | None:
    return None if endpoint.short is None else frame_of(endpoint)


def _context(greeting: Greeting, endpoint: Endpoint) -> RequestContext:
    request_id = greeting.request_id or new_request_id()
    return RequestContext(
        request_id,
        Deadline(monotonic() + endpoint.deadline_s),
        NOBODY,
        greeting.headers,
        (("x-request-id", request_id), *greeting.metadata),
        greeting.peer,
        endpoint.criticality,
    )


class Errand(Cycle):
    """One request on the short way. As a Cycle, it can end on the long one."""

    __slots__ = (
        "_cancel",
        "_endpoint",
        "_frame",
        "_greeting",
        "_headers",
        "_started_s",
        "_url",
        "_way",
        "context",
        "is_told",
    )

    def __init__(
        self,
        lane: Lane,
        way: ShortWay,
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
        self.is_told = False

    def __repr__(self) -> str:
        return f"<Errand {self.context.request_id} to {self._endpoint.name}>"

    def out(self, cancel: Cancel) -> None:
        """The call is under way, and is given up if the client leaves."""
        self._cancel, self.on_gone = cancel, self._left

    def refuse(self, failure: Failure) -> None:
        """It was not let in: told at once, without a task. Nothing here waits: a client that does
        not read what was sent before takes the long way.
        """
        answering = self._at_length(failure)
        try:
            answering.send(None)
        except StopIteration:
            return
        answering.close()
        raise RuntimeError("a refusal waited")

    def _left(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
            self._way.crowd.inside -= 1
            self._tell(PROBLEMS["cancelled"].status, CLIENT_LEFT, 0)

    def told(self, answer: Any, error: Exception | None) -> None:
        """The call is over: answer now, or on a task."""
        self.is_told, self.on_gone, self._cancel = True, None, None
        self._way.crowd.inside -= 1
        if (
            error is None
            and self.keep_alive
            and is_ordinary(answer)
            and not self._is_special(answer)
        ):
            self._answer(answer)
        else:
            self.run(self._at_length(error or answer))

    def _is_special(self, answer: Answer) -> bool:
        """The client has it already, perhaps, or wants it packed; or it is too long to go out at
        once.
        """
        greeting, compression = self._greeting, self._way.front.options.compression
        if greeting.if_none_match or len(answer.body) > SLICE_BYTES:
            return True
        return bool(compression.coding_for(answer.body, JSON, greeting.accept_encoding))

    def _answer(self, answer: Answer) -> None:
        body = answer.body
        if not self.disconnected:
            to_tag, to_id, to_length, to_body = self._frame
            lane = self.protocol
            lane.transport.write(
                b"".join(
                    (
                        self._way.start(lane),
                        *[b"%b: %b\r\n" % one for one in self.context.answer_headers],
                        to_tag,
                        etag(body).encode(),
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
                "GET",
                endpoint.template.text,
                endpoint.name,
                status,
                reason,
                context.identity.subject,
                context.peer,
                perf_counter() - self._started_s,
                sent_bytes,
            )
        )

    async def _at_length(self, outcome: Answer | Exception) -> None:
        self.scope = self.protocol.scope_of("GET", self._url, self._headers)
        send: Any = self.send
        await self._way.front.conclude(
            outcome,
            self._endpoint,
            self.context,
            scope=self.scope,
            send=send,
            started_s=self._started_s,
        )
