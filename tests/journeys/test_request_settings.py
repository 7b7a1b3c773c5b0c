"""Settings of requests, from the file to the service: QP21, QP24, HB5, QP5."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bff.app import assemble
from bff.settings import Overrides, load
from bff.telemetry.metrics import Metrics
from tests.journeys.conftest import ROOT, Demo, keyed

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEYS = (
    ("contract.ignored_parameters", "utm_*,access_token"),
    ("limits.multipart_parts", "2"),
    ("limits.query_parameters", "3"),
    ("json.enum_case", "any"),
)


@pytest_asyncio.fixture(loop_scope="module")
async def public(demo: Demo) -> AsyncIterator[httpx.AsyncClient]:
    """A second BFF in front of the same services."""
    overrides = Overrides(services=tuple(demo.services.addresses.items()), keys=KEYS)
    settings = keyed(load(ROOT / "bff.toml", environment={}, overrides=overrides), demo.keys)
    bff = assemble(settings, emit=lambda _event: None, metrics=Metrics())
    transport = httpx.ASGITransport(app=bff.public, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with (
        bff.running(),
        httpx.AsyncClient(
            transport=transport, base_url="http://bff.test", headers=demo.bearer("ada")
        ) as client,
    ):
        yield client


async def test_qp21_parameters_that_are_nobodys_fault_are_dropped(public):
    assert 200 == (await public.get("/v1/todos?utm_source=x&access_token=y")).status_code
    assert 400 == (await public.get("/v1/todos?utn_source=x")).status_code


async def test_qp24_row_42_the_number_of_parameters_is_bounded(public):
    assert 200 == (await public.get("/v1/todos?tags=a&tags=b&tags=c")).status_code
    refused = await public.get("/v1/todos?tags=a&tags=b&tags=c&tags=d")
    assert "too-many-parameters" == refused.json()["type"].rpartition("/")[2]


async def test_qp5_enum_names_in_any_case(public):
    assert 200 == (await public.get("/v1/todos?state=todo_state_done")).status_code


async def test_hb5_a_form_uploads_a_file(public):
    path = "/v1/todos/t-1/attachment"
    file = ("ä.txt", bytes(range(256)), "text/x-notes")
    stored = await public.put(path, files={"content": file}, data={"todo_id": "t-1"})
    assert (200, "text/x-notes") == (stored.status_code, stored.json()["contentType"])
    assert bytes(range(256)) == (await public.get(path)).content


async def test_hb5_row_84_more_parts_than_allowed(public):
    refused = await public.put(
        "/v1/todos/t-1/attachment", files={"content": b"x"}, data={"a": "1", "b": "2"}
    )
    assert (400, "too-complex") == (
        refused.status_code,
        refused.json()["type"].rpartition("/")[2],
    )
