"""The front door: an ASGI app that serves every endpoint of the Blueprint.

Why       A framework's routing, validation and responses cost more than the work of a transcoded
          call; what we
          serve needs none of it. FastAPI stands behind this door for everything else (docs, health,
          own handlers).
Called by app (mounts it), any ASGI server.
Never     lets an answer out that is neither a success nor a problem document with a request id.
Source    ASGI 3; docs/spec/transcoding.md 1.8, 1.10.
"""

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Answer, Ask, Endpoint
from bff.contract.router import Match, MethodNotAllowed
from bff.contract.status import FIRST_ERROR, reason_of_status
from bff.edge.problem import internal, plain_problem, problem_of
from bff.edge.reply import Reply, put, reply_of
from bff.edge.request import Gone, Head, Receive, Scope, Send, body_of, head_of
from bff.terms.context import Metadata, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure, Refused
from bff.terms.events import Crashed, Emit, RequestFinished

App = Callable[[Scope, Receive, Send], Awaitable[None]]
_BODILESS_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Who may come in. `admit` returns the context with its identity or raises; `challenge` is for
    a 401.
    """

    admit: Callable[[RequestContext, Endpoint, tuple[str, ...]], Awaitable[RequestContext]]
    challenge: Callable[[Refused], str]


class _Told:
    """What the access log will say of one request; filled in as it becomes known."""

    __slots__ = ("endpoint", "gaps", "subject")

    def __init__(self) -> None:
        self.endpoint: Endpoint | None = None
        self.subject = ""
        self.gaps = 0


class Front:
    """Serves the Blueprint; hands every path that it does not know to `shell`."""

    def __init__(self, blueprint: Blueprint, *, shell: App, gate: Gate, emit: Emit) -> None:
        self._blueprint = blueprint
        self._shell = shell
        self._gate = gate
        self._emit = emit

    def __repr__(self) -> str:
        return f"<Front of {self._blueprint!r}>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._shell(scope, receive, send)
            return
        started_s = perf_counter()
        head = head_of(scope)
        told = _Told()
        try:
            reply = await self._reply(head, receive, told)
        except Gone:
            return
        if reply is None:
            status, sent_bytes, reason = await self._behind(scope, receive, send, head)
        else:
            sent_bytes = await put(reply, head, send)
            status, reason = reply.status, reply.reason
        endpoint = told.endpoint
        self._emit(
            RequestFinished(
                request_id=head.request_id,
                method=head.method,
                route=endpoint.template.text if endpoint else "",
                endpoint=endpoint.name if endpoint else "",
                status=status,
                reason=reason,
                subject=told.subject,
                peer=head.peer,
                elapsed_s=perf_counter() - started_s,
                sent_bytes=sent_bytes,
                gaps=told.gaps,
            )
        )

    async def _reply(self, head: Head, receive: Receive, told: _Told) -> Reply | None:
        """The answer, whatever happens; None for a path that is the shell's."""
        try:
            found = self._blueprint.router.match(head.method, head.path)
            if found is None:
                return None
            if isinstance(found, MethodNotAllowed):
                return _not_allowed(found, head)
            return await self._serve(found, head, receive, told)
        except Failure as failure:
            return problem_of(failure, head.request_id, headers=self._challenge(failure))
        except Gone:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            self._emit(
                Crashed(
                    request_id=head.request_id,
                    where=told.endpoint.name if told.endpoint else "front",
                    traceback=traceback.format_exc(),
                )
            )
            return internal(head.request_id)

    async def _serve(
        self, found: Match[Endpoint], head: Head, receive: Receive, told: _Told
    ) -> Reply:
        endpoint = told.endpoint = found.target
        context = await self._gate.admit(_context(head, endpoint), endpoint, head.authorizations)
        told.subject = context.identity.subject
        ask = await _ask(found, head, receive)
        answer: Answer = await endpoint.run(context, ask)
        told.gaps = len(answer.gaps)
        return reply_of(answer, endpoint, head)

    def _challenge(self, failure: Failure) -> tuple[tuple[str, str], ...]:
        if isinstance(failure, Refused):
            return (("www-authenticate", self._gate.challenge(failure)),)
        return ()

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
            seen[1] += len(message.get("body", b""))
            await send(message)

        scope.setdefault("state", {})["request_id"] = head.request_id
        await self._shell(scope, receive, watched)
        return seen[0], seen[1], "" if seen[0] < FIRST_ERROR else reason_of_status(seen[0])


async def _ask(found: Match[Endpoint], head: Head, receive: Receive) -> Ask:
    body = b""
    if head.method not in _BODILESS_METHODS:
        body = await body_of(head, receive, limit_bytes=found.target.max_body_bytes)
    return Ask(
        values=found.values,
        query=head.query,
        body=body,
        content_type=head.headers.get("content-type", ""),
        headers=head.headers,
    )


def _context(head: Head, endpoint: Endpoint) -> RequestContext:
    metadata: Metadata = (("x-request-id", head.request_id),)
    if head.traceparent:
        metadata = (*metadata, ("traceparent", head.traceparent))
    return RequestContext(
        request_id=head.request_id,
        deadline=Deadline.after(endpoint.deadline_s),
        headers=head.headers,
        metadata=metadata,
        peer=head.peer,
    )


def _not_allowed(found: MethodNotAllowed, head: Head) -> Reply:
    allowed = ", ".join(found.allowed)
    if head.method == "OPTIONS":
        return Reply(status=204, headers=(("allow", allowed),))
    detail = f"This path takes {allowed}."
    return plain_problem(
        "method-not-allowed", detail, head.request_id, headers=(("allow", allowed),)
    )
