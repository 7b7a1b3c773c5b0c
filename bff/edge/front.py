"""The front door: an ASGI app that serves every endpoint of the Blueprint.

Why       A framework's routing, validation and responses cost more than the work of a transcoded
          call; what we
          serve needs none of it. Starlette stands behind this door for everything else (docs,
          health, own handlers).
Called by app (mounts it), any ASGI server.
Never     lets an answer out that is neither a success nor a problem document with a request id.
Source    ASGI 3; docs/spec/transcoding.md 1.8, 1.10.
"""

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic, perf_counter

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Ask, Endpoint, Streamed
from bff.compose.frames import EVENTS
from bff.contract.metadata import MetadataRules
from bff.contract.router import Match, MethodNotAllowed
from bff.contract.status import FIRST_ERROR, NO_CONTENT, reason_of_status
from bff.contract.timeout import allowed_s
from bff.edge.compression import Compression
from bff.edge.forwarded import Proxies
from bff.edge.negotiation import media_type_of
from bff.edge.origin import check_origin
from bff.edge.problem import Problems
from bff.edge.reply import Reply, encoded, put, reply_of
from bff.edge.request import Gone, Head, Receive, Scope, Send, body_of, pieces_of
from bff.edge.stream import Flow, pour, while_connected
from bff.edge.websocket import Room, Sockets
from bff.terms.codes import Code
from bff.terms.context import NOBODY, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, Refused, ServiceSaid
from bff.terms.events import Crashed, Emit, RequestFinished

