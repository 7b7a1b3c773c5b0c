"""Policies of the operator's, over the demo as it is: who is let in, and what the documents say."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import httpx
import pytest
import pytest_asyncio

from bff.terms.access import Question
from bff.terms.context import Identity
from fake_services.tokens import TokenOptions, token
from tests.journeys.conftest import Demo, another_bff

pytestmark = pytest.mark.asyncio(loop_scope="module")

TODOS = "todos.v1.TodoService"
MINE = "/v1/todos/ada"
POLICIES = {
    f"{TODOS}/ListTodos": "scope:todos.read",
    f"{TODOS}/GetTodo": "bind:todo_id",
    f"{TODOS}/GetAttachment": f"{__name__}:is_first",
    f"{TODOS}/BatchGetTodos": "bind:todo_ids",
    "web": "scope:web|all",
    "mobile_dashboard": "public",
}


def is_first(identity: Identity, question: Question) -> bool:
    return (identity.subject, question.path["todo_id"]) == ("ada", "t-1")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(whole_demo: Demo) -> AsyncIterator[httpx.AsyncClient]:
    access = {**whole_demo.bff.settings.access, **POLICIES}
    async with another_bff(whole_demo, partial(replace, access=access)) as (_, found):
        yield found


@pytest.mark.parametrize(
    ("path", "by", "scope", "status"),
    [
        ("/v1/todos", "", "", 401),
        ("/v1/todos", "ada", "", 403),
        ("/v1/todos", "ada", "todos.write", 403),
        ("/v1/todos", "ada", "x todos.read", 200),
        (MINE, "ada", "", 404),
        (MINE, "bob", "", 403),
        ("/v1/todos/%61da", "ada", "", 404),
        ("/v1/todos/%61da", "bob", "", 403),
        ("/v1/todos/t-1/attachment", "bob", "", 403),
        ("/v1/todos:batchGet?todo_ids=ada", "ada", "", 200),
        ("/v1/todos:batchGet?todoIds=ada&todo_ids=bob", "ada", "", 403),
        ("/v1/todos:batchGet?todoIds=bob", "ada", "", 403),
        ("/v1/todos:batchGet", "ada", "", 403),
        ("/web/v1/products/p-1", "ada", "mobile", 403),
        ("/web/v1/products/p-1", "ada", "all", 200),
    ],
)
async def test_who_is_let_in(client, demo: Demo, path, by, scope, status):
    """404: let in, and there is no such todo."""
    text = token(by, demo.keys, TokenOptions(scope=scope)) if by else ""
    headers = {"authorization": f"Bearer {text}"} if by else {}
    answer = await client.get(path, headers=headers)

    assert status == answer.status_code, answer.text
    assert (status == 403) == (answer.json().get("code") == "PERMISSION_DENIED")
    if status in (401, 403):
        assert [] == demo.services.record.methods
        assert answer.headers["www-authenticate"].startswith('Bearer realm="bff"')


async def test_in_a_batch_each_request_is_held_to_its_own_policy(client, demo: Demo):
    sent = {"requests": [{"method": "GET", "path": one} for one in (MINE, "/v1/todos/bob")]}
    answer = await client.post("/v1/batch", json=sent, headers=demo.bearer("ada"))
    assert [404, 403] == [one["status"] for one in answer.json()["responses"]]


async def test_the_challenge_names_the_scope_that_is_missing(client, demo: Demo):
    answer = await client.get("/v1/todos", headers=demo.bearer("ada"))
    assert answer.headers["www-authenticate"].endswith('scope="todos.read"')


async def test_the_api_document_shows_scopes_and_who_may_be_refused(client):
    paths = (await client.get("/openapi.json")).json()["paths"]
    todos, product = paths["/v1/todos"]["get"], paths["/web/v1/products/{product_id}"]["get"]
    assert [{"bearer": ["todos.read"]}, {"session": ["todos.read"]}] == todos["security"]
    assert [
        {credential: [scope]} for credential in ("bearer", "session") for scope in ("web", "all")
    ] == product["security"]
    assert "403" in todos["responses"]
    assert "403" not in paths["/v1/todos"]["post"]["responses"]
    assert "security" not in paths["/mobile/v1/dashboard"]["get"]
