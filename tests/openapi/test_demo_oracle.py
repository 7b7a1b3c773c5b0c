"""The document of the demo is kept, for every operation, by the whole demo (OA7).

Requests are made from the document alone, as a generated client would make them.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.openapi.asked import Asked, Known, Operation, names_in, operations_of, requests_for
from tests.openapi.documents import demo_document
from tests.openapi.held import Held, refused_by_us
from tests.openapi.served import Served

EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "8"))
"""A request each; OPENAPI_EXAMPLES=1000 for a long run."""
STREAM_S = 0.1
"""How long a stream may be silent before it is left: it may have no end."""


OPERATIONS = sorted(operations_of(demo_document()), key=lambda one: one.method == "DELETE")
"""Those that take things away come last."""


@pytest.fixture(scope="module")
def known(demo: Served) -> Known:
    """Names of what is there, from the lists that need no parameter."""
    found: dict[str, list[str]] = defaultdict(list)
    for operation in operations_of(demo.document):
        if operation.method == "GET" and "{" not in operation.path and not _streams(operation):
            answer = demo.client.get(operation.path, headers=demo.bearer)
            for name, text in names_in(answer.json()):
                found[name].append(text)
    found["projectid"] = ["project-1", "project-2"]  # nothing lists them
    for todo_id in found["todoid"][:3]:
        demo.client.put(f"/v1/todos/{todo_id}/attachment", content=b"x", headers=demo.bearer)
    return {name: texts[:3] for name, texts in found.items()}


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_answer_is_as_the_document_says_oa7(
    demo: Served, known: Known, operation: Operation
) -> None:
    held, statuses = Held(demo.document), set[str]()

    @settings(
        max_examples=min(EXAMPLES, 6) if _streams(operation) else EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(asked=requests_for(operation, demo.document, known))
    def ask(asked: Asked) -> None:
        answer = sent(demo, asked, streams=_streams(operation))
        assert [] == held.violations(operation, answer)
        assert "" == refused_by_us(answer)
        statuses.add(str(answer.status_code))

    ask()
    assert [] == demo.crashes
    assert set(operation.successes) <= statuses


def sent(served: Served, asked: Asked, *, streams: bool) -> httpx.Response:
    """The answer; of a stream what comes within a moment."""
    headers = {**served.bearer, **asked.headers}
    request = served.client.build_request(
        asked.method, asked.url, headers=headers, content=asked.body
    )
    if not streams:
        return served.client.send(request)
    answer = served.client.send(request, stream=True)  # its head has the time of any answer
    request.extensions["timeout"]["read"] = STREAM_S
    body = b"".join(_pieces(answer))
    answer.close()
    return httpx.Response(answer.status_code, headers=answer.headers, content=body)


def _pieces(answer: httpx.Response) -> Iterator[bytes]:
    with suppress(httpx.ReadTimeout):
        yield from answer.iter_raw()


def _streams(operation: Operation) -> bool:
    return "text/event-stream" in operation.media_types


def test_an_answer_that_breaks_the_document_is_found() -> None:
    """Guards the oracle: a wrong status, media type, header and member are each told."""
    operation = Operation(
        method="GET",
        path="/x",
        about={
            "operationId": "x",
            "responses": {
                "200": {
                    "headers": {"X-Request-Id": {"required": True, "schema": {"type": "string"}}},
                    "content": {
                        "application/json": {"schema": {"type": "object", "properties": {"a": {}}}}
                    },
                }
            },
        },
    )
    held = Held({"components": {}})
    good = {"x-request-id": "1"}

    def told(status: int, headers: Mapping[str, str], value: object) -> Sequence[str]:
        answer = httpx.Response(status, headers=headers, json=value)
        return [one.split()[0] for one in held.violations(operation, answer)]

    assert [] == told(200, good, {"a": 1})
    assert ["status"] == told(404, good, {})
    assert ["status"] == told(500, good, {})
    assert ["no"] == told(200, {}, {})
    assert ["media"] == told(200, {**good, "content-type": "text/html"}, {})
    assert ["body:"] == told(200, good, {"leak": 1})
    assert ["body:"] == told(200, good, [])
