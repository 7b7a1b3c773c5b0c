"""Serve an annotated rpc as REST: the endpoint that the proto wrote.

Why       One rpc, one route, no code: what a request may hold and what the answer looks like, the
          proto says.
Called by app at boot, once per binding of every annotated rpc.
Source    google/api/http.proto; docs/spec/transcoding.md.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from google.protobuf.descriptor import FieldDescriptor

from bff.calls.call import Call, Calls
from bff.compose.endpoint import Access, Answer, Ask, Endpoint, Parameter, Schema
from bff.contract.bind import Binder
from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.http_rule import HttpBinding
from bff.contract.json_options import JsonLimits
from bff.contract.schema import Schemas
from bff.terms.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscodeOptions:
    """`access`: "pkg.Service/Method" -> who may call it; `default_access` for the others."""

    default_access: Access = "signed_in"
    access: Mapping[str, Access] = field(default_factory=dict)
    deadline_s: float = 2.0


class Transcoder:
    """Makes endpoints of annotated rpcs; holds what they share."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        codec: Codec,
        limits: JsonLimits,
        calls: Calls,
        options: TranscodeOptions,
    ) -> None:
        self._catalog = catalog
        self._codec = codec
        self._limits = limits
        self._calls = calls
        self._options = options

    def __repr__(self) -> str:
        return f"<Transcoder of {self._catalog!r}>"

    def endpoints(self) -> tuple[Endpoint, ...]:
        """One endpoint per binding of every unary rpc that has one."""
        return tuple(
            self._endpoint(rpc, binding)
            for rpc in self._catalog.methods.values()
            for binding in rpc.bindings
            if rpc.unary
        )

    def _endpoint(self, rpc: RpcMethod, binding: HttpBinding) -> Endpoint:
        schemas = Schemas(self._codec.options, self._catalog.describe)
        binder = Binder(
            rpc.request,
            binding,
            codec=self._codec,
            limits=self._limits,
            required=self._catalog.required,
        )
        summary, _, description = rpc.comment.partition("\n")
        service, _, method = rpc.name.rpartition("/")
        body = self._body(rpc, binding, schemas)
        answer = _answer(rpc, binding, schemas)
        parameters = (*self._in_path(rpc, binding, schemas), *self._in_query(binder, schemas))
        return Endpoint(
            name=f"{service.rpartition('.')[2]}_{method}{binding.index or ''}",
            method=binding.method,
            template=binding.template,
            client="api",
            access=self._options.access.get(rpc.name, self._options.default_access),
            deadline_s=self._options.deadline_s,
            max_body_bytes=self._limits.body_bytes,
            summary=summary,
            description=description.strip(),
            deprecated=rpc.deprecated,
            tags=(rpc.service,),
            declared_at=rpc.declared_at,
            parameters=parameters,
            body=body,
            body_required=False,
            answer=answer,
            success_status=200,
            components=schemas.components,
            calls=(rpc.name,),
            soft=False,
            run=self._runner(rpc, binding, binder),
        )

    def _runner(
        self, rpc: RpcMethod, binding: HttpBinding, binder: Binder
    ) -> Callable[[RequestContext, Ask], Awaitable[Answer]]:
        path = tuple(binding.response_body.split(".")) if binding.response_body else ()
        make, codec, reply = self._calls.make, self._codec, rpc.reply
        name, idempotent = rpc.name, rpc.idempotency != "unknown"

        def read(wire: bytes) -> bytes:
            return codec.wire_to_json(reply, wire, path)

        async def run(context: RequestContext, ask: Ask) -> Answer:
            request = binder.bind(ask.values, ask.query, ask.body, content_type=ask.content_type)
            body = await make(
                Call(
                    rpc=name,
                    request=request.SerializeToString(),
                    context=context,
                    read=read,
                    idempotent=idempotent,
                )
            )
            return Answer(body=body)

        return run

    def _in_path(
        self, rpc: RpcMethod, binding: HttpBinding, schemas: Schemas
    ) -> tuple[Parameter, ...]:
        return tuple(
            self._parameter(
                ".".join(variable.field_path),
                walk(rpc.request.DESCRIPTOR, variable.field_path)[-1],
                schemas,
                where_path=True,
            )
            for variable in binding.template.variables
        )

    def _in_query(self, binder: Binder, schemas: Schemas) -> tuple[Parameter, ...]:
        return tuple(
            self._parameter(name, one, schemas, where_path=False)
            for name, one in binder.query_fields
        )

    def _parameter(
        self, name: str, one: FieldDescriptor, schemas: Schemas, *, where_path: bool
    ) -> Parameter:
        described = self._catalog.describe(one)
        return Parameter(
            name=name,
            where="path" if where_path else "query",
            required=where_path or "REQUIRED" in described.behaviors,
            schema=schemas.field(one, writing=False),
            description=described.comment,
            deprecated=described.deprecated,
        )

    def _body(self, rpc: RpcMethod, binding: HttpBinding, schemas: Schemas) -> Schema | None:
        if not binding.body:
            return None
        if binding.body == "*":
            return schemas.message(rpc.request.DESCRIPTOR, writing=False)
        one = walk(rpc.request.DESCRIPTOR, binding.body.split("."))[-1]
        return schemas.field(one, writing=False)


def _answer(rpc: RpcMethod, binding: HttpBinding, schemas: Schemas) -> Schema:
    if not binding.response_body:
        return schemas.message(rpc.reply.DESCRIPTOR, writing=True)
    one = walk(rpc.reply.DESCRIPTOR, binding.response_body.split("."))[-1]
    return schemas.field(one, writing=True)
