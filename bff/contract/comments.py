"""Comments and line numbers of everything in a descriptor set, from its source info.

Called by contract/catalog.py; comments become the text of the API documents, a line the place of
          a mistake.
Source    google/protobuf/descriptor.proto, message SourceCodeInfo (paths of field numbers and
          indexes).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from google.protobuf.descriptor import (
    Descriptor,
    EnumValueDescriptor,
    FieldDescriptor,
    MethodDescriptor,
)
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from bff.contract.proto_options import AnyDescriptor

Path = tuple[int, ...]
_SERVICE = 6


class Comments:
    """Looks comments and places up by full name, such as "todos.v1.Todo.title"."""

    def __init__(self, files: Mapping[str, FileDescriptorProto]) -> None:
        self._text: dict[str, str] = {}
        self._line: dict[str, int] = {}
        for file in files.values():
            self._read(file)

    def __repr__(self) -> str:
        return f"<Comments on {len(self._text)} names>"

    def of(self, descriptor: AnyDescriptor) -> str:
        """The comment above (or else behind) the declaration; "" where there is none."""
        return self._text.get(full_name(descriptor), "")

    def place(self, declared: Descriptor | FieldDescriptor | MethodDescriptor) -> str:
        """ "todos/v1/todos.proto:31", or only the file's name where the set has no source info."""
        owner: Any = getattr(declared, "containing_service", declared)  # stubs lack fields' file
        file = str(owner.file.name)
        line = self._line.get(declared.full_name)
        return f"{file}:{line}" if line else file

    def _read(self, file: FileDescriptorProto) -> None:
        if not file.source_code_info.location:
            return
        names = dict(_names(file))
        for location in file.source_code_info.location:
            name = names.get(tuple(location.path))
            if name is None:
                continue
            self._line[name] = location.span[0] + 1
            text = _tidy(location.leading_comments or location.trailing_comments)
            if text:
                self._text[name] = text


def full_name(descriptor: AnyDescriptor) -> str:
    """A descriptor's full name; an enum's value, which has none, is named inside its enum."""
    if isinstance(descriptor, EnumValueDescriptor):
        return f"{descriptor.type.full_name}.{descriptor.name}"
    return str(descriptor.full_name)


def _tidy(comment: str) -> str:
    """Proto comments lose their left margin; blank lines keep paragraphs apart."""
    return "\n".join(line.strip() for line in comment.strip().splitlines())


def _names(file: FileDescriptorProto) -> Iterator[tuple[Path, str]]:
    scope = file.package
    yield from _messages(file.message_type, (4,), scope)
    yield from _enums(file.enum_type, (5,), scope)
    yield from _services(file.service, scope)


def _messages(
    found: Sequence[DescriptorProto], path: Path, scope: str
) -> Iterator[tuple[Path, str]]:
    for index, message in enumerate(found):
        here, name = (*path, index), _join(scope, message.name)
        yield here, name
        for number, field in enumerate(message.field):
            yield (*here, 2, number), _join(name, field.name)
        yield from _messages(message.nested_type, (*here, 3), name)
        yield from _enums(message.enum_type, (*here, 4), name)


def _enums(
    found: Sequence[EnumDescriptorProto], path: Path, scope: str
) -> Iterator[tuple[Path, str]]:
    for index, enum in enumerate(found):
        here, name = (*path, index), _join(scope, enum.name)
        yield here, name
        for number, value in enumerate(enum.value):
            yield (*here, 2, number), _join(name, value.name)


def _services(found: Sequence[ServiceDescriptorProto], scope: str) -> Iterator[tuple[Path, str]]:
    for index, service in enumerate(found):
        name = _join(scope, service.name)
        yield (_SERVICE, index), name
        for number, method in enumerate(service.method):
            yield (_SERVICE, index, 2, number), _join(name, method.name)


def _join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
