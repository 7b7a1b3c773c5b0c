"""One thing that is served: where, to whom, within which limits, in which shape, and what runs.

Why       A transcoded rpc and a view differ in who wrote them, not in what the other rooms need to
          know.
Called by compose (makes them), edge (mounts and runs them), publish, cli.
Never     holds an HTTP framework's object, so that any front door can serve it.
Source    DESIGN "everything served is an Endpoint"; OpenAPI 3.1 "Operation Object".
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bff.contract.path_template import PathTemplate
from bff.terms.codes import Code
from bff.terms.context import RequestContext

Access = Literal["public", "signed_in"]
Schema = Mapping[str, object]
"""A JSON Schema object (2020-12, as in OpenAPI 3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a client asked of one endpoint, already routed.

    values        decoded path values, parallel to `template.variables`
    query         the raw query string as latin-1 text, without "?"
    body          the whole body, within `max_body_bytes`
    content_type  the media type as sent, "" for none
    headers       lower-case names; the last of equal names wins
    """

    values: tuple[str, ...]
    query: str
    body: bytes
    content_type: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A soft part that failed: `path` is the JSON Pointer of the null in the answer."""

    path: str
    code: Code
    retryable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to the client.

    status   None: the endpoint's `success_status`
    headers  added to the answer as they are; several of one name stay several
    gaps     soft parts that failed; () for a complete answer
    """

    body: bytes
    media_type: str = "application/json"
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    gaps: tuple[Gap, ...] = ()


Run = Callable[[RequestContext, Ask], Awaitable[Answer]]
"""What an endpoint does. Raises a `terms.errors.Failure` for whatever a client must be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One value outside of the body. `schema` may be a `$ref` into the endpoint's components."""

    name: str
    where: Literal["path", "query", "header"]
    required: bool
    schema: Schema
    description: str
    deprecated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method on one path template.

    name            operation id, unique in the blueprint
    client          "api" for transcoded rpcs, "web", "mobile" or "public" for views
    declared_at     "todos/v1/todos.proto:31" or "bff/views/web/home.py:12"
    answer          None: no content
    components      what the schemas of this endpoint refer to, by name
    calls           names of the rpcs it may call, "pkg.Service/Method"
    soft            it may answer with gaps
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

    def __str__(self) -> str:
        return f"{self.name} ({self.declared_at})"
