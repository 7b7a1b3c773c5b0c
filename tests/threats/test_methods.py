"""docs/spec/threats.md "un-annotated or internal RPC reached": every rpc that there is, asked for.

Why       One that nobody meant to publish is found by whoever reads a descriptor set.
"""

from itertools import product

import pytest
from google.api.annotations_pb2 import http
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from tests.journeys.conftest import ROOT, Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")
PLUMBING = (
    "grpc.health.v1.Health/Check",
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    "grpc.channelz.v1.Channelz/GetServers",
)
TYPES = ("application/json", "application/grpc", "application/grpc-web+proto", "application/proto")


def declared() -> dict[str, bool]:
    """Every rpc of the protos -> whether it is annotated; read with nothing of the BFF's."""
    files = FileDescriptorSet.FromString((ROOT / "generated/descriptors.binpb").read_bytes()).file
    return {
        f"{file.package}.{service.name}/{method.name}": method.options.HasExtension(http)
        for file in files
        for service in file.service
        for method in service.method
    }


async def test_row_36_no_rpc_is_reached_by_its_own_name(demo: Demo):
    """Annotated or not, and those of gRPC itself, which every service here serves."""
    rpcs = (*declared(), *PLUMBING)
    answers = [
        await demo.public.request(
            method, f"/{rpc}", headers={**demo.bearer("ada"), "content-type": kind}, content=b"{}"
        )
        for rpc, kind, method in product(rpcs, TYPES, ("POST", "GET"))
    ]
    assert {404} == {one.status_code for one in answers}
    assert [] == demo.services.record.methods


async def test_what_is_transcoded_is_what_is_annotated_and_nothing_else(demo: Demo):
    annotated = {rpc for rpc, is_annotated in declared().items() if is_annotated}
    transcoded = [one for one in demo.bff.blueprint.endpoints if one.plan is None and one.calls]
    assert annotated == {rpc for one in transcoded for rpc in one.calls}
    assert annotated < declared().keys(), "some are not, or this proves nothing"
