"""Probes, metrics and documents, as an operator sees them."""

import pytest

from bff.publish.session_paths import session_paths

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_ht10_readyz_names_every_service(demo):
    answer = await demo.public.get("/readyz")
    assert (200, "ok") == (answer.status_code, answer.json()["status"])
    assert {"ok"} == set(answer.json()["checks"].values())
    assert set(demo.services.addresses) <= set(answer.json()["checks"])


async def test_livez_answers_whatever_the_services_do(demo):
    assert {"status": "ok"} == (await demo.public.get("/livez")).json()


async def test_row_123_metrics_are_on_the_admin_port_only(demo):
    await demo.get("/mobile/v1/dashboard")

    assert 404 == (await demo.public.get("/metrics")).status_code
    text = (await demo.admin.get("/metrics")).text
    assert 'bff_requests_total{endpoint="mobile_dashboard",method="GET",status="200"}' in text
    assert 'service="identity.users.v1.UserService"' in text


async def test_openapi_lists_exactly_what_the_router_serves(demo):
    document = (await demo.public.get("/openapi.json")).json()

    documented = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if path not in session_paths()
    }
    served = {(one.method, one.template.openapi) for one in demo.bff.blueprint.endpoints}
    assert served == documented


async def test_docs_use_nothing_from_elsewhere(demo):
    page = (await demo.public.get("/docs")).text
    assert "http://" not in page
    assert "https://" not in page
