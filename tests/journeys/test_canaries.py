"""No sensitive field, and no word of a service's own in a 5xx, ever leaves: every answer is
scanned.

The services fill each field marked `(bff.v1.sensitive)`, and the text of each injected failure,
with "CANARY".
"""

import pytest

from bff.calls.call import Call
from bff.contract.catalog import Catalog
from bff.telemetry.log import line_of
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from generated.identity.users.v1.users_pb2 import GetUserRequest
from tests.journeys.broken_steps import SAMPLES
from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")
CANARY = "CANARY"


async def every_get(demo) -> list[tuple[str, str]]:
    """(path, body) of every GET of the blueprint, with values that exist, and of every document."""
    page = await demo.public.get("/public/v1/links?page_size=1")
    values = {**SAMPLES, "code": page.json()["links"][0]["shortCode"]}
    paths = [
        one.template.expand(
            {name: values[name] for v in one.template.variables for name in v.field_path}
        )
        + ("?after_sequence=0&limit=3" if one.streams else "")
        for one in demo.bff.blueprint.endpoints
        if one.method == "GET"
    ]
    answers = [await demo.get(path) for path in paths]
    documents = [
        await client.get(path)
        for client in (demo.public, demo.admin)
        for path in ("/openapi.json", "/docs", "/readyz", "/livez", "/metrics", "/nowhere")
    ]
    return [(str(one.url), one.text + str(one.headers)) for one in (*answers, *documents)]


def leaks(answers: list[tuple[str, str]]) -> list[str]:
    return [url for url, text in answers if CANARY in text]


async def test_the_services_do_send_canaries(demo):
    """Otherwise the scans below would find nothing because there is nothing."""
    seen: list[bytes] = []
    await demo.bff.calls.make(
        Call(
            rpc="identity.users.v1.UserService/GetUser",
            request=GetUserRequest(user_id="ada").SerializeToString(),
            context=RequestContext(request_id="r", deadline=Deadline.after(2.0)),
            read=seen.append,
        )
    )
    assert CANARY.encode() in seen[0]


async def test_no_answer_and_no_document_shows_a_sensitive_field(demo):
    answers = await every_get(demo)
    assert 20 < len(answers)
    assert [] == leaks(answers)


async def test_the_documents_do_not_even_name_a_sensitive_field(demo):
    document = (await demo.public.get("/openapi.json")).text
    catalog = Catalog.of((ROOT / "generated" / "descriptors.binpb").read_bytes())
    names = {one.rpartition(".")[2] for one in catalog.sensitive_fields}
    assert "password_hash" in names
    assert [] == [name for name in sorted(names) if name in document or camel(name) in document]


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize("status", ["UNAVAILABLE", "INTERNAL", "UNKNOWN", "DATA_LOSS"])
async def test_a_failing_service_is_never_quoted_in_a_5xx(demo, status):
    """Nor is an address, a method or a stack trace."""
    for service in demo.services.addresses:
        demo.services.faults.set(f"{service}/*", status=status)
    found = [
        await demo.get(path)
        for path in ("/mobile/v1/dashboard", "/web/v1/products/p-1", "/v1/todos/t-1")
    ]
    assert {True} == {one.status_code >= 500 for one in found}
    for one in found:
        for secret in (CANARY, "127.0.0.1", "Service/", "Traceback", ".py"):
            assert secret not in one.text


async def test_the_log_names_the_service_and_quotes_it_but_holds_no_token(demo):
    demo.services.faults.set("todos.v1.TodoService/GetTodo", status="INTERNAL")
    headers = demo.bearer("ada")
    await demo.public.get("/v1/todos/t-1", headers=headers)

    log = b"".join(line_of(event, at_s=0.0) for event in demo.events).decode()
    assert "todos.v1.TodoService" in log
    assert "CANARY-service-text" in log
    assert headers["authorization"].split()[1] not in log