App = Callable[[Scope, Receive, Send], Awaitable[None]]
_BODILESS_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Who may come in.

    admit      returns the context with its identity, or raises
    challenge  what a 401 says
    at_once    as `admit`, without waiting; None where that can't be
    """

    admit: Callable[[RequestContext, Endpoint, tuple[str, ...]], Awaitable[RequestContext]]
    challenge: Callable[[Refused], str]
    at_once: Callable[[RequestContext, Endpoint, tuple[str, ...]], RequestContext | None] = (
        lambda _context, _endpoint, _authorizations: None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontOptions:
    """How the door treats what passes it. `inflate` takes request bodies in gzip."""

    problems: Problems = field(default_factory=Problems)
    metadata: MetadataRules = field(default_factory=MetadataRules)
    proxies: Proxies = field(default_factory=Proxies)
    compression: Compression = field(default_factory=Compression)
    inflate: bool = False


class _Told:
    """What the access log will say of one request; filled in as it becomes known."""

    __slots__ = ("endpoint", "gaps", "subject")

    def __init__(self) -> None:
        self.endpoint: Endpoint | None = None
        self.subject = ""
        self.gaps = 0


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
        self._blueprint = blueprint
        self._shell = shell
        self._gate = gate
        self._emit = emit
        self._options = options or FrontOptions()
        self._sockets = Sockets(
            Room(blueprint=blueprint, admit=self._admitted, refuse=self._refusal, emit=emit)
        )

    def __repr__(self) -> str:
        return f"<Front of {self._blueprint!r}>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        started_s = perf_counter()
        head = Head(scope, self._options.proxies)
        told = _Told()
        try:
            reply = await self._reply(head, receive, told)
        except Gone:
            return
        if reply is None:
            status, sent_bytes, reason = await self._behind(scope, receive, send, head)
        elif isinstance(reply, Flow):
            poured = await pour(reply, head, receive=receive, send=send)
            status, reason = reply.endpoint.success_status, poured.reason
            sent_bytes = poured.sent_bytes
            if poured.bug is not None:
                self._crashed(poured.bug, head, reply.endpoint)
        else:
            sent_bytes = await put(reply, head, send)
            status, reason = reply.status, reply.reason
        endpoint = told.endpoint
        self._emit(
            RequestFinished(
                head.request_id,
                head.method,
                endpoint.template.text if endpoint else "",
                endpoint.name if endpoint else "",
                status,
                reason,
                told.subject,
                head.peer,
                elapsed_s=perf_counter() - started_s,
                sent_bytes=sent_bytes,
                gaps=told.gaps,
            )
        )

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is not HTTP: a conversation of ours, or the shell's business."""
        if scope["type"] == "websocket":
            head = Head(scope, self._options.proxies)
            found = self._sockets.find(head.path)
            if found is not None:
                await self._sockets.serve(found, head, scope=scope, receive=receive, send=send)
                return
        await self._shell(scope, receive, send)

    async def _reply(self, head: Head, receive: Receive, told: _Told) -> Reply | Flow | None:
        """The answer, whatever happens; None for a path that is the shell's."""
        try:
            found = self._blueprint.router.match(head.method, head.path)
            if found is None:
                return None
            if isinstance(found, MethodNotAllowed):
                return self._not_allowed(found, head)
            return await self._serve(found, head, receive, told)
        except Failure as failure:
            return self._refusal(failure, head, told.endpoint)
        except Gone:
            raise
        except Exception as bug:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._crashed(bug, head, told.endpoint)
            return self._options.problems.internal(head.request_id)

    async def _serve(
        self, found: Match[Endpoint], head: Head, receive: Receive, told: _Told
    ) -> Reply | Flow:
        endpoint = told.endpoint = found.target
        context = _context(head, endpoint, self._options.metadata)
        gate, authorizations = self._gate, head.authorizations
        context = gate.at_once(context, endpoint, authorizations) or (
            await gate.admit(context, endpoint, authorizations)
        )
        told.subject = context.identity.subject
        media_type = media_type_of(endpoint, head)
        if media_type == EVENTS:
            check_origin(head)
        if head.method in _BODILESS_METHODS and not endpoint.takes_pieces:
            ask = Ask(found.values, head.query, b"", "", head.headers, media_type)
        else:
            ask = await self._ask(found, head, receive, media_type=media_type)
        if endpoint.streams:
            answer = await while_connected(endpoint.run(context, ask), receive)
        else:
            answer = await endpoint.run(context, ask)
        if isinstance(answer, Streamed):
            return Flow(answer, endpoint)
        told.gaps = len(answer.gaps)
        return await reply_of(answer, endpoint, head, compression=self._options.compression)

    async def _admitted(self, head: Head, endpoint: Endpoint) -> RequestContext:
        """Who is let in, and with what. Raises Refused, or BadInput for a header that is none."""
        context = _context(head, endpoint, self._options.metadata)
        return await self._gate.admit(context, endpoint, head.authorizations)

    async def _ask(
        self, found: Match[Endpoint], head: Head, receive: Receive, *, media_type: str
    ) -> Ask:
        body, pieces = b"", None
        if found.target.takes_pieces:
            pieces = pieces_of(head, receive)
        else:
            limit_bytes = found.target.max_body_bytes
            inflate = self._options.inflate
            body = await body_of(head, receive, limit_bytes=limit_bytes, inflate=inflate)
        content_type = head.headers.text(b"content-type")
        return Ask(found.values, head.query, body, content_type, head.headers, media_type, pieces)

    def _crashed(self, bug: Exception, head: Head, endpoint: Endpoint | None) -> None:
        self._emit(
            Crashed(
                request_id=head.request_id,
                where=endpoint.name if endpoint else "front",
                traceback="".join(traceback.format_exception(bug)),
            )
        )

    def _refusal(self, failure: Failure, head: Head, endpoint: Endpoint | None) -> Reply:
        return self._options.problems.of(
            failure,
            head.request_id,
            headers=self._explaining(failure),
            languages=head.headers.text(b"accept-language"),
            place=endpoint.place if endpoint else None,
            documents=endpoint.errors if endpoint else None,
        )

    def _explaining(self, failure: Failure) -> tuple[tuple[str, str], ...]:
        """Headers that go with a failure: how to sign in, how to encode, what the service added."""
        headers: tuple[tuple[str, str], ...] = ()
        if isinstance(failure, ServiceSaid):
            headers = self._options.metadata.outbound(failure.trailers)
        if isinstance(failure, Refused):
            headers = (*headers, ("www-authenticate", self._gate.challenge(failure)))
        elif failure.code is Code.UNAUTHENTICATED:
            again = Refused("A service did not accept these credentials.")
            headers = (*headers, ("www-authenticate", self._gate.challenge(again)))
        if failure.reason == "upgrade-required":
            headers = (*headers, ("upgrade", "websocket"), ("connection", "upgrade"))
        if failure.reason == "unsupported-encoding":
            taken = "gzip" if self._options.inflate else "identity"
            headers = (*headers, ("accept-encoding", taken))
        return headers

    def _not_allowed(self, found: MethodNotAllowed, head: Head) -> Reply:
        allowed = ", ".join(found.allowed)
        headers = (("allow", allowed),)
        if head.method == "OPTIONS":
            return Reply(NO_CONTENT, headers=encoded(headers))
        return self._options.problems.plain(
            "method-not-allowed", f"This path takes {allowed}.", head.request_id, headers=headers
        )

    async def _behind(
        self, scope: Scope, receive: Receive, send: Send, head: Head
    ) -> tuple[int, int, str]:
        """Let the shell answer; returns (status, bytes of body, reason)."""
        seen = [0, 0]

        async def watched(message: Scope) -> None:
            if message["type"] == "http.response.start":
                seen[0] = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", head.request_id.encode()),
                ]
            elif head.method == "HEAD":
                message["body"] = b""
            seen[1] += len(message.get("body", b""))
            await send(message)

        scope.setdefault("state", {})["request_id"] = head.request_id
        try:
            await self._shell(scope, receive, watched)
        except Exception as bug:  # noqa: BLE001 - a team's own code may raise anything
            self._crashed(bug, head, None)
            if not seen[0]:
                reply = self._options.problems.internal(head.request_id)
                seen[:] = reply.status, await put(reply, head, send)
        return seen[0], seen[1], "" if seen[0] < FIRST_ERROR else reason_of_status(seen[0])


def _context(head: Head, endpoint: Endpoint, rules: MetadataRules) -> RequestContext:
    headers = head.headers
    deadline = Deadline(monotonic() + allowed_s(headers, most_s=endpoint.deadline_s))
    metadata = head.tracing + head.forwarded.metadata + rules.inbound(headers)
    return RequestContext(head.request_id, deadline, NOBODY, headers, metadata, head.peer)
