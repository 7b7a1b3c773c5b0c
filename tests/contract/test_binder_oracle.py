"""The binder against an independent client: what google.api_core sends is what a service gets.

Every request type with a binding, of the demo and of the annotated protos that
googleapis-common-protos ships: a random message, made into an HTTP request by google's own client
code, must come out of our Router and Binder as the same message, bit by bit.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.cloud.location import locations_pb2
from google.longrunning import operations_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.request.bind import Binder
from bff.contract.routes.http_rule import HttpBinding
from bff.contract.routes.router import Match, Router
from tests.contract.client_requests import messages, sent

DESCRIPTORS = Path(__file__).parents[2] / "generated" / "descriptors.binpb"
LIMITS = JsonLimits(query_parameters=1_000)
Route = tuple[RpcMethod, HttpBinding]


class Bench:
    """All routes of a catalog, behind one router."""

    def __init__(self, catalog: Catalog) -> None:
        self.hidden = frozenset(one.rpartition(".")[2] for one in catalog.sensitive_fields)
        options = JsonOptions(
            nonfinite=True,
            any=True,
            nul=True,
            open_enums=True,
            omit_sensitive=catalog.sensitive_fields,
        )
        codec = Codec(options, LIMITS, pool=catalog.pool)
        self.routes: dict[str, Route] = {
            f"{rpc.name} {binding}": (rpc, binding)
            for rpc in catalog.methods.values()
            for binding in rpc.bindings
        }
        self.router = Router(
            (binding.method, binding.template, name) for name, (_, binding) in self.routes.items()
        )
        self.binders = {
            name: Binder(rpc.request, binding, codec=codec, limits=LIMITS)
            for name, (rpc, binding) in self.routes.items()
        }


@cache
def demo() -> Bench:
    return Bench(Catalog.of(DESCRIPTORS.read_bytes()))


@cache
def googleapis() -> Bench:
    return Bench(Catalog.of(descriptor_set([operations_pb2.DESCRIPTOR, locations_pb2.DESCRIPTOR])))


def descriptor_set(files: Iterable[FileDescriptor]) -> bytes:
    """The files and everything that they import."""
    found: dict[str, Any] = {}
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file.name not in found:
            found[file.name] = descriptor_pb2.FileDescriptorProto()
            file.CopyToProto(found[file.name])
            waiting.extend(file.dependencies)
    return descriptor_pb2.FileDescriptorSet(file=found.values()).SerializeToString()


def check(bench: Bench, name: str, data: st.DataObject) -> None:
    rpc, binding = bench.routes[name]
    original = data.draw(messages(rpc, binding, bench.hidden))
    request = sent(original, binding)

    found = bench.router.match(request.method, request.path)

    assert isinstance(found, Match)
    assert name == found.target
    arrived = bench.binders[name].bind(
        found.values, request.query, request.body, content_type=request.content_type
    )
    assert original.SerializeToString(deterministic=True) == arrived.SerializeToString(
        deterministic=True
    )


@pytest.mark.parametrize("name", sorted(demo().routes))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_pm15_pm16_bd1_bd2_qp1_every_demo_request_arrives_as_it_was_sent(name, data):
    check(demo(), name, data)


@pytest.mark.parametrize("name", sorted(googleapis().routes))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_googles_own_annotated_requests_arrive_as_they_were_sent(name, data):
    check(googleapis(), name, data)


def test_the_oracle_has_something_to_say():
    assert (True, True) == (len(demo().routes) >= 15, len(googleapis().routes) > 5)
