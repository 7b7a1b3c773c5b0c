"""Ask a running server for its own contract, by gRPC server reflection.

Why       A server that can say what it speaks needs no file beside it.
Called by sources.py, at boot and in development again and again.
Never     trusts an endless or garbled answer: everything ends at the deadline.
Trap      v1 and v1alpha differ in their package's name alone, so that the messages of one read the
          other's bytes; servers may know either. Where a server refuses a stream while grpc.aio
          still writes to it, grpc.aio may say INTERNAL in place of UNIMPLEMENTED: ask once more.
Source    grpc/doc/server-reflection.md; grpc/reflection/v1/reflection.proto.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha.reflection_pb2 import (
    ServerReflectionRequest,
    ServerReflectionResponse,
)

from bff.contract.routes.exposure import is_plumbing
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.mistakes import ContractMistake, ContractMistakes
from bff.transport.transport import Transport

_VERSIONS = ("grpc.reflection.v1", "grpc.reflection.v1alpha")
_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflected:
    """What a server serves: its own services, sorted, and a FileDescriptorSet with all imports."""

    services: tuple[str, ...]
    descriptor_set: bytes


async def reflected(transport: Transport, *, address: str, deadline: Deadline) -> Reflected:
    """Ask for every service but gRPC's own ones (health, reflection, channelz).

    address  how the operator calls the server: the place of a mistake
    Raises   ContractMistakes with one sentence: unreachable, no reflection, nothing served, ...
    """
    try:
        return await _asked(transport, deadline)
    except ContractMistake as mistake:
        what = mistake.what
    except DecodeError:
        what = "the server answers reflection with something that is not its protocol"
    except Failure as failure:
        what = _sentence(failure)
    raise ContractMistakes.of([ContractMistake(what, where=f"reflect {address}")])


async def _asked(transport: Transport, deadline: Deadline) -> Reflected:
    dialogue, services = await _begun(transport, deadline)
    files = await dialogue.files(services)
    found = FileDescriptorSet(file=[files[name] for name in sorted(files)])
    return Reflected(services=services, descriptor_set=found.SerializeToString())


async def _begun(transport: Transport, deadline: Deadline) -> tuple["_Dialogue", tuple[str, ...]]:
    """A dialogue in the newest version that the server knows, and its first answer."""
    unknown: set[str] = set()
    garbled: Failure | None = None
    for version in _VERSIONS * _TRIES:
        if version in unknown:
            continue
        dialogue = _Dialogue(transport, version, deadline)
        try:
            return dialogue, await dialogue.services()
        except Failure as failure:
            if failure.code is Code.UNIMPLEMENTED:
                unknown.add(version)
            elif failure.code is Code.INTERNAL:
                garbled = failure
            else:
                raise
    if garbled and not unknown:
        raise garbled
    raise ContractMistake(
        "the server has no reflection: turn it on (grpc.reflection.v1), or give a descriptor set"
    )


class _Dialogue:
    """One version of the protocol, spoken with one server."""

    def __init__(self, transport: Transport, version: str, deadline: Deadline) -> None:
        self._transport = transport
        self._path = f"/{version}.ServerReflection/ServerReflectionInfo"
        self._deadline = deadline

    def __repr__(self) -> str:
        return f"<_Dialogue at {self._path}>"

    async def services(self) -> tuple[str, ...]:
        """Names of the server's own services. Raises ContractMistake when it has none."""
        (answer,) = await self._ask([ServerReflectionRequest(list_services="")])
        listed = sorted(one.name for one in answer.list_services_response.service)
        own = tuple(name for name in listed if not is_plumbing(name))
        if not own:
            raise ContractMistake("the server has reflection, but no service of its own")
        return own

    async def files(self, services: Sequence[str]) -> Mapping[str, FileDescriptorProto]:
        """The files that declare these services and everything that they import, by name."""
        files: dict[str, FileDescriptorProto] = {}
        await self._add(
            files, {name: ServerReflectionRequest(file_containing_symbol=name) for name in services}
        )
        while missing := _imports(files.values()) - files.keys():
            await self._add(
                files,
                {name: ServerReflectionRequest(file_by_filename=name) for name in sorted(missing)},
            )
            if unanswered := sorted(missing - files.keys()):
                raise ContractMistake(f"the server does not hand out {unanswered[0]}")
        return files

    async def _add(
        self,
        files: dict[str, FileDescriptorProto],
        questions: Mapping[str, ServerReflectionRequest],
    ) -> None:
        answers = await self._ask(list(questions.values()))
        for name, answer in zip(questions, answers, strict=True):
            if answer.HasField("error_response"):
                raise ContractMistake(f"the server does not know its own {name}")
            for raw in answer.file_descriptor_response.file_descriptor_proto:
                file = FileDescriptorProto.FromString(raw)
                files.setdefault(file.name, file)

    async def _ask(
        self, questions: Sequence[ServerReflectionRequest]
    ) -> list[ServerReflectionResponse]:
        """One answer for each question, in order, over one stream."""
        answers: list[ServerReflectionResponse] = []
        replies = self._transport.stream(
            self._path, _serialized(questions), metadata=(), deadline=self._deadline
        )
        async with aclosing(replies):
            async for wire in replies:
                answers.append(ServerReflectionResponse.FromString(wire))
                if len(answers) == len(questions):
                    return answers
        raise ContractMistake("the server ended its reflection before it had answered")


async def _serialized(
    questions: Iterable[ServerReflectionRequest],
) -> AsyncGenerator[bytes, None]:
    for question in questions:
        yield question.SerializeToString()


def _imports(files: Iterable[FileDescriptorProto]) -> set[str]:
    return {name for file in files for name in file.dependency}


def _sentence(failure: Failure) -> str:
    if failure.code is Code.UNAVAILABLE:
        return "nothing that speaks gRPC can be reached there"
    if failure.code is Code.DEADLINE_EXCEEDED:
        return "the server did not answer in time"
    return f"the server refuses reflection with {failure.code.name}: {failure.detail}"
