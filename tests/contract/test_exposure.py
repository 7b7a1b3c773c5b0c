"""Which rpcs are served: annotations, rules over them (PT16), and the rest when asked (HT9)."""

import pytest
from google.api.http_pb2 import HttpRule

from bff.codegen import compile_protos
from bff.contract.catalog import Catalog
from bff.contract.routes.exposure import Exposure
from bff.contract.routes.service_rules import ServiceRules
from bff.terms.mistakes import ContractMistakes
from tests.serve.library import SERVICE, write_protos

GET = f"{SERVICE}/GetBook"
COUNT = f"{SERVICE}/CountBooks"


@pytest.fixture(scope="module")
def descriptor_set(tmp_path_factory):
    return compile_protos(write_protos(tmp_path_factory.mktemp("protos")))


def rules(*found: dict[str, str], **flags: bool) -> ServiceRules:
    return ServiceRules.parse({"http": {"rules": list(found), **flags}})


def bindings(catalog: Catalog) -> dict[str, list[str]]:
    return {rpc.name: [str(one) for one in rpc.bindings] for rpc in catalog.methods.values()}


def test_annotated_rpcs_are_served_and_no_others(descriptor_set):
    found = bindings(Catalog.of(descriptor_set))
    assert ["GET /v1/{name=shelves/*/books/*}"] == found[GET]
    assert [] == found[COUNT]


def test_ht9_every_other_rpc_is_served_at_its_grpc_path_when_asked(descriptor_set):
    catalog = Catalog.of(descriptor_set, exposure=Exposure(unannotated=True))
    assert [f"POST /{COUNT}"] == bindings(catalog)[COUNT]
    assert ["GET /v1/{name=shelves/*/books/*}"] == bindings(catalog)[GET]
    assert ["*"] == [one.body for one in catalog.methods[COUNT].bindings]


def test_pt16_the_last_rule_that_matches_wins_over_rules_and_annotation(descriptor_set):
    chosen = rules(
        {"selector": "library.v1.Library.*", "get": "/every/{name}"},
        {"selector": "library.v1.Library.CountBooks", "get": "/count/{name}"},
        {"selector": "library.v1.Library.LendBook", "post": "/lend/{name}"},
        {"selector": "library.v1.Library.WatchBooks", "get": "/watch/{name}"},
    )
    assert {
        GET: ["GET /every/{name}"],
        COUNT: ["GET /count/{name}"],
        f"{SERVICE}/LendBook": ["POST /lend/{name}"],
        f"{SERVICE}/WatchBooks": ["GET /watch/{name}"],
    } == bindings(Catalog.of(descriptor_set, exposure=Exposure(chosen)))


def test_pt16_a_selector_that_selects_nothing_is_a_mistake(descriptor_set):
    lost = rules({"selector": "library.v1.Library.GetBok", "get": "/v1/x"})
    with pytest.raises(ContractMistakes) as caught:
        Catalog.of(descriptor_set, exposure=Exposure(lost))
    assert ["no rpc has this name: mend the selector @ library.v1.Library.GetBok"] == [
        str(one) for one in caught.value.exceptions
    ]


def test_pt16_a_rule_that_does_not_fit_its_rpc_is_a_mistake_at_the_rpc(descriptor_set):
    wrong = rules({"selector": "library.v1.Library.GetBook", "get": "/v1/{title}"})
    with pytest.raises(ContractMistakes) as caught:
        Catalog.of(descriptor_set, exposure=Exposure(wrong))
    (told,) = [str(one) for one in caught.value.exceptions]
    assert GET in told
    assert "title" in told


@pytest.mark.parametrize("flag", [True, False])
def test_pm9_the_rules_say_whether_slashes_are_decoded(flag):
    assert flag == Exposure(rules(fully_decode_reserved_expansion=flag)).fully_decode


@pytest.mark.parametrize(
    "rpc",
    [
        "grpc.health.v1.Health/Check",
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "grpc.channelz.v1.Channelz/GetServers",
    ],
)
def test_row_36_the_services_of_grpc_itself_are_never_served(rpc):
    every = rules({"selector": "*", "get": "/x"})
    assert () == Exposure(every, unannotated=True).bindings(rpc, HttpRule(get="/y"))
