"""The front door: every answer is a success or a problem, and every request is told once."""

import json
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bff.compose.endpoint import Answer, Ask, Gap
from bff.edge.front import Front
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, Failure, ServiceSaid, ServiceSilent
from bff.terms.events import Crashed, Lifecycle, RequestFinished
from tests.edge.conftest import an_endpoint

PROBLEM = "application/problem+json"


def failing(failure: Exception):
    async def run(context: RequestContext, ask: Ask) -> Answer:
        raise failure

    return run


async def test_an_endpoint_gets_its_decoded_path_values(client_of):
    answer = await client_of(an_endpoint("/v1/{a}/x/{b}")).get("/v1/p%20q/x/r%2Fs")

    assert (200, {"values": "p q,r/s"}) == (answer.status_code, answer.json())
    assert "application/json" == answer.headers["content-type"]
    assert "nosniff" == answer.headers["x-content-type-options"]


async def test_er8_an_unknown_path_is_a_404_problem(client_of):
    """PM5, ER8: the framework's own 404 has the same shape as ours."""
    answer = await client_of().get("/nothing")

    assert (404, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    problem = answer.json()
    assert ["not-found", "NOT_FOUND", 404, []] == [
        problem["type"].rpartition("/")[2],
        problem["code"],
        problem["status"],
        problem["errors"],
    ]
    assert f"urn:request:{answer.headers['x-request-id']}" == problem["instance"]


async def test_pm4_a_known_path_with_another_method_is_a_405_that_says_which(client_of):
    client = client_of(an_endpoint("/v1/a"), an_endpoint("/v1/a", "POST"))
    answer = await client.delete("/v1/a")

    assert (405, "GET, HEAD, POST") == (answer.status_code, answer.headers["allow"])
    assert "UNIMPLEMENTED" == answer.json()["code"]


async def test_ht1_head_is_get_without_the_body(client_of):
    client = client_of(an_endpoint("/v1/a"))
    get, head = await client.get("/v1/a"), await client.head("/v1/a")

    assert (200, b"") == (head.status_code, head.content)
    assert [get.headers[name] for name in ("content-length", "etag")] == [
        head.headers[name] for name in ("content-length", "etag")
    ]


async def test_ht2_options_says_what_is_allowed(client_of):
    answer = await client_of(an_endpoint("/v1/a")).options("/v1/a")
    assert (204, b"") == (answer.status_code, answer.content)
    assert "GET" in answer.headers["allow"]


async def test_ht8_a_client_that_has_these_bytes_gets_a_304(client_of):
    client = client_of(an_endpoint("/v1/a"))
    tag = (await client.get("/v1/a")).headers["etag"]

    same = await client.get("/v1/a", headers={"if-none-match": f'"x", W/{tag}'})
    assert (304, b"", tag) == (same.status_code, same.content, same.headers["etag"])
    assert 200 == (await client.get("/v1/a", headers={"if-none-match": '"x"'})).status_code


async def test_an_answer_with_gaps_says_so_and_is_stored_by_nobody(client_of):
    async def gappy(context: RequestContext, ask: Ask) -> Answer:
        return Answer(body=b"{}", gaps=(Gap(path="/a", code=Code.UNAVAILABLE, retryable=True),))

    client = client_of(
        an_endpoint("/gappy", soft=True, run=gappy), an_endpoint("/whole", soft=True)
    )
    gappy_headers = (await client.get("/gappy")).headers
    assert ("false", "no-store") == (
        gappy_headers["x-bff-complete"],
        gappy_headers["cache-control"],
    )
    assert "etag" not in gappy_headers
    assert "true" == (await client.get("/whole")).headers["x-bff-complete"]


@pytest.mark.parametrize(
    ("failure", "status", "slug", "detail"),
    [
        (BadInput.at("/a", "send text"), 400, "invalid-field", "/a: send text"),
        (
            ServiceSaid("no todo t-9", code=Code.NOT_FOUND, source="s"),
            404,
            "not-found",
            "no todo t-9",
        ),
        (
            ServiceSaid("db at 10.0.0.7 down", code=Code.UNAVAILABLE, source="s"),
            503,
            "unavailable",
            None,
        ),
        (ServiceSaid("trace: x.py:3", code=Code.INTERNAL, source="s"), 500, "internal", None),
        (ServiceSilent("late", reason="upstream-timeout"), 504, "upstream-timeout", "late"),
        (Failure("x", reason="no such reason"), 500, "internal", "x"),
    ],
)
async def test_er5_a_failure_is_a_problem_and_a_5xx_never_shows_a_services_words(
    client_of, failure, status, slug, detail
):
    answer = await client_of(an_endpoint("/v1/a", run=failing(failure))).get("/v1/a")

    problem = answer.json()
    assert (status, slug) == (answer.status_code, problem["type"].rpartition("/")[2])
    assert (
        detail
        or "The request may be fine: something behind this server failed." == (problem["detail"])
    )
    assert "10.0.0.7" not in answer.text
    assert "no-store" == answer.headers["cache-control"]
    assert (status in (503, 504)) == ("retry-after" in answer.headers) == problem["retryable"]


async def test_a_services_words_cannot_break_out_of_their_line(client_of):
    """A grpc-message is percent-decoded, so a service can hand us a line end (reliability section
    1).
    """
    said = ServiceSaid("no\r\nSet-Cookie: x", code=Code.NOT_FOUND, source="s")
    answer = await client_of(an_endpoint("/v1/a", run=failing(said))).get("/v1/a")
    assert "no  Set-Cookie: x" == answer.json()["detail"]


async def test_a_bug_is_a_500_that_shows_nothing_and_a_crash_in_the_log(client_of, told):
    client = client_of(an_endpoint("/v1/a", run=failing(KeyError("secret"))))
    answer = await client.get("/v1/a")

    assert (500, "internal") == (answer.status_code, answer.json()["type"].rpartition("/")[2])
    assert "secret" not in answer.text
    crash = next(one for one in told if isinstance(one, Crashed))
    assert "KeyError: 'secret'" in crash.traceback
    assert answer.headers["x-request-id"] == crash.request_id


async def test_a_401_says_how_to_sign_in(client_of):
    answer = await client_of(an_endpoint("/v1/a", access="signed_in")).get("/v1/a")
    assert (401, "Bearer") == (answer.status_code, answer.headers["www-authenticate"])


async def test_bd14_row_52_a_body_over_the_limit_is_a_413_with_and_without_a_length(client_of):
    client = client_of(an_endpoint("/v1/a", "POST"))

    async def chunks():
        yield b" " * 60
        yield b" " * 60

    assert 413 == (await client.post("/v1/a", content=b" " * 101)).status_code
    assert 413 == (await client.post("/v1/a", content=chunks())).status_code
    assert 200 == (await client.post("/v1/a", content=b" " * 100)).status_code


async def test_row_49_a_body_with_a_content_encoding_is_a_415(client_of):
    client = client_of(an_endpoint("/v1/a", "POST"))
    answer = await client.post("/v1/a", content=b"{}", headers={"content-encoding": "gzip"})
    assert (415, "unsupported-encoding") == (
        answer.status_code,
        answer.json()["type"].rpartition("/")[2],
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False)],
)
async def test_row_111_a_request_id_is_taken_only_when_it_is_harmless(client_of, sent, kept):
    answer = await client_of(an_endpoint("/v1/a")).get("/v1/a", headers={"x-request-id": sent})
    assert kept == (sent == answer.headers["x-request-id"])
    assert answer.headers["x-request-id"]


