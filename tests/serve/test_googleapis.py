"""Protos that are nobody's demo: Google's own services, as their package installs them."""

import pytest
from google.cloud.location import locations_pb2
from google.longrunning import operations_proto_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from bff.app import assemble
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence


def descriptor_set(*files: FileDescriptor) -> bytes:
    """These files of Python's own pool, with all that they import."""
    found: dict[str, FileDescriptor] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        found[file.name] = file
        waiting.extend(file.dependencies)
    whole = FileDescriptorSet()
    for file in found.values():
        file.CopyToProto(whole.file.add())
    return whole.SerializeToString()


@pytest.mark.parametrize(
    ("module", "routes"),
    [
        (
            operations_proto_pb2,
            {
                "GET /v1/{name=operations}",
                "GET /v1/{name=operations/**}",
                "DELETE /v1/{name=operations/**}",
                "POST /v1/{name=operations/**}:cancel",
            },
        ),
        (
            locations_pb2,
            {"GET /v1/{name=locations}", "GET /v1/{name=projects/*/locations/*}"},
        ),
    ],
    ids=["longrunning", "location"],
)
async def test_googles_own_services_boot_without_a_mistake(module, routes, tmp_path):
    (tmp_path / "google.binpb").write_bytes(descriptor_set(module.DESCRIPTOR))
    settings = load(
        None,
        environment={},
        overrides=Overrides(
            descriptors=(str(tmp_path / "google.binpb"),),
            services=(("*", "127.0.0.1:1"),),
            open_access=True,
        ),
    )
    bff = assemble(settings, emit=silence, metrics=Metrics())
    async with bff.running():
        served = {f"{one.method} {one.template.text}" for one in bff.blueprint.endpoints}

    assert routes <= served
