"""The front door: an ASGI app that serves every endpoint of the Blueprint.

Why       A framework's routing, validation and responses cost more than the work of a transcoded
          call; what we
          serve needs none of it. Starlette stands behind this door for everything else (docs,
          health, own handlers).
Called by app (mounts it), any ASGI server.
Never     lets an answer out that is neither a success nor a problem document with a request id.
Source    ASGI 3; docs/spec/transcoding.md 1.8, 1.10.
"""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic, perf_counter

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Answer, Ask, Endpoint, Streamed
from bff.compose.frames import EVENTS
from bff.contract.metadata import MetadataRules
from bff.contract.routes.router import Match, MethodNotAllowed
from bff.contract.status import PROBLEMS
from bff.contract.timeout import allowed_s
from bff.edge.behind import Behind, Visit
from bff.edge.browser.browser import Browser
from bff.edge.browser.origin import check_origin
from bff.edge.compression import Compression
from bff.edge.forwarded import Proxies
from bff.edge.http1.unguarded import unguarded
from bff.edge.leaving import while_wanted
from bff.edge.negotiation import media_type_of
from bff.edge.problem import Problems
from bff.edge.refusals import Refusals
from bff.edge.reply import Headers, Reply, put, reply_of
from bff.edge.request import Gone, Head, Receive, Scope, Send, body_of, pieces_of
from bff.edge.stream import CLIENT_LEFT, Flow, pour, while_connected
from bff.edge.told import Told
from bff.edge.websocket import Room, Sockets
from bff.guard.presented import Presented
from bff.terms.context import NOBODY, RequestContext
from bff.terms.crowd import Crowd
from bff.terms.deadline import Deadline
from bff.terms.errors import Refused
from bff.terms.events import Emit, Lifecycle

App = Callable[[Scope, Receive, Send], Awaitable[None]]
AtOnce = Callable[[RequestContext, Presented], RequestContext | None]
"""One endpoint's way in, without waiting: as `Gate.admit`, None where it would have to wait."""
_BODILESS_METHODS = frozenset({"GET", "HEAD"})


def _would_wait(_context: RequestContext, _shown: Presented) -> None:
    return None


async def _let_talk(_context: RequestContext, _endpoint: Endpoint) -> None:
    return None


