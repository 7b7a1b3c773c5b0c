"""docs/spec/threats.md "audit": each write leaves one line that says who, what, and how it ended.

Why       "I never did that" and "it was never done" are both answered by the access log alone.
"""

import asyncio
import io

import httpx
import pytest

from bff.compose.endpoint import Endpoint
from bff.telemetry.log import JsonLog, line_of
from bff.terms.events import CallFinished, RequestFinished
from tests.conditions import until
from tests.journeys.conftest import Demo

VALUE = "VALUE-of-a-client"
BODIES = {
    "TodoService_PutAttachment": ("text/plain", VALUE.encode()),
    "TodoService_ImportTodos": ("application/x-ndjson", b'{"title":"%b"}\n' % VALUE.encode()),
    "Batch": ("application/json", b'{"requests":[{"method":"DELETE","path":"/v1/todos/x"}]}'),
}
JSON = ("application/json", b'{"title":"%b"}' % VALUE.encode())


def writes(demo: Demo) -> list[Endpoint]:
    found = [one for one in demo.bff.blueprint.endpoints if one.method not in ("GET", "HEAD")]
    assert {"POST", "PUT", "PATCH", "DELETE"} <= {one.method for one in found}
    return found


async def write(
    demo: Demo, endpoint: Endpoint, headers: dict[str, str], query: str
) -> httpx.Response:
    """A request whose every value is VALUE."""
    names = [one.name for one in endpoint.template.variables]
    kind, body = BODIES.get(endpoint.name, JSON)
    return await demo.public.request(
        endpoint.method,
        endpoint.template.expand(dict.fromkeys(names, VALUE)) + query,
        headers={**headers, "content-type": kind, "idempotency-key": VALUE, "cookie": VALUE},
        content=body,
    )


def told_of(demo: Demo, endpoint: str) -> RequestFinished:
    """What is told of the one request to that endpoint."""
    requests = [one for one in demo.events if isinstance(one, RequestFinished)]
    [found] = [one for one in requests if one.endpoint == endpoint]
    return found


@pytest.mark.asyncio(loop_scope="module")
async def test_every_write_is_told_once_with_who_what_and_how_it_ended(demo: Demo):
    ada, ended = demo.bearer("ada"), set()
    for endpoint in writes(demo):
        for who, headers, query in (
            ("ada", ada, ""),
            ("ada", ada, f"?{VALUE}={VALUE}"),
            ("", {}, ""),
        ):
            demo.events.clear()
            answer = await write(demo, endpoint, headers, query)
            ended.add(answer.status_code)
            told = told_of(demo, endpoint.name)
            assert (endpoint.method, endpoint.template.text) == (told.method, told.route)
            assert answer.status_code == told.status
            assert who == told.subject or endpoint.access.is_public
            assert bool(told.subject) == bool(told.issuer)
            assert answer.headers["x-request-id"] == told.request_id
            assert VALUE not in line_of(told, at_s=0.0).decode()
    assert {200, 400, 401, 404} <= ended


@pytest.mark.asyncio(loop_scope="module")
async def test_a_write_and_the_calls_that_it_made_are_told_with_one_id(demo: Demo):
    await demo.public.post("/v1/todos", json={"title": "x"}, headers=demo.bearer("ada"))
    told = [one for one in demo.events if isinstance(one, RequestFinished | CallFinished)]
    assert {"CallFinished", "RequestFinished"} == {type(one).__name__ for one in told}
    assert 1 == len({one.request_id for one in told})


@pytest.mark.asyncio(loop_scope="module")
async def test_a_write_that_the_server_cut_off_is_told_too(demo: Demo):
    """The end of a drain, or of a batch: whether the service did it, only the service knows."""
    demo.services.faults.set("todos.v1.TodoService/CreateTodo", freeze=True)
    asked = demo.public.post("/v1/todos", json={"title": "x"}, headers=demo.bearer("ada"))
    writing = asyncio.create_task(asked)
    await until(lambda: demo.services.record.in_flight)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    told = told_of(demo, "TodoService_CreateTodo")
    assert ("ada", 499, "cancelled") == (told.subject, told.status, told.reason)


@pytest.mark.parametrize(
    ("method", "status", "endpoint", "audit", "lines"),
    [
        ("POST", 200, "CreateTodo", True, 1),
        ("DELETE", 404, "DeleteTodo", True, 1),
        ("GET", 101, "EditTogether", True, 1),
        ("GET", 200, "GetTodo", True, 0),
        ("POST", 404, "", True, 0),  # at no endpoint of ours: it changed nothing
        ("POST", 200, "CreateTodo", False, 0),
    ],
)
def test_a_quiet_log_has_writes_unless_it_is_told_otherwise(
    method: str, status: int, endpoint: str, audit: bool, lines: int
):
    stream = io.StringIO()
    log = JsonLog(stream, level="error", audit=audit)
    log.listen(RequestFinished("r", method, "/x", endpoint, status, "", "ada", "::1", 0.1, 2))
    assert lines == stream.getvalue().count("\n")
