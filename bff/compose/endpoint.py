"""One thing that is served: where, to whom, within which limits, in which shape, and what runs.

Why       A transcoded rpc and a view differ in who wrote them, not in what the other rooms need to
          know.
Called by compose (makes them), edge (mounts and runs them), publish, cli.
Never     holds an HTTP framework's object, so that any front door can serve it.
Source    DESIGN "everything served is an Endpoint"; OpenAPI 3.1 "Operation Object".
"""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from google.protobuf.message import Message

from bff.calls.call import Cancel, Done
from bff.compose.caching import Caching
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.routes.path_template import PathTemplate
from bff.terms.access import Access
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.criticality import Criticality

if TYPE_CHECKING:  # a plan speaks of Access
    from bff.compose.view.plan import Plan

Schema = Mapping[str, object]
"""A JSON Schema object (2020-12, as in OpenAPI 3.1)."""


class Ask(NamedTuple):
    """What a client asked of one endpoint, already routed.

    values        decoded path values, parallel to `template.variables`
    query         the raw query string as latin-1 text, without "?"
    body          the whole body, within `max_body_bytes`
    content_type  the media type as sent, "" for none
    headers       lower-case names; the last of equal names wins
    accept        which of the endpoint's `produces` the client likes best
    pieces        the body while it arrives, where the endpoint `takes_pieces`; `body` is b"" then
    amend         changes the request's message once it is read, before it is checked; may raise
    """

    values: tuple[str, ...]
    query: str
    body: bytes
    content_type: str
    headers: Mapping[str, str]
    accept: str = "application/json"
    pieces: AsyncIterable[bytes] | None = None
    amend: Callable[[Message], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A soft part that failed: `path` is the JSON Pointer of the null in the answer."""

    path: str
    code: Code
    retryable: bool


class Answer(NamedTuple):
    """What goes back to the client.

    status   None: the endpoint's `success_status`
    headers  added to the answer as they are; several of one name stay several
    gaps     soft parts that failed; () for a complete answer
    caching  what caches are told; None: the endpoint caches nothing
    """

    body: bytes
    media_type: str = "application/json"
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    gaps: tuple[Gap, ...] = ()
    caching: Caching | None = None

    def with_headers(self, more: tuple[tuple[str, str], ...]) -> "Answer":
        """The same answer; a name that it has already keeps its value."""
        given = {name for name, _ in self.headers}
        new = tuple(pair for pair in more if pair[0] not in given)
        return self._replace(headers=(*self.headers, *new))


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """An answer that comes piece by piece, each to be sent as soon as it is there.

    chunks        started already: an early failure was raised by `run`. Closing it leaves the
                  services. A failure on the way is raised after the chunk that tells it.
    tells_errors  False where the bytes have no place for an error: only a broken connection can
                  say then that they are not all
    """

    media_type: str
    chunks: AsyncGenerator[bytes, None]
    headers: tuple[tuple[str, str], ...] = ()
    tells_errors: bool = True


Run = Callable[[RequestContext, Ask], Awaitable[Answer | Streamed]]
"""What an endpoint does. Raises a `terms.errors.Failure` for whatever a client must be told."""
Short = Callable[[RequestContext, Ask, Done], Cancel | None]
"""As Run, of a request that is here whole, and whose answer is JSON.

`done` is told the Answer, or why there is none; it may be called at once. None: nothing was begun,
and `run` serves. Raises as Run does: nothing was begun then, either.
"""
Converse = Callable[[RequestContext, Ask, AsyncIterable[bytes]], AsyncGenerator[bytes, None]]
"""JSON documents in, JSON documents out, both at any time. Raises as Run does, at any point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """How an endpoint talks over a WebSocket.

    most_frames  how many documents it reads, None for any number: later ones may be thrown away
    """

    run: Converse
    most_frames: int | None = None


class Refusal(NamedTuple):
    """A failure that is told. `reason` is the problem's slug, `document` what JSON clients get."""

    status: int
    reason: str
    document: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How an endpoint's answers look to people.

    drawn    (an answer in JSON, what was asked, names of the members that were asked for: None for
             all that is to be seen at first) -> the answer in HTML
    refused  (a failure, the request's headers) -> HTML
    """

    drawn: Callable[[Answer, Ask, frozenset[str] | None], Answer]
    refused: Callable[[Refusal, Mapping[str, str]], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One value outside of the body. `schema` may be a `$ref` into the endpoint's components.

    spellings  every name by which it may be sent, where `name` is not the only one
    """

    name: str
    where: Literal["path", "query", "header"]
    required: bool
    schema: Schema
    description: str
    deprecated: bool = False
    spellings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method on one path template.

    name            operation id, unique in the blueprint
    client          "api" for transcoded rpcs, "web", "mobile" or "public" for views
    declared_at     "todos/v1/todos.proto:31" or "bff/views/web/home.py:12"
    answer          None: no content
    answer_headers  names of headers that a success may have beside those of every answer
    components      what the schemas of this endpoint refer to, by name; may hold more
    calls           names of the rpcs it may call, "pkg.Service/Method"
    soft            it may answer with gaps
    produces        media types that the client may choose from (Accept), the favourite first;
                    () where the endpoint chooses by itself
    takes           media types that the body may have, the favourite first; raw bytes have any
    form_file       the part of a `multipart/form-data` body that is the file; "" for no forms (HB5)
    errors          how its failures are told; None: as the blueprint's
    place           a service's field path to where the client sent that field; None: the client
                    never saw the requests that its services get
    streams         it answers with `Streamed`
    takes_pieces    it reads the body while it arrives, as `Ask.pieces`
    converse        how it talks over a WebSocket; None: it does not
    short           a quicker `run` for what is asked most; None: there is none
    plan            what a view does, step by step; None: it is no view
    variants        plans that some callers get instead of `plan`
    varies_by       lower-case names of request headers, beside Accept, that choose what is answered
    page            how it answers in HTML; None: it does not
    criticality     who is refused first when not all can be answered
    """

    name: str
    method: str
    template: PathTemplate
    client: str
    access: Access
    deadline_s: float
    max_body_bytes: int
    summary: str
    description: str
    deprecated: bool
    tags: tuple[str, ...]
    declared_at: str
    parameters: tuple[Parameter, ...]
    body: Schema | None
    body_required: bool
    answer: Schema | None
    success_status: int
    components: Mapping[str, Schema]
    calls: tuple[str, ...]
    soft: bool
    run: Run
    answer_headers: tuple[str, ...] = ()
    produces: tuple[str, ...] = ("application/json",)
    takes: tuple[str, ...] = ("application/json",)
    form_file: str = ""
    errors: ErrorDocuments | None = None
    place: Callable[[str], str] | None = None
    streams: bool = False
    takes_pieces: bool = False
    converse: Conversation | None = None
    short: Short | None = None
    plan: "Plan | None" = None
    variants: "tuple[Plan, ...]" = ()
    varies_by: tuple[str, ...] = ()
    page: Page | None = None
    criticality: Criticality = "normal"

    def __str__(self) -> str:
        return f"{self.name} ({self.declared_at})"
