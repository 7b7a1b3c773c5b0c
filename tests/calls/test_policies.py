"""Whose policies hold for a service, from the file to the calls."""

import pytest

from bff.calls.hedge import HedgePolicy
from bff.calls.policies import Policies, ServicePolicies
from bff.calls.retry import RetryPolicy
from bff.settings import load
from bff.terms.mistakes import ContractMistakes

FILE = """
[retry]
retries = 1

[policies."shop.Orders".retry]
retries = 0

[policies."shop.Orders".hedge]
where = "anywhere"

[criticality]
"shop.Orders/Pay" = "critical"
"""


@pytest.fixture
def loaded(tmp_path):
    file = tmp_path / "bff.toml"
    file.write_text(FILE)
    return load(file, environment={"BFF_BREAKER_CALLS": "7"})


def test_a_service_has_its_own_tables_and_shares_the_others(loaded):
    policies = loaded.policies_of_calls
    orders, others = policies.of("shop.Orders"), policies.of("shop.Catalog")

    assert (0, 1) == (orders.retry.retries, others.retry.retries)
    assert ("anywhere", "replicas") == (orders.hedge.where, others.hedge.where)
    assert (7, 7) == (orders.breaker.calls, others.breaker.calls)
    assert {"shop.Orders/Pay": "critical"} == loaded.criticality


def test_what_a_services_own_table_leaves_out_is_the_default():
    own = {"a.B": ServicePolicies(retry=RetryPolicy(retries=1))}
    hedge = HedgePolicy(where="nowhere")
    policies = Policies(retry=RetryPolicy(pause_ms=500), hedge=hedge, own=own)
    assert (25, "nowhere") == (policies.of("a.B").retry.pause_ms, policies.of("a.B").hedge.where)


def test_a_criticality_that_is_none_is_a_mistake(tmp_path):
    file = tmp_path / "bff.toml"
    file.write_text('[criticality]\n"a.B/C" = "urgent"\n')
    with pytest.raises(ContractMistakes) as caught:
        load(file, environment={})
    assert ['criticality."a.B/C"'] == [one.where for one in caught.value.exceptions]
