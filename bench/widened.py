"""The benchmark's contract, made large: many services, each with messages and routes of its own.

Why       Whoever has a thousand rpcs must not pay for them at each request, nor wait for them long.
Called by whole.py.
Never     shares a message between two services: real contracts do not either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
)

_PACKAGE = "bench.v1"
_TOP = "bench.proto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many services, and how many rpcs in each."""

    services: int
    rpcs_each: int

    @property
    def rpcs(self) -> int:
        return self.services * self.rpcs_each


def package(service: int) -> str:
    """The package of a generated service.

    >>> package(7)
    'bench.s0007.v1'
    """
    return f"bench.s{service:04}.v1"


def path(service: int, rpc: int) -> str:
    """A path that the generated rpc serves."""
    return f"/v1/s{service:04}/things{rpc}/zoe"


def widened(descriptor_set: bytes, size: Size) -> bytes:
    """A descriptor set of so many services, each rpc a GetUser at a path of its own."""
    found = FileDescriptorSet.FromString(descriptor_set)
    top = next(one for one in found.file if one.name == _TOP)
    made = FileDescriptorSet(file=[one for one in found.file if one.name != _TOP])
    made.file.extend(_file(top, service, size.rpcs_each) for service in range(size.services))
    return made.SerializeToString()


def _file(top: FileDescriptorProto, service: int, rpcs: int) -> FileDescriptorProto:
    made = FileDescriptorProto()
    made.CopyFrom(top)
    made.name = f"s{service:04}.proto"
    made.package = package(service)
    made.ClearField("source_code_info")
    del made.service[:]
    for message in made.message_type:
        _moved(message, made.package)
    made.service.add(name="Things", method=_methods(service, rpcs))
    return made


def _moved(message: DescriptorProto, to: str) -> None:
    for one in message.field:
        if one.type_name:  # setting it would make a scalar a message
            one.type_name = one.type_name.replace(f".{_PACKAGE}.", f".{to}.", 1)
    for nested in message.nested_type:
        _moved(nested, to)


def _methods(service: int, rpcs: int) -> Iterator[MethodDescriptorProto]:
    own = f".{package(service)}"
    for number in range(rpcs):
        made = MethodDescriptorProto(
            name=f"GetThing{number}", input_type=f"{own}.GetUserRequest", output_type=f"{own}.User"
        )
        template = path(service, number).removesuffix("zoe") + "{user_id}"
        rule: Any = annotations_pb2.http
        made.options.Extensions[rule].get = template
        yield made
