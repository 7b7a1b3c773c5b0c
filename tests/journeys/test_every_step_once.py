"""Every view of the demo, with every rpc that it asks ill once: failing, and without an answer.

A new view is tested without a line: what must come of it is read off its plan.
"""

import json
import time
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bff.publish.openapi import document
from tests.journeys.broken_steps import Illness, illnesses_of, put_out
from tests.journeys.conftest import Demo, Unremembering
from tests.openapi.asked import Operation, operations_of
from tests.openapi.documents import demo_blueprint
from tests.openapi.held import Held

PLANS = [one.plan for one in demo_blueprint().endpoints if one.plan is not None]
ILL = [pytest.param(one, id=str(one)) for plan in PLANS for one in illnesses_of(plan)]
SLACK_S = 5.0
"""The promise is 50 ms; a busy machine is later, yet a call without a deadline would never end."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Views:
    """The demo's views with nothing remembered: a cache would hide what is ill."""

    demo: Demo
    client: httpx.AsyncClient
    held: Held
    operations: dict[str, Operation]

    async def healthy(self, illness: Illness) -> dict[str, Any]:
        """The whole answer; one that is not says that the sample is not there."""
        answer = await self.shown(illness)
        complete = answer.headers.get("x-bff-complete")
        assert (200, "true") == (answer.status_code, complete), answer.text
        return dict(answer.json())

    async def shown(self, illness: Illness) -> httpx.Response:
        """The answer to ada, held against the API document."""
        answer = await self.client.get(illness.path, headers=self.demo.bearer("ada"))
        operation = self.operations[illness.plan.get]
        assert [] == self.held.violations(operation, answer)
        return answer

    def make_ill(self, illness: Illness, **fault: object) -> None:
        for rpc in illness.rpcs:
            self.demo.services.faults.set(rpc, **fault)


@pytest.fixture(scope="module")
def serving(unremembering: Unremembering) -> Views:
    about = json.loads(json.dumps(document(unremembering.blueprint)))
    operations = {one.path: one for one in operations_of(about)}
    return Views(unremembering.demo, unremembering.client, Held(about), operations)


@pytest.fixture
def views(demo: Demo, serving: Views) -> Views:
    return serving


async def test_there_is_a_view_for_each_client():
    assert {"desktop", "mobile", "public", "web"} == {plan.client for plan in PLANS}


@pytest.mark.parametrize("illness", ILL)
async def test_what_fails_costs_what_reads_it_and_nothing_else(views: Views, illness: Illness):
    healthy = await views.healthy(illness)
    assert not set(illness.rpcs).isdisjoint(views.demo.services.record.methods)
    views.make_ill(illness, status="UNAVAILABLE")
    answer = await views.shown(illness)

    if illness.fatal:
        assert (503, "application/problem+json") == (
            answer.status_code,
            answer.headers["content-type"],
        )
        return
    wanted, nulls = deepcopy(healthy), illness.nulls(healthy)
    for pointer in nulls:
        put_out(wanted, pointer)
    wanted["errors"] = [{"path": one, "code": "UNAVAILABLE", "retryable": True} for one in nulls]
    assert nulls
    assert wanted == answer.json()
    assert ("false", "no-store") == (
        answer.headers["x-bff-complete"],
        answer.headers["cache-control"],
    )


@pytest.mark.parametrize("illness", ILL)
async def test_what_never_answers_costs_no_more_and_no_more_time(views: Views, illness: Illness):
    healthy = await views.healthy(illness)
    views.make_ill(illness, freeze=True)
    started_s = time.perf_counter()
    answer = await views.shown(illness)
    elapsed_s = time.perf_counter() - started_s

    assert elapsed_s < illness.plan.deadline_ms / 1000 + SLACK_S
    if illness.fatal:
        assert (504, "upstream-timeout") == (
            answer.status_code,
            answer.json()["type"].rpartition("/")[2],
        )
        return
    late = {one["path"]: one["code"] for one in answer.json()["errors"]}
    assert {"DEADLINE_EXCEEDED"} == set(late.values())
    assert set(illness.nulls(healthy)) <= set(late)
    assert set(late) <= set(illness.nulls(healthy, of=illness.late))
    assert "false" == answer.headers["x-bff-complete"]
