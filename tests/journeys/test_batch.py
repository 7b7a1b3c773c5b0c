"""POST /v1/batch over the demo: each request as if it had come alone."""

import json
from typing import Any

import pytest

from bff.terms.events import RequestFinished

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def batched(demo, *requests: Any, by="ada", **headers: str):
    """The answers, each as (status, body)."""
    answer = await demo.public.post(
        "/v1/batch",
        json={"requests": list(requests)},
        headers={**(demo.bearer(by) if by else {}), **headers},
    )
    assert 200 == answer.status_code
    return [(one["status"], one["body"]) for one in answer.json()["responses"]]


def get(path):
    return {"method": "GET", "path": path}


async def test_each_answer_stands_where_its_request_stood(demo):
    paths = ["/v1/todos/t-3", "/v1/products/p-1", "/v1/todos/t-1"]
    answers = await batched(demo, *map(get, paths))
    alone = [(await demo.get(path)).json() for path in paths]
    assert [(200, body) for body in alone] == answers


async def test_a_screen_and_a_write_fit_in_one_batch(demo):
    todo = {"method": "POST", "path": "/v1/todos", "body": {"title": "Grüße ✓"}}
    (made, body), (status, screen) = await batched(demo, todo, get("/mobile/v1/dashboard"))
    assert (True, "Grüße ✓") == (made in (200, 201), body["title"])
    assert (200, 10) == (status, len(screen["links"]))


async def test_a_delete_without_content_has_null_for_a_body(demo):
    made = await demo.public.post("/v1/todos", json={"title": "x"}, headers=demo.bearer("ada"))
    path = f"/v1/todos/{made.json()['todoId']}"
    ((status, body),) = await batched(demo, {"method": "DELETE", "path": path})
    alone = await demo.public.delete("/v1/todos/t-9", headers=demo.bearer("ada"))
    assert (alone.status_code, alone.json() if alone.content else None) == (status, body)


async def test_one_failure_costs_nobody_else(demo):
    demo.services.faults.set("shop.catalog.v1.CatalogService/GetProduct", status="UNAVAILABLE")
    answers = await batched(demo, get("/v1/products/p-1"), get("/v1/todos/t-1"), get("/v1/no"))
    assert [503, 200, 404] == [status for status, _ in answers]
    kinds = [body.get("type", "").rpartition("/")[2] for _, body in answers]
    assert ["upstream-unavailable", "", "not-found"] == kinds


async def test_access_is_decided_for_each_request(demo):
    answers = await batched(demo, get("/v1/products/p-1"), get("/v1/todos/t-1"), by="")
    assert [200, 401] == [status for status, _ in answers]


async def test_each_request_is_the_caller_s_own(demo):
    paths = [get("/mobile/v1/dashboard")]
    ((_, adas),), ((_, bobs),) = await batched(demo, *paths), await batched(demo, *paths, by="bob")
    assert adas["user"]["name"] != bobs["user"]["name"]


async def test_a_token_that_is_none_is_refused_before_the_batch_is_read(demo):
    answer = await demo.public.post(
        "/v1/batch", content=b"{", headers={"authorization": "Bearer nonsense"}
    )
    assert 401 == answer.status_code


async def test_each_request_has_a_line_in_the_log_with_the_batch_s_id(demo):
    await batched(demo, get("/v1/todos/t-1"), get("/v1/todos/t-2"), **{"x-request-id": "abc"})
    told = [one.request_id for one in demo.events if isinstance(one, RequestFinished)]
    assert ["abc", "abc.0", "abc.1"] == sorted(told)


async def test_the_limits_of_a_single_request_hold_inside(demo):
    wrong = {"method": "POST", "path": "/v1/todos", "body": {"title": 5, "nope": 1}}
    (status, problem), (unknown, _) = await batched(demo, wrong, get("/v1/todos?nope=1"))
    assert (400, 400) == (status, unknown)
    assert problem["errors"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("/v1/todos:watch"), 400),
        ({"method": "POST", "path": "/v1/todos:import", "body": {}}, 400),
        ({"method": "POST", "path": "/v1/batch", "body": {"requests": []}}, 400),
        (get("https://example.com/v1/todos"), 400),
        (get("//example.com/v1/todos"), 400),
        (get("/v1/todos/t-1/attachment"), 406),
        (get("/livez"), 404),
        ({"method": "PUT", "path": "/v1/todos"}, 405),
    ],
)
async def test_what_no_batch_may_hold_is_refused_in_its_place(demo, request_, status):
    answers = await batched(demo, request_, get("/v1/todos/t-1"))
    assert [status, 200] == [one for one, _ in answers]
    assert status == answers[0][1]["status"]


async def test_the_document_tells_of_batches(demo):
    document = (await demo.public.get("/openapi.json")).json()
    told = document["paths"]["/v1/batch"]["post"]
    schema = json.dumps(told["requestBody"]["content"]["application/json"]["schema"])
    assert ("Batch", True) == (told["operationId"], '"maxItems": 20' in schema)
