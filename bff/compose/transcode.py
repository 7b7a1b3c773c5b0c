"""Serve an annotated rpc as REST: the endpoint that the proto wrote.

Why       One rpc, one route, no code: what a request may hold and what the answer looks like, the
          proto says.
Called by app at boot, once per binding of every annotated rpc.
Source    google/api/http.proto; docs/spec/transcoding.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bff.calls.call import Calls
from bff.compose.endpoint import Access, Endpoint
from bff.compose.operation_names import operation_names
from bff.compose.reply_reader import ReplyReader
from bff.compose.streaming import Streaming, StreamOptions
from bff.compose.surface import Surface
from bff.compose.unary import unary_runner
from bff.compose.way import Way, Ways
from bff.contract.bind import Binder
from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.codec import Codec
from bff.contract.error_details import DetailReader
from bff.contract.error_document import ErrorDocuments
from bff.contract.field_place import FieldPlace
from bff.contract.http_rule import HttpBinding
from bff.contract.json_options import JsonLimits
from bff.contract.metadata import MetadataRules
from bff.contract.protobuf_body import ProtobufBody
from bff.contract.rest_options import RestOptions, rest_options_of
from bff.contract.resume import Resume, resume_of
from bff.contract.schema import Schemas
from bff.terms.mistakes import ContractMistake, ContractMistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscodeOptions:
    """`access`: "pkg.Service/Method" -> who may call it; `default_access` for the others.

    ignored_parameters  as contract/bind.py has it
    """

    default_access: Access = "signed_in"
    access: Mapping[str, Access] = field(default_factory=dict)
    deadline_s: float = 2.0
    metadata: MetadataRules = field(default_factory=MetadataRules)
    streams: StreamOptions = field(default_factory=StreamOptions)
    ignored_parameters: frozenset[str] = frozenset()


class Transcoder:
    """Makes endpoints of annotated rpcs; holds what they share.

    Raises ContractMistakes for options of ours that do not fit their rpc
    """

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
        mistakes: list[ContractMistake] = []
        self._rest = _rest_options(catalog, mistakes)
        self._resumes = _resumes(catalog, mistakes, hidden=codec.options.omit_sensitive)
        if mistakes:
            raise ContractMistakes.of(mistakes)
        self._streaming = Streaming(
            calls=calls,
            codec=codec,
            limits=limits,
            errors=self.errors,
            metadata=options.metadata,
            options=options.streams,
        )
        # one for all: types that many rpcs share are described once
        self._schemas = Schemas(codec.options, catalog.describe)
        self._names = operation_names(
            (rpc.name, binding.index)
            for rpc in catalog.methods.values()
            for binding in rpc.bindings
        )

    def __repr__(self) -> str:
        return f"<Transcoder of {self._catalog!r}>"

    @property
    def errors(self) -> ErrorDocuments:
        """How failures are told: as the JSON settings say, with the served protos' own details."""
        options = self._codec.options
        return ErrorDocuments(
            DetailReader(options.error_details, self._codec), shape=options.errors
        )

    @property
    def tags(self) -> Mapping[str, str]:
        """The comment of every service, by its name, which is its tag."""
        return {name: self._catalog.service_comment(name) for name in self._catalog.services}

    def endpoints(self) -> tuple[Endpoint, ...]:
        """One endpoint per binding of every rpc that has one."""
        found = [
            self._endpoint(rpc, binding)
            for rpc in self._catalog.methods.values()
            for binding in rpc.bindings
        ]
        components = self._schemas.components
        return tuple(replace(one, components=components) for one in found)

    def _endpoint(self, rpc: RpcMethod, binding: HttpBinding) -> Endpoint:
        binder = self._binder(rpc, binding)
        place = FieldPlace(rpc.request, binding, self._codec)
        way = self._way(rpc, binding, binder=binder, place=place)
        summary, _, description = rpc.comment.partition("\n")
        surface = Surface(
            rpc=rpc,
            binding=binding,
            catalog=self._catalog,
            binder=binder,
            rest=self._rest[rpc.name],
            resume=self._resumes[rpc.name],
            schemas=self._schemas,
        )
        return Endpoint(
            name=self._names[rpc.name, binding.index],
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
            parameters=surface.parameters,
            body=surface.body,
            body_required=surface.body_required,
            answer=surface.answer,
            answer_headers=surface.answer_headers,
            success_status=surface.rest.status,
            components={},
            calls=(rpc.name,),
            soft=False,
            place=place,
            run=way.run,
            produces=way.produces,
            streams=way.streams,
            takes_pieces=way.takes_pieces,
            converse=way.converse,
        )

    def _binder(self, rpc: RpcMethod, binding: HttpBinding) -> Binder:
        return Binder(
            rpc.request,
            binding,
            codec=self._codec,
            limits=self._limits,
            ignored_parameters=self._options.ignored_parameters,
            required=self._catalog.required,
        )

    def _way(
        self,
        rpc: RpcMethod,
        binding: HttpBinding,
        *,
        binder: Binder,
        place: FieldPlace,
    ) -> Way:
        rest = self._rest[rpc.name]
        replies = ReplyReader(
            rpc, binding, codec=self._codec, rest=rest, metadata=self._options.metadata
        )
        if not rpc.unary:
            resume = self._resumes[rpc.name]
            return Ways(
                shared=self._streaming, binder=binder, replies=replies, resume=resume, place=place
            ).of(rpc, binding)
        run = unary_runner(
            rpc,
            binder=binder,
            binary=ProtobufBody.of(rpc.request, binding, self._codec),
            replies=replies,
            rest=rest,
            calls=self._calls,
        )
        return Way(run=run, produces=replies.produces)


def _rest_options(catalog: Catalog, mistakes: list[ContractMistake]) -> Mapping[str, RestOptions]:
    """Options by rpc name, those of every served rpc checked."""
    return {
        rpc.name: rest_options_of(
            catalog.options,
            catalog.pool.FindMethodByName(rpc.name.replace("/", ".")),
            mistakes,
        )
        for rpc in catalog.methods.values()
        if rpc.bindings
    }


def _resumes(
    catalog: Catalog, mistakes: list[ContractMistake], *, hidden: frozenset[str]
) -> Mapping[str, Resume]:
    """How clients go on where they were, by rpc name."""
    return {
        rpc.name: resume_of(
            catalog.options,
            catalog.pool.FindMethodByName(rpc.name.replace("/", ".")),
            mistakes,
            hidden=hidden,
        )
        for rpc in catalog.methods.values()
        if rpc.bindings
    }
