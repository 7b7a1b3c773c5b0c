"""`--set errors=status --set unknown_fields=ignore --set defaults=emit` is grpc-gateway, wherever
the specification wants nothing else: the same requests to both, and to the same service.

Never     compares texts of failures that no service made: those are each system's own (QP25).
"""

import pytest

from tests.interop.gateway.both import Both, Case
from tests.interop.gateway.cases_http import HTTP
from tests.interop.gateway.cases_json import JSON
from tests.interop.gateway.cases_path import PATH
from tests.interop.gateway.cases_query import QUERY

EVERY = (*PATH, *QUERY, *JSON, *HTTP)
AGREED = [case for case in EVERY if case.statuses is None]
DIFFERENT = [case for case in EVERY if case.statuses is not None]

pytestmark = [
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.timeout(600),  # the first one builds a grpc-gateway
]


@pytest.mark.parametrize("case", AGREED, ids=str)
async def test_both_say_the_same_and_the_service_hears_the_same(case: Case, both: Both):
    gateway, ours = await both.ask(case)
    assert (gateway.status, gateway.value) == (ours.status, ours.value)
    assert gateway.heard == ours.heard


@pytest.mark.parametrize("case", DIFFERENT, ids=str)
async def test_they_differ_where_the_specification_says_so(case: Case, both: Both):
    gateway, ours = await both.ask(case)
    assert case.statuses == (gateway.status, ours.status), case.because
    assert (gateway.status, gateway.value, gateway.heard) != (ours.status, ours.value, ours.heard)


async def test_pj8_a_gateway_without_options_differs_by_the_nulls_of_unset_messages_alone(
    both: Both,
):
    """The settings at the top of the specification: unset messages are never written."""
    case = Case(ids="PJ8", method="GET", target="/v1/query?inner.name=x")
    bare, ours = await both.said(both.bare, case), await both.said(both.bff, case)
    nulls = [name for name, value in bare.value.items() if value is None]

    assert ["any", "anything", "at", "blob"] == sorted(nulls)[:4]
    assert {name: bare.value[name] for name in bare.value if name not in nulls} == ours.value
