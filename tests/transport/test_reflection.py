"""Server reflection: what a server says of itself, and one sentence for each way to fail."""

import socket
from collections.abc import AsyncGenerator, AsyncIterable, Callable

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from grpc_reflection.v1alpha.reflection_pb2 import (
    ServerReflectionRequest,
    ServerReflectionResponse,
)

from bff.sources import ask_server
from bff.terms.codes import Code
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSaid
from bff.terms.mistakes import ContractMistakes
from bff.transport.reflection import reflected
from tests.serve.library import SERVICE, running_library, write_protos

FAR = Deadline(10**9)
OWN = FileDescriptorProto(name="own.proto", dependency=["shared.proto"])
SHARED = FileDescriptorProto(name="shared.proto")

Reply = Callable[[ServerReflectionRequest], ServerReflectionResponse | bytes]


class Scripted:
    """A transport whose server answers by a function, and knows some versions of the protocol."""

    def __init__(self, reply: Reply, *, versions: tuple[str, ...] = ("v1", "v1alpha")) -> None:
        self.reply = reply
        self.versions = versions
        self.refusals = [Code.UNIMPLEMENTED]
        self.paths: list[str] = []

    async def stream(
        self, path: str, requests: AsyncIterable[bytes], **_: object
    ) -> AsyncGenerator[bytes, None]:
        self.paths.append(path)
        if not any(path.startswith(f"/grpc.reflection.{one}.") for one in self.versions):
            code = self.refusals.pop(0) if len(self.refusals) > 1 else self.refusals[0]
            raise ServiceSaid("no", code=code, source=path[1:])
        async for wire in requests:
            answer = self.reply(ServerReflectionRequest.FromString(wire))
            yield answer if isinstance(answer, bytes) else answer.SerializeToString()


def listing(*names: str) -> ServerReflectionResponse:
    answer = ServerReflectionResponse()
    for name in names:
        answer.list_services_response.service.add(name=name)
    return answer


def handing_out(*files: FileDescriptorProto) -> ServerReflectionResponse:
    answer = ServerReflectionResponse()
    answer.file_descriptor_response.file_descriptor_proto.extend(
        one.SerializeToString() for one in files
    )
    return answer


def one_by_one(request: ServerReflectionRequest) -> ServerReflectionResponse:
    """A server that hands out each file alone; grpcio's brings the imports along."""
    if request.HasField("list_services"):
        return listing("own.Own", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection")
    if request.file_by_filename == "shared.proto":
        return handing_out(SHARED)
    assert "own.Own" == request.file_containing_symbol
    return handing_out(OWN)


def file_names(descriptor_set: bytes) -> list[str]:
    return [one.name for one in FileDescriptorSet.FromString(descriptor_set).file]


async def mistake(transport: Scripted) -> str:
    with pytest.raises(ContractMistakes) as caught:
        await reflected(transport, address="there:1", deadline=FAR)  # type: ignore[arg-type]
    (told,) = caught.value.exceptions
    return str(told)


async def test_ht11_a_real_server_names_its_own_services_and_every_import(tmp_path):
    """Health and reflection are gRPC's own: they are left out."""
    async with running_library(write_protos(tmp_path)) as library:
        said = await ask_server(library.address)

    assert (SERVICE,) == said.services
    assert {"library/v1/books.proto", "library/v1/shelf.proto", "google/api/http.proto"} <= set(
        file_names(said.descriptor_set)
    )


async def test_imports_that_the_server_did_not_bring_along_are_asked_for():
    said = await reflected(Scripted(one_by_one), address="", deadline=FAR)  # type: ignore[arg-type]
    assert ("own.Own",) == said.services
    assert ["own.proto", "shared.proto"] == file_names(said.descriptor_set)


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_either_version_will_do(version):
    transport = Scripted(one_by_one, versions=(version,))
    said = await reflected(transport, address="", deadline=FAR)  # type: ignore[arg-type]
    assert ("own.Own",) == said.services


async def test_an_internal_that_grpc_aio_made_up_is_asked_again():
    transport = Scripted(one_by_one, versions=())
    transport.refusals = [Code.INTERNAL, Code.INTERNAL, Code.UNIMPLEMENTED]
    assert (await mistake(transport)).startswith("the server has no reflection")


async def test_a_server_without_reflection_says_what_to_do(tmp_path):
    async with running_library(write_protos(tmp_path), with_reflection=False) as library:
        with pytest.raises(ContractMistakes) as caught:
            await ask_server(library.address)
    assert [
        (
            "the server has no reflection: turn it on (grpc.reflection.v1), or give a descriptor"
            f" set @ reflect {library.address}"
        )
    ] == [str(one) for one in caught.value.exceptions]


async def test_nothing_there_is_one_sentence():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(ContractMistakes) as caught:
            await ask_server(address)
    assert [f"nothing that speaks gRPC can be reached there @ reflect {address}"] == [
        str(one) for one in caught.value.exceptions
    ]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (
            lambda _: listing("grpc.health.v1.Health"),
            "the server has reflection, but no service of its own",
        ),
        (
            lambda request: (
                listing("own.Own")
                if request.HasField("list_services")
                else ServerReflectionResponse(error_response={"error_code": 5})
            ),
            "the server does not know its own own.Own",
        ),
        (
            lambda request: (
                listing("own.Own") if request.HasField("list_services") else handing_out(OWN)
            ),
            "the server does not hand out shared.proto",
        ),
        (
            lambda _: b"\xff\xff",
            "the server answers reflection with something that is not its protocol",
        ),
    ],
)
async def test_a_server_that_tells_less_than_its_contract(reply, told):
    assert f"{told} @ reflect there:1" == await mistake(Scripted(reply))


async def test_a_refusal_names_its_code():
    transport = Scripted(one_by_one, versions=())
    transport.refusals = [Code.PERMISSION_DENIED]
    assert "the server refuses reflection with PERMISSION_DENIED: no @ reflect there:1" == (
        await mistake(transport)
    )
