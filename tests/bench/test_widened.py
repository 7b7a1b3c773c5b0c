"""A contract made large is a valid contract: it builds, and every rpc has a route of its own."""

import pytest
from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from bench.places import BENCH
from bench.whole import ASKED_ROUTES, _paths
from bench.widened import Size, package, path, widened
from bff.codegen.protoc import compile_protos
from bff.contract.catalog import Catalog


@pytest.fixture(scope="module")
def narrow() -> bytes:
    return compile_protos(BENCH / "protos")


def test_every_rpc_is_there_under_its_own_path(narrow):
    catalog = Catalog.of(widened(narrow, Size(services=3, rpcs_each=2)))
    found = {
        (name, binding.template.text)
        for name, rpc in catalog.methods.items()
        for binding in rpc.bindings
    }
    asked = {
        (f"{package(service)}.Things/GetThing{rpc}", path(service, rpc).replace("zoe", "{user_id}"))
        for service in range(3)
        for rpc in range(2)
    }
    assert asked == found


def test_no_two_services_share_a_message(narrow):
    catalog = Catalog.of(widened(narrow, Size(services=2, rpcs_each=1)))
    replies = {rpc.reply.DESCRIPTOR.full_name for rpc in catalog.methods.values()}
    assert {"bench.s0000.v1.User", "bench.s0001.v1.User"} == replies


def test_a_service_of_the_wide_contract_answers_the_narrow_one_s_message(narrow):
    """The canned services know one User: the copies must read its bytes."""
    (wide,) = Catalog.of(widened(narrow, Size(services=1, rpcs_each=1))).methods.values()
    user = wide.reply(id="zoe", labels={"team": "growth"})
    assert ["growth"] == list(wide.reply.FromString(user.SerializeToString()).labels.values())


def test_annotations_of_other_files_are_kept(narrow):
    found = FileDescriptorSet.FromString(widened(narrow, Size(services=1, rpcs_each=1)))
    assert annotations_pb2.DESCRIPTOR.name in {one.name for one in found.file}


@pytest.mark.parametrize("size", [Size(services=1, rpcs_each=10), Size(services=100, rpcs_each=10)])
def test_asked_routes_lie_all_over_the_contract(size):
    asked = _paths(size)
    assert min(size.rpcs, ASKED_ROUTES) == len(set(asked))
    assert path(0, 0) == asked[0]
