"""Rows 109, 116, 119 over HTTP: quotas and idempotency keys around the demo's own endpoints."""

import ipaddress
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Endpoint
from bff.compose.idempotency import IdempotencyOptions, writes_once
from bff.edge.batches.batch import Batch
from bff.edge.batches.part import Inside
from bff.edge.front import Front
from bff.edge.shell import shell
from bff.gate import gate_of
from bff.guard.limits.options import QuotaOptions, RateLimitOptions
from bff.guard.limits.quotas import Limits
from bff.stores.meters import MemoryMeters
from bff.stores.records_memory import MemoryRecords
from bff.terms.process import Process
from tests.journeys.conftest import Demo

HOME, TODOS = "/web/v1/home", "/v1/todos"
HOME_COSTS = 3
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Door:
    """A front door of its own over the demo's endpoints."""

    demo: Demo
    front: Front

    def client(self, address: str = "192.0.2.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.front, client=(address, 1))  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url="http://t")

    async def ask(
        self, method: str, path: str, *, by: str = "ada", address: str = "192.0.2.1", **more: Any
    ) -> httpx.Response:
        headers = {**self.demo.bearer(by), **more.pop("headers", {})}
        async with self.client(address) as client:
            return await client.request(method, path, headers=headers, **more)


def door(demo: Demo, **quotas: QuotaOptions) -> Door:
    served, settings = demo.bff.blueprint, demo.bff.settings

    def inside() -> Inside:
        return Inside(front, blueprint.router)

    batch = Batch(settings.batch, inside=inside, limits=settings.limits, errors=served.errors)
    plain: list[Endpoint] = [one for one in served.endpoints if one.tags != ("batch",)]
    keys = IdempotencyOptions(keys="on")
    endpoints = [*writes_once(plain, MemoryRecords(), keys, own={}), batch.endpoint]
    blueprint = Blueprint(endpoints, title="t", version="1")
    limits = Limits(RateLimitOptions(), quotas, endpoints=endpoints, meters=MemoryMeters())
    front = Front(
        blueprint,
        shell=shell(()),
        gate=gate_of(demo.bff.guarding.bearer, limits=limits, process=Process()),
        emit=lambda _: None,
    )
    return Door(demo, front)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_door(whole_demo: Demo) -> Door:
    return door(whole_demo)


async def test_row_109_no_header_makes_another_client_of_one(demo: Demo):
    one = door(demo, address=QuotaOptions(limit=3))
    told = [
        await one.ask(
            "GET",
            "/v1/products/p-1",
            headers={
                "x-forwarded-for": f"203.0.113.{number}",
                "forwarded": f"for=203.0.113.{number}",
                "x-real-ip": f"203.0.113.{number}",
            },
        )
        for number in range(5)
    ]
    assert [200, 200, 200, 429, 429] == [answer.status_code for answer in told]
    assert '"address";q=3;w=60' == told[0].headers["ratelimit-policy"]
    assert '"address";r=2;t=20' == told[0].headers["ratelimit"]
    assert "rate-limited" == told[3].json()["type"].rpartition("/")[2]
    assert 20 <= int(told[3].headers["retry-after"]) <= 23
    assert told[3].headers["ratelimit"].startswith('"address";r=0;t=')


async def test_row_109_a_whole_network_of_ipv6_is_one_client(demo: Demo):
    one, first = door(demo, address=QuotaOptions(limit=3)), int(ipaddress.ip_address("2001:db8::"))
    told = [
        await one.ask("GET", "/v1/products/p-1", address=str(ipaddress.ip_address(first + host)))
        for host in (1, 2**33, 2**63, 2**64 - 1, 2**64)
    ]
    assert [200, 200, 200, 429, 200] == [answer.status_code for answer in told]


async def test_row_119_batches_of_heavy_screens_count_as_what_is_in_them(demo: Demo):
    inside, limit = demo.bff.settings.batch.requests, 200
    one = door(demo, address=QuotaOptions(limit=limit, window_s=86_400))
    body = {"requests": [{"method": "GET", "path": HOME}] * inside}
    told = [await one.ask("POST", "/v1/batch", json=body) for _ in range(6)]
    answered = [one for one in told if one.status_code == 200]
    parts = [part["status"] for one in answered for part in one.json()["responses"]]
    paid = len(answered) + HOME_COSTS * sum(status != 429 for status in parts)
    assert 0 <= limit - paid < HOME_COSTS
    assert 6 * inside * HOME_COSTS > limit


async def test_row_116_a_todo_that_is_sent_twice_is_there_once(open_door: Door):
    todo = {"title": "only once"}
    key = {"idempotency-key": '"k-1"'}
    first = await open_door.ask("POST", TODOS, json=todo, headers=key)
    second = await open_door.ask("POST", TODOS, json=todo, headers=key)
    other = await open_door.ask("POST", TODOS, json={"title": "x"}, headers=key)
    bobs = await open_door.ask("POST", TODOS, json=todo, headers=key, by="bob")

    assert first.json() == second.json() != bobs.json()
    assert [None, "true", None] == [
        one.headers.get("idempotency-replayed") for one in (first, second, bobs)
    ]
    assert (422, "idempotency-mismatch") == (
        other.status_code,
        other.json()["type"].rpartition("/")[2],
    )


async def test_row_116_a_batch_that_is_sent_twice_writes_once_too(open_door: Door):
    item = {"method": "POST", "path": TODOS, "body": {"title": "of a batch"}}
    sent = {"json": {"requests": [item, item]}, "headers": {"idempotency-key": "b-1"}}
    first, second = [await open_door.ask("POST", "/v1/batch", **dict(sent)) for _ in range(2)]
    assert first.json() == second.json()
    ids = [one["body"]["todoId"] for one in first.json()["responses"]]
    assert 2 == len(set(ids))