async def _let_visit(_path: str, _peer: str) -> Headers:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Who may come in.

    admit      returns the context with its identity, or raises
    challenge  what a 401 says
    at_once    asked at boot for each endpoint's way in
    again      lets in one more message of a conversation, or raises
    visit      lets in who comes to a path that is no endpoint's, from an address, or raises;
               returns headers for the answer
    hold       raises where there are too many inside: asked again once the body has come
    crowd      counts who is inside
    """

    admit: Callable[[RequestContext, Endpoint, Presented], Awaitable[RequestContext]]
    challenge: Callable[[Refused], str]
    at_once: Callable[[Endpoint], AtOnce] = lambda _endpoint: _would_wait
    again: Callable[[RequestContext, Endpoint], Awaitable[None]] = _let_talk
    visit: Visit = _let_visit
    hold: Callable[[Endpoint], None] = lambda _endpoint: None
    crowd: Crowd = field(default_factory=Crowd)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontOptions:
    """How the door treats what passes it. `inflate` takes request bodies in gzip."""

    problems: Problems = field(default_factory=Problems)
    metadata: MetadataRules = field(default_factory=MetadataRules)
    proxies: Proxies = field(default_factory=Proxies)
    compression: Compression = field(default_factory=Compression)
    browser: Browser = field(default_factory=Browser)
    inflate: bool = False


class Front:
    """Serves the Blueprint; hands every path that it does not know to `shell`."""

    def __init__(
        self,
        blueprint: Blueprint,
        *,
        shell: App,
        gate: Gate,
        emit: Emit,
        options: FrontOptions | None = None,
    ) -> None:
        self.blueprint = blueprint
        self._shell = shell
        self.gate = gate
        self.at_once = {one.name: gate.at_once(one) for one in blueprint.endpoints}
        self.emit = emit
        self.options = options or FrontOptions()
        self.refusals = Refusals(
            self.options.problems,
            challenge=gate.challenge,
            emit=emit,
            metadata=self.options.metadata,
            inflate=self.options.inflate,
        )
        self._behind = Behind(shell, visit=gate.visit, refusals=self.refusals)
        self._sockets = Sockets(
            Room(
                blueprint=blueprint,
                admit=self._let_in,
                again=gate.again,
                refuse=self.refusals.of,
                emit=emit,
                cors=self.options.browser.cors,
            )
        )

    def __repr__(self) -> str:
        return f"<Front of {self.blueprint!r}>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        started_s = perf_counter()
        head = Head(scope, self.options.proxies)
        head.answer_headers = self.options.browser.headers(
            head.path, scheme=head.forwarded.scheme, origin=head.headers.text(b"origin")
        )
        told = Told()
        try:
            reply = await self._reply(head, receive, told)
        except Gone:
            left = (PROBLEMS["cancelled"].status, CLIENT_LEFT, 0)
            self.emit(told.finished(head, left, started_s))
            return
        except CancelledError:  # the server ends, or its batch: a write may be half done
            ended = (PROBLEMS["cancelled"].status, "cancelled", 0)
            self.emit(told.finished(head, ended, started_s))
            raise
        if reply is None:
            status, sent_bytes, reason = await self._behind.answer(
                head, scope=scope, receive=receive, send=send
            )
        elif isinstance(reply, Flow):
            poured = await pour(reply, head, receive=receive, send=send)
            status, reason = reply.endpoint.success_status, poured.reason
            sent_bytes = poured.sent_bytes
            if poured.bug is not None:
                self.refusals.of(poured.bug, head, reply.endpoint)
        else:
            sent_bytes = await put(reply, head, send)
            status, reason = reply.status, reply.reason
        self.emit(told.finished(head, (status, reason, sent_bytes), started_s))

    async def conclude(
        self,
        outcome: Answer | Exception,
        endpoint: Endpoint,
        context: RequestContext,
        *,
        scope: Scope,
        send: Send,
        started_s: float,
    ) -> None:
        """Answer a request that was let in, and whose call is over, as `__call__` would."""
        head, told = Head(scope, self.options.proxies), Told()
        head.request_id, head.answer_headers = context.request_id, context.answer_headers
        told.endpoint, told.who = endpoint, context.identity
        try:
            reply = await self._concluded(outcome, endpoint, head, told)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            reply = self.refusals.of(error, head, endpoint)
        sent_bytes = await put(reply, head, send)
        self.emit(told.finished(head, (reply.status, reply.reason, sent_bytes), started_s))

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is not HTTP: a conversation of ours, or the shell's business."""
        if scope["type"] == "websocket":
            head = Head(scope, self.options.proxies)
            found = self._sockets.find(head.path)
            if found is not None:
                await self._sockets.serve(found, head, scope=scope, receive=receive, send=send)
                return
        elif scope["type"] == "lifespan":
            self.emit(Lifecycle(state="unguarded", detail=unguarded()))
        await self._shell(scope, receive, send)

    async def _reply(self, head: Head, receive: Receive, told: Told) -> Reply | Flow | None:
        """The answer, whatever happens; None for a path that is the shell's."""
        if head.method == "OPTIONS" and (preflight := self.options.browser.answer(head)):
            head.answer_headers = ()  # it has its own
            return preflight
        try:
            found = self.blueprint.router.match(head.method, head.path)
            if found is None:
                return None
            if isinstance(found, MethodNotAllowed):
                return self.refusals.not_allowed(found, head)
            return await self._serve(found, head, receive, told)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            return self.refusals.of(error, head, told.endpoint)

    async def _serve(
        self, found: Match[Endpoint], head: Head, receive: Receive, told: Told
    ) -> Reply | Flow:
        endpoint = told.endpoint = found.target
        gate, context = self.gate, head.admitted
        if context is None:
            context = await self._let_in(head, found)
            head.answer_headers += context.answer_headers
        else:
            head.answer_headers = context.answer_headers
        told.who = context.identity
        media_type = media_type_of(endpoint, head)
        if media_type == EVENTS:
            check_origin(head, self.options.browser.cors)
        if head.method in _BODILESS_METHODS and not endpoint.takes_pieces:
            ask = Ask(found.values, head.query, b"", "", head.headers, media_type)
        else:
            ask = await self._ask(found, head, receive, media_type=media_type)
        gate.hold(endpoint)
        crowd, ones = gate.crowd, not endpoint.takes_pieces  # an upload lasts as its client likes
        crowd.inside += ones
        crowd.entered += 1
        try:
            if endpoint.streams or media_type == EVENTS:
                answer = await while_connected(endpoint.run(context, ask), receive)
            elif head.method in _BODILESS_METHODS:
                answer = await while_wanted(endpoint.run(context, ask), receive)
            else:
                answer = await endpoint.run(context, ask)
        finally:
            crowd.inside -= ones
        if isinstance(answer, Streamed):
            return Flow(answer, endpoint)
        return await self._concluded(answer, endpoint, head, told)

    async def _concluded(
        self, outcome: Answer | Exception, endpoint: Endpoint, head: Head, told: Told
    ) -> Reply:
        if isinstance(outcome, Exception):
            raise outcome
        told.gaps = len(outcome.gaps)
        return await reply_of(outcome, endpoint, head, compression=self.options.compression)

    async def _let_in(self, head: Head, found: Match[Endpoint]) -> RequestContext:
        """Who is let in, and with what. Raises Refused, or BadInput for a header that is none."""
        context = _context(head, found.target, self.options.metadata)
        shown = head.presented(found.values)
        at_once = self.at_once[found.target.name](context, shown)
        return at_once or await self.gate.admit(context, found.target, shown)

    async def _ask(
        self, found: Match[Endpoint], head: Head, receive: Receive, *, media_type: str
    ) -> Ask:
        body, pieces = b"", None
        if found.target.takes_pieces:
            pieces = pieces_of(head, receive)
        else:
            limit_bytes = found.target.max_body_bytes
            inflate = self.options.inflate
            body = await body_of(head, receive, limit_bytes=limit_bytes, inflate=inflate)
        content_type = head.headers.text(b"content-type")
        return Ask(found.values, head.query, body, content_type, head.headers, media_type, pieces)


def _context(head: Head, endpoint: Endpoint, rules: MetadataRules) -> RequestContext:
    headers = head.headers
    deadline = Deadline(monotonic() + allowed_s(headers, most_s=endpoint.deadline_s))
    metadata = head.tracing + head.forwarded.metadata + rules.inbound(headers)
    return RequestContext(
        head.request_id, deadline, NOBODY, headers, metadata, head.peer, endpoint.criticality
    )
