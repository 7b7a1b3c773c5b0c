"""Serve an annotated rpc as REST: the endpoint that the proto wrote.

Why       One rpc, one route, no code: what a request may hold and what the answer looks like, the
          proto says.
Called by app at boot, once per binding of every annotated rpc.
Source    google/api/http.proto; docs/spec/transcoding.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bff.calls.call import Calls
from bff.compose.endpoint import Endpoint
from bff.compose.manner import Manner, Manners
from bff.compose.operation_names import operation_names
from bff.compose.reply_reader import ReplyReader
from bff.compose.streaming import StreamOptions
from bff.compose.surface import Surface
from bff.compose.unary import unary_runners
from bff.compose.way import Way, Ways
from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.codec import Codec
from bff.contract.json_options import JsonChoices, JsonLimits
from bff.contract.metadata import MetadataRules
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.request.bind import Binder
from bff.contract.request.field_place import FieldPlace
from bff.contract.request.protobuf_body import PROTOBUF, ProtobufBody
from bff.contract.request.resume import Resume, resume_of
from bff.contract.routes.http_rule import HttpBinding
from bff.contract.routes.rest_options import RestOptions, rest_options_of
from bff.contract.routes.rpc_access import access_option
from bff.contract.rules import Rules
from bff.terms.access import UNDECLARED, UNLESS_SAID, Access
from bff.terms.mistakes import ContractMistake, raise_any
from bff.terms.process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscodeOptions:
    """`default_access`: who may call an rpc whose proto says nothing; None: it must say something.

    ignored_parameters  as contract/request/bind.py has it
    usually  what every rpc does otherwise than the codec's options say; `choices`: what one does
    """

    default_access: Access | None = UNLESS_SAID
    deadline_s: float = 2.0
    metadata: MetadataRules = field(default_factory=MetadataRules)
    streams: StreamOptions = field(default_factory=StreamOptions)
    ignored_parameters: frozenset[str] = frozenset()
    usually: JsonChoices = field(default_factory=JsonChoices)
    choices: Mapping[str, JsonChoices] = field(default_factory=dict)


class Transcoder:
    """Makes endpoints of annotated rpcs; holds what they share.

    process  whose end its streams hear of
    Raises ContractMistakes for options of ours that do not fit their rpc, and for choices of no rpc
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        codec: Codec,
        limits: JsonLimits,
        calls: Calls,
        options: TranscodeOptions,
        process: Process | None = None,
    ) -> None:
        self._catalog = catalog
        self._limits = limits
        self._calls = calls
        self._options = options
        self._rules = Rules(catalog.options)
        mistakes = list(_choices_of_nobody(catalog, options.choices))
        self._rest = _rest_options(catalog, mistakes)
        self._access = _access(catalog, mistakes, default=options.default_access or UNDECLARED)
        self._resumes = _resumes(catalog, mistakes, hidden=codec.options.omit_sensitive)
        raise_any(mistakes)
        self._manners = Manners(
            catalog,
            codec,
            calls=calls,
            metadata=options.metadata,
            streams=options.streams,
            process=process or Process(),
        )
        self._usual = self._manners.of(options.usually.over(codec.options))
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
        return self._manners.usual.errors

    @property
    def tags(self) -> Mapping[str, str]:
        """The comment of every service, by its name, which is its tag."""
        return {name: self._catalog.service_comment(name) for name in self._catalog.services}

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The buf.validate options of what is served that only its service can follow; sorted."""
        served = [rpc for rpc in self._catalog.methods.values() if rpc.bindings]
        requests: list[Any] = [rpc.request.DESCRIPTOR for rpc in served]
        found: set[str] = set()
        return tuple(sorted(found.union(*map(self._rules.unchecked, requests))))

    def endpoints(self) -> tuple[Endpoint, ...]:
        """One endpoint per binding of every rpc that has one."""
        found = [
            (self._endpoint(rpc, binding, manner), manner.schemas)
            for rpc in self._catalog.methods.values()
            for manner in [self._manner(rpc)]
            for binding in rpc.bindings
        ]
        # All endpoints of one manner share one mapping: a copy each would make the boot quadratic.
        distinct = {id(schemas): schemas for _, schemas in found}
        components = {key: schemas.components for key, schemas in distinct.items()}
        return tuple(replace(one, components=components[id(schemas)]) for one, schemas in found)

    def _manner(self, rpc: RpcMethod) -> Manner:
        chosen = self._options.choices.get(rpc.name)
        if chosen is None:
            return self._usual
        return self._manners.of(chosen.over(self._usual.codec.options))

    def _endpoint(self, rpc: RpcMethod, binding: HttpBinding, manner: Manner) -> Endpoint:
        binder = self._binder(rpc, binding, manner)
        place = FieldPlace(rpc.request, binding, manner.codec)
        binary = ProtobufBody.of(rpc.request, binding, manner.codec)
        way = self._way(rpc, binding, manner, binder=binder, place=place, binary=binary)
        summary, _, description = rpc.comment.partition("\n")
        surface = Surface(
            rpc=rpc,
            binding=binding,
            catalog=self._catalog,
            binder=binder,
            rest=self._rest[rpc.name],
            resume=self._resumes[rpc.name],
            schemas=manner.schemas,
        )
        takes_binary = rpc.unary and binary.kind is not None
        return Endpoint(
            name=self._names[rpc.name, binding.index],
            method=binding.method,
            template=binding.template,
            client="api",
            access=self._access[rpc.name],
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
            takes=("application/json", *PROTOBUF) if takes_binary else ("application/json",),
            form_file=self._form_file(rpc, binding, binder),
            errors=manner.errors if manner.errors.shape != self.errors.shape else None,
            place=place,
            run=way.run,
            produces=way.produces,
            streams=way.streams,
            takes_pieces=way.takes_pieces,
            converse=way.converse,
            short=way.short,
        )

    def _form_file(self, rpc: RpcMethod, binding: HttpBinding, binder: Binder) -> str:
        if not binder.takes_raw_body or not self._limits.multipart_parts or not rpc.unary:
            return ""
        return "file" if binding.body == "*" else binding.body.rpartition(".")[2]

    def _binder(self, rpc: RpcMethod, binding: HttpBinding, manner: Manner) -> Binder:
        return Binder(
            rpc.request,
            binding,
            codec=manner.codec,
            limits=self._limits,
            ignored_parameters=self._options.ignored_parameters,
            required=self._catalog.required,
            rules=self._rules,
        )

    def _way(
        self,
        rpc: RpcMethod,
        binding: HttpBinding,
        manner: Manner,
        *,
        binder: Binder,
        place: FieldPlace,
        binary: ProtobufBody,
    ) -> Way:
        rest = self._rest[rpc.name]
        replies = ReplyReader(
            rpc, binding, codec=manner.codec, rest=rest, metadata=self._options.metadata
        )
        if not rpc.unary:
            resume = self._resumes[rpc.name]
            return Ways(
                shared=manner.streaming, binder=binder, replies=replies, resume=resume, place=place
            ).of(rpc, binding)
        run, short = unary_runners(
            rpc, binder=binder, binary=binary, replies=replies, rest=rest, calls=self._calls
        )
        return Way(run=run, produces=replies.produces, short=short)


def _choices_of_nobody(
    catalog: Catalog, choices: Mapping[str, JsonChoices]
) -> Iterator[ContractMistake]:
    for name in sorted(choices.keys() - catalog.methods.keys()):
        yield ContractMistake("no service has such an rpc", where=f'routes."{name}"')


def _access(
    catalog: Catalog, mistakes: list[ContractMistake], *, default: Access
) -> Mapping[str, Access]:
    """Who may call each served rpc, as far as its proto says."""
    return {
        rpc.name: access_option(catalog, rpc, mistakes) or default
        for rpc in catalog.methods.values()
        if rpc.bindings
    }


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
