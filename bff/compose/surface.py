"""What clients see of an annotated rpc: its parameters, its body, its answer, as schemas.

Why       The same binder, options and rules that serve a request say here what it may hold, so the
          document and the server are two readers of one plan (OA7).
Called by compose/transcode.py, once per binding.
Never     reads a request.
Source    docs/spec/transcoding.md 1.11; AIP-203; RFC 9110 section 13.1.1 (If-Match).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.compose.endpoint import Parameter, Schema
from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.field_path import walk
from bff.contract.request.bind import Binder
from bff.contract.request.resume import LAST_EVENT_ID, Resume
from bff.contract.routes.http_rule import HttpBinding
from bff.contract.routes.rest_options import RestOptions
from bff.contract.schema import Schemas

_IF_MATCH = "The ETag of the version that you have seen: nothing is changed if it is another now."
_LAST_EVENT_ID = "The id of the last event that you have seen: the stream goes on behind it."
_TEXT: Schema = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """The outside of one binding. `schemas` collects the components that it refers to."""

    rpc: RpcMethod
    binding: HttpBinding
    catalog: Catalog
    binder: Binder
    rest: RestOptions
    resume: Resume
    schemas: Schemas

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of the path, then of the query, then headers with a meaning for this rpc."""
        return (*self._in_path(), *self._in_query(), *self._in_headers())

    @property
    def body(self) -> Schema | None:
        """What the body holds; None for none. A stream's body is one message of many."""
        if not self.binding.body:
            return None
        bound = [variable.field_path for variable in self.binding.template.variables]
        if self.binding.body == "*":
            return self.schemas.body(self._request, bound=bound, updates=self.binder.updates)
        names = tuple(self.binding.body.split("."))
        last = walk(self._request, names)[-1]
        if self.binder.takes_raw_body or last.is_repeated or last.message_type is None:
            return self.schemas.field(last, writing=False)
        inside = [path[len(names) :] for path in bound if path[: len(names)] == names]
        partial = self.binder.infers_mask
        return self.schemas.body(last.message_type, bound=inside, partial=partial)

    @property
    def body_required(self) -> bool:
        """Whether an empty body is refused: it lacks something, or changes nothing (PA6). One that
        may be many messages may be none.
        """
        if not self.binding.body or self.binder.takes_raw_body or self.rpc.client_streaming:
            return False
        if self.binding.body == "*":
            return "required" in self._own_object()
        path = walk(self._request, self.binding.body.split("."))
        return self.binder.infers_mask or all(map(self._asked_for, path))

    @property
    def answer(self) -> Schema | None:
        """What the answer holds; None for no content. A stream's is one message of many."""
        if self.rest.empty:
            return None
        reply = cast("Descriptor", self.rpc.reply.DESCRIPTOR)
        if not self.binding.response_body:
            return self.schemas.message(reply, writing=True)
        path = walk(reply, self.binding.response_body.split("."))
        return self.schemas.response_body(path[-1], nested=len(path) > 1)

    @property
    def answer_headers(self) -> tuple[str, ...]:
        """Headers of a success that this rpc's options bring."""
        location = ("Location",) if self.rest.location else ()
        return (*location, "ETag") if self.rest.etag else location

    @property
    def _request(self) -> Descriptor:
        return cast("Descriptor", self.rpc.request.DESCRIPTOR)

    def _own_object(self) -> Schema:
        """The schema of a body `*` itself, behind its reference."""
        schema = self.body or {}
        ref = str(schema.get("$ref", "")).rpartition("/")[2]
        return self.schemas.component(ref) or schema

    def _in_path(self) -> Iterator[Parameter]:
        for variable in self.binding.template.variables:
            last = walk(self._request, variable.field_path)[-1]
            yield self._parameter(".".join(variable.field_path), (last,), where_path=True)

    def _in_query(self) -> Iterator[Parameter]:
        for name, path in self.binder.query_fields:
            yield self._parameter(name, path, where_path=False)

    def _parameter(
        self, name: str, path: tuple[FieldDescriptor, ...], *, where_path: bool
    ) -> Parameter:
        described = self.catalog.describe(path[-1])
        required = where_path or all(self._is_there(path[: end + 1]) for end in range(len(path)))
        notes = [described.comment, *self._notes(name, path, required=required)]
        return Parameter(
            name=name,
            where="path" if where_path else "query",
            required=required,
            schema=self.schemas.parameter(path[-1]),
            description="\n\n".join(filter(None, notes)),
            deprecated=described.deprecated,
            spellings=frozenset() if where_path else frozenset(_spellings(path)),
        )

    def _notes(
        self, name: str, path: tuple[FieldDescriptor, ...], *, required: bool
    ) -> Iterator[str]:
        """How parameters depend on each other, for which OpenAPI has no words (QP18)."""
        if not required and self._asked_for(path[-1]):
            yield f"Required beside any other `{name.rpartition('.')[0]}.` parameter."
        oneof = path[-1].containing_oneof
        if oneof is not None and len(oneof.fields) > 1:
            yield f"Of the members of `{oneof.name}` only one may be sent."

    def _in_headers(self) -> Iterator[Parameter]:
        if self.rest.if_match:
            yield _header("If-Match", _IF_MATCH)
        if self.resume.resume_from:
            yield _header(LAST_EVENT_ID.title(), _LAST_EVENT_ID)

    def _is_there(self, path: tuple[FieldDescriptor, ...]) -> bool:
        """Whether every request has the field: it must, or the URL writes into it."""
        names = tuple(one.name for one in path)
        variables = self.binding.template.variables
        made = any(names == one.field_path[: len(names)] for one in variables)
        return made or self._asked_for(path[-1])

    def _asked_for(self, one: FieldDescriptor) -> bool:
        """Part of what every request must hold: by AIP-203, or by proto2."""
        return one.is_required or self.catalog.required(one)


def _spellings(path: tuple[FieldDescriptor, ...]) -> Iterator[str]:
    """Each part of the name may be in proto or in JSON spelling (QP2)."""
    for parts in product(*((one.name, one.json_name) for one in path)):
        yield ".".join(parts)


def _header(name: str, description: str) -> Parameter:
    return Parameter(
        name=name, where="header", required=False, schema=_TEXT, description=description
    )