async def test_every_request_is_told_once_by_its_template(client_of, told):
    client = client_of(an_endpoint("/v1/{id}", access="signed_in"))
    await client.get("/v1/7", headers={"authorization": "ada"})
    await client.get("/nothing/here")

    assert [("/v1/{id}", 200, "ada", ""), ("", 404, "", "not-found")] == [
        (one.route, one.status, one.subject, one.reason)
        for one in told
        if isinstance(one, RequestFinished)
    ]


async def test_the_frameworks_own_errors_have_our_shape(client_of):
    """405, an HTTPException and a bug of a route behind the door, and a path that nearly is one."""

    async def hand(request: Request) -> Response:
        if request.path_params["number"] == "418":
            raise HTTPException(418, "teapot")
        return Response(str(1 // int(request.path_params["number"])))

    client = client_of(routes=(Route("/hand/{number}", hand),))
    answers = [
        await client.post("/hand/1"),
        await client.get("/hand/418"),
        await client.get("/hand/0"),
        await client.get("/hand/1/"),
    ]
    assert [405, 418, 500, 404] == [one.status_code for one in answers]
    assert {PROBLEM} == {one.headers["content-type"] for one in answers}
    assert "GET" in answers[0].headers["allow"]
    assert "teapot" == answers[1].json()["detail"]


async def test_a_client_that_hangs_up_in_its_body_is_answered_by_nobody(client_of, told):
    client = client_of(an_endpoint("/v1/a", "POST"))
    front = client._transport.app
    assert isinstance(front, Front)
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/a", "query_string": b"", "headers": []}
    await front(scope, receive, send)
    assert [] == sent


def test_the_problem_document_is_json_with_every_member(client_of):
    from bff.edge.problem import Problems

    document = json.loads(Problems().plain("not-found", "Nothing here.", "r1").body)
    assert [
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "retryable",
        "errors",
        "details",
    ] == list(document)


async def test_another_server_s_start_says_what_is_left_to_a_proxy(client_of, told):
    """Ours starts no lifespan; whoever does, guards connections in a way of its own."""
    front: Any = client_of()._transport.app
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await front({"type": "lifespan", "asgi": {}}, receive, send)
    assert ["lifespan.startup.complete", "lifespan.shutdown.complete"] == sent
    assert ["unguarded"] == [one.state for one in told if isinstance(one, Lifecycle)]
