"""What the protos promise: every rpc of the descriptor sets, with its messages, comments and
options.

Why       One reading of the contract; router, binder, codec and OpenAPI all start from it.
Called by app (makes it at boot), compose (turns annotated rpcs into endpoints), cli.
Never     uses the default descriptor pool or `generated`: any descriptor set can be served, and two
          sets that disagree with an installed package cannot hurt each other.
Source    google/protobuf/descriptor.proto; google/api/http.proto; google/api/field_behavior.proto.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import (
    Descriptor,
    FieldDescriptor,
    MethodDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from bff.contract.comments import Comments
from bff.contract.proto_options import AnyDescriptor, ProtoOptions
from bff.contract.routes.exposure import Exposure
from bff.contract.routes.http_rule import HttpBinding, check_binding
from bff.contract.schema import Described
from bff.terms.mistakes import ContractMistake, ContractMistakes, raise_any

Idempotency = Literal["unknown", "no_side_effects", "idempotent"]
_IDEMPOTENCY: tuple[Idempotency, ...] = ("unknown", "no_side_effects", "idempotent")


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcMethod:
    """One rpc. `name` is "pkg.Service/Method"; `declared_at` is "todos/v1/todos.proto:31"."""

    name: str
    service: str
    request: type[Message]
    reply: type[Message]
    client_streaming: bool
    server_streaming: bool
    idempotency: Idempotency
    bindings: tuple[HttpBinding, ...]
    comment: str
    deprecated: bool
    declared_at: str

    @property
    def path(self) -> str:
        """The HTTP/2 :path of the rpc."""
        return f"/{self.name}"

    @property
    def unary(self) -> bool:
        return not (self.client_streaming or self.server_streaming)

    def __str__(self) -> str:
        return f"{self.name} ({self.declared_at})"


class Catalog:
    """All rpcs and messages of some descriptor sets, in a descriptor pool of their own."""

    def __init__(
        self,
        files: Mapping[str, descriptor_pb2.FileDescriptorProto],
        exposure: Exposure | None = None,
    ) -> None:
        self.pool = _pool_of(files)
        self.exposure = exposure or Exposure()
        self.options = ProtoOptions(self.pool)
        self._comments = Comments(files)
        self._files = tuple(sorted(files))  # their protos are as large as the pool: let them go
        mistakes: list[ContractMistake] = []
        self.methods: Mapping[str, RpcMethod] = MappingProxyType(
            {rpc.name: rpc for rpc in sorted(self._methods(mistakes), key=lambda rpc: rpc.name)}
        )
        if self.exposure.rules:
            mistakes += self.exposure.rules.idle(self.methods)
        raise_any(mistakes)
        self.sensitive_fields = frozenset(self._fields(self._is_sensitive))
        self.input_only_fields = frozenset(self._fields(self._is_input_only))

    @classmethod
    def of(cls, *descriptor_sets: bytes, exposure: Exposure | None = None) -> "Catalog":
        """Read serialized google.protobuf.FileDescriptorSet messages (with their imports).

        exposure  which rpcs get bindings, beside the annotated ones
        Raises ContractMistakes for bytes that are no descriptor set, a missing import, a bad rule,
               or a rule that selects nothing.
        """
        return cls(_files_of(descriptor_sets), exposure)

    def __repr__(self) -> str:
        return f"<Catalog of {len(self.methods)} rpcs in {len(self._files)} files>"

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(sorted({rpc.service for rpc in self.methods.values()}))

    @property
    def reads(self) -> frozenset[str]:
        """The rpcs without side effects, by name."""
        found = self.methods.values()
        return frozenset(rpc.name for rpc in found if rpc.idempotency == "no_side_effects")

    def describe(self, descriptor: AnyDescriptor) -> Described:
        """Comment, deprecation, field behaviours and sensitivity of a message, field, enum or
        value.
        """
        return Described(
            comment=self._comments.of(descriptor),
            deprecated=bool(descriptor.GetOptions().deprecated),
            behaviors=self.options.behaviors(descriptor),
            sensitive=bool(self.options.value(descriptor, "bff.v1.sensitive")),
        )

    def place(self, declared: Descriptor | FieldDescriptor | MethodDescriptor) -> str:
        """Where a proto declares it: "todos/v1/todos.proto:31"."""
        return self._comments.place(declared)

    def service_comment(self, service: str) -> str:
        return self._comments.of(self.pool.FindServiceByName(service))

    def required(self, field: FieldDescriptor) -> bool:
        """Whether `(google.api.field_behavior) = REQUIRED` (AIP-203)."""
        return "REQUIRED" in self.options.behaviors(field)

    def _methods(self, mistakes: list[ContractMistake]) -> Iterator[RpcMethod]:
        for service in self._services():
            for method in service.methods:
                yield self._method(service, method, mistakes)

    def _services(self) -> Iterator[ServiceDescriptor]:
        for name in self._files:
            yield from self.pool.FindFileByName(name).services_by_name.values()

    def _method(
        self, service: ServiceDescriptor, method: MethodDescriptor, mistakes: list[ContractMistake]
    ) -> RpcMethod:
        options = method.GetOptions()
        name = f"{service.full_name}/{method.name}"
        where = self._comments.place(method)
        return RpcMethod(
            name=name,
            service=service.full_name,
            request=GetMessageClass(method.input_type),
            reply=GetMessageClass(method.output_type),
            client_streaming=method.client_streaming,
            server_streaming=method.server_streaming,
            idempotency=_IDEMPOTENCY[options.idempotency_level],
            bindings=self._bindings(method, f"{name} ({where})", mistakes),
            comment=self._comments.of(method),
            deprecated=bool(options.deprecated),
            declared_at=where,
        )

    def _bindings(
        self, method: MethodDescriptor, where: str, mistakes: list[ContractMistake]
    ) -> tuple[HttpBinding, ...]:
        rule = self.options.value(method, "google.api.http")
        rpc = f"{method.containing_service.full_name}/{method.name}"
        try:
            bindings = self.exposure.bindings(rpc, rule if isinstance(rule, Message) else None)
        except ContractMistakes as group:
            mistakes.extend(ContractMistake(what, where=where) for what in group.whats)
            return ()
        for binding in bindings:
            wrong = check_binding(binding, method.input_type, method.output_type)
            mistakes.extend(ContractMistake(one.what, where=where) for one in wrong)
        return bindings

    def _is_sensitive(self, field: FieldDescriptor) -> bool:
        return bool(self.options.value(field, "bff.v1.sensitive"))

    def _is_input_only(self, field: FieldDescriptor) -> bool:
        return "INPUT_ONLY" in self.options.behaviors(field)

    def _fields(self, wanted: Callable[[FieldDescriptor], bool]) -> Iterator[str]:
        for name in self._files:
            for message in _messages(self.pool.FindFileByName(name).message_types_by_name.values()):
                for field in message.fields:
                    if wanted(field):
                        yield field.full_name


def _messages(found: Iterable[Descriptor]) -> Iterator[Descriptor]:
    for message in found:
        yield message
        yield from _messages(message.nested_types)


def _files_of(descriptor_sets: Iterable[bytes]) -> dict[str, descriptor_pb2.FileDescriptorProto]:
    files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
    for data in descriptor_sets:
        try:
            found = descriptor_pb2.FileDescriptorSet.FromString(data)
        except DecodeError:
            what = "this is no google.protobuf.FileDescriptorSet: protoc -o FILE --include_imports"
            raise ContractMistakes.of([ContractMistake(what, where="descriptors")]) from None
        for file in found.file:
            files.setdefault(file.name, file)
    return files


def _pool_of(files: Mapping[str, descriptor_pb2.FileDescriptorProto]) -> DescriptorPool:
    pool = DescriptorPool()
    missing: list[ContractMistake] = []
    done: set[str] = set()

    def add(name: str, wanted_by: str) -> None:
        if name in done:
            return
        done.add(name)
        if name not in files:
            what = f'the import "{name}" is missing: make the set with --include_imports'
            missing.append(ContractMistake(what, where=wanted_by))
            return
        for dependency in files[name].dependency:
            add(dependency, name)
        if not missing:
            _add_file(pool, files[name], missing)

    for name in sorted(files):
        add(name, name)
    if missing:
        raise ContractMistakes.of(missing)
    return pool


def _add_file(
    pool: DescriptorPool, file: descriptor_pb2.FileDescriptorProto, mistakes: list[ContractMistake]
) -> None:
    try:
        pool.Add(file)
    except TypeError as refused:
        mistakes.append(ContractMistake(f"the descriptor is not valid: {refused}", where=file.name))
