"""Read a descriptor set into what a typed client needs to know: services, rpcs, parameters.

Called by generation.py (reads), client_text.py (writes Python from it).
Never     imports generated modules: it looks at descriptors in a pool of its own.
Source    google/protobuf/descriptor.proto; google/api/field_behavior.proto (AIP-203).
"""

import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    FieldDescriptor,
    MethodDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet, MethodOptions
from google.protobuf.descriptor_pool import DescriptorPool

from bff.contract.comments import Comments
from bff.contract.proto_options import ProtoOptions
from bff.terms.mistakes import ContractMistake

_SCALARS: Mapping[int, str] = {
    FieldDescriptor.CPPTYPE_BOOL: "bool",
    FieldDescriptor.CPPTYPE_DOUBLE: "float",
    FieldDescriptor.CPPTYPE_FLOAT: "float",
    FieldDescriptor.CPPTYPE_INT32: "int",
    FieldDescriptor.CPPTYPE_INT64: "int",
    FieldDescriptor.CPPTYPE_UINT32: "int",
    FieldDescriptor.CPPTYPE_UINT64: "int",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeName:
    """A Python type. `file` is the proto that defines it, "" for a builtin; `name` "Todo.State"."""

    file: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a request. A map is repeated and has a `key`; `type` is that of its values."""

    name: str
    type: TypeName
    repeated: bool
    key: TypeName | None
    required: bool
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One rpc. `fields` are the request's, in the order of the proto."""

    name: str
    request: TypeName
    reply: TypeName
    fields: tuple[Field, ...]
    client_streaming: bool
    server_streaming: bool
    idempotent: bool
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service. `full_name` is "todos.v1.TodoService"."""

    name: str
    full_name: str
    comment: str
    methods: tuple[Method, ...]


def file_names(descriptor_set: bytes) -> tuple[str, ...]:
    """The name of every file in the set, imports first."""
    return tuple(file.name for file in FileDescriptorSet.FromString(descriptor_set).file)


def read_services(descriptor_set: bytes) -> Mapping[str, tuple[Service, ...]]:
    """Services by the name of the proto that declares them; only protos that declare any."""
    files = {file.name: file for file in FileDescriptorSet.FromString(descriptor_set).file}
    pool = DescriptorPool()
    for file in files.values():  # protoc lists imports before their importers
        pool.Add(file)  # type: ignore[no-untyped-call, unused-ignore]
    reader = _Reader(ProtoOptions(pool), Comments(files))
    return {
        name: tuple(reader.services(pool, file)) for name, file in files.items() if file.service
    }


def unspeakable(services: Iterable[Service]) -> Iterator[ContractMistake]:
    """Types that no Python source can name: a message that is called `None`, say."""
    for service in services:
        for method in service.methods:
            used = (method.request, method.reply, *(field.type for field in method.fields))
            for name in {it.name for it in used if any(map(keyword.iskeyword, it.name.split(".")))}:
                what = f'the name of "{name}" is a keyword of Python: rename it'
                yield ContractMistake(what, where=f"{service.full_name}/{method.name}")


class _Reader:
    def __init__(self, options: ProtoOptions, comments: Comments) -> None:
        self._options = options
        self._comments = comments

    def services(self, pool: DescriptorPool, file: FileDescriptorProto) -> Iterator[Service]:
        for declared in file.service:
            full_name = f"{file.package}.{declared.name}".lstrip(".")
            service = pool.FindServiceByName(full_name)
            yield Service(
                name=service.name,
                full_name=full_name,
                comment=self._comment(service),
                methods=tuple(self._method(method) for method in service.methods),
            )

    def _method(self, method: MethodDescriptor) -> Method:
        streams = method.client_streaming
        return Method(
            name=method.name,
            request=_type_of(method.input_type),
            reply=_type_of(method.output_type),
            fields=() if streams else tuple(map(self._field, method.input_type.fields)),
            client_streaming=streams,
            server_streaming=method.server_streaming,
            idempotent=method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN,
            comment=self._comment(method),
        )

    def _field(self, field: FieldDescriptor) -> Field:
        entry = _map_entry(field)
        value = entry.fields_by_name["value"] if entry else field
        return Field(
            name=field.name,
            type=_field_type(value),
            repeated=field.is_repeated,
            key=_field_type(entry.fields_by_name["key"]) if entry else None,
            required=field.is_required or "REQUIRED" in self._options.behaviors(field),
            comment=self._comments.of(field),
        )

    def _comment(self, descriptor: ServiceDescriptor | MethodDescriptor) -> str:
        comment = self._comments.of(descriptor)
        if descriptor.GetOptions().deprecated:
            return f"Deprecated. {comment}".strip()
        return comment


def _map_entry(field: FieldDescriptor) -> Descriptor | None:
    message = field.message_type
    return message if message is not None and message.GetOptions().map_entry else None


def _field_type(field: FieldDescriptor) -> TypeName:
    if field.message_type is not None:
        return _type_of(field.message_type)
    if field.enum_type is not None:
        return _type_of(field.enum_type)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return TypeName(file="", name="bytes")
    return TypeName(file="", name=_SCALARS.get(field.cpp_type, "str"))


def _type_of(descriptor: Descriptor | EnumDescriptor) -> TypeName:
    package = descriptor.file.package
    name = descriptor.full_name.removeprefix(f"{package}." if package else "")
    return TypeName(file=descriptor.file.name, name=name)
