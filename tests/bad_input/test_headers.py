"""Rows 106-111, 122 and 123: a header is only a header, and only doors that were opened are."""

import pytest

from bff.telemetry.log import line_of
from bff.terms.events import RequestFinished
from tests.bad_input.raw import get, json_of, whole

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUERY = "/v1/query?text=a"
FORGED = (
    "Grpc-Metadata-X-User-Id: bob",
    "X-User-Id: bob",
    "x_user_id: bob",
    "X-Envoy-Original-Path: /admin",
    "x-envoy-internal: true",
    "grpc-status: 0",
    "grpc-encoding: gzip",
    "User-Bin: AAAA",
    "Cookie: a=b",
    "X-Forwarded-User: bob",
)
OURS = {"user-agent", "x-request-id", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}


def metadata_of(echo) -> dict[str, str]:
    (one,) = echo.heard
    return {name: str(value) for name, value in one.metadata}


async def test_row_106_metadata_is_an_allow_list(echo):
    answer = await echo.door.ask(get(QUERY, *FORGED))
    assert 200 == answer.status
    found = metadata_of(echo)
    assert set() == {*found} - OURS
    assert not any("bob" in value or "admin" in value for value in found.values())


async def test_row_106_a_pseudo_header_is_no_header(echo):
    answer = await echo.door.ask(get(QUERY, ":path: /admin"))
    assert (400, []) == (answer.status, echo.heard)


@pytest.mark.parametrize("value", ["é", "a" * 4_097, "a\x7f", "a\x80b"])
async def test_row_107_an_allowed_header_that_is_no_metadata_is_a_400(echo, value):
    answer = await echo.door.ask(get(QUERY, f"Accept-Language: {value}"))
    assert (400, "malformed-request", []) == (answer.status, answer.slug, echo.heard)
    assert await echo.is_well()


HINTS = {
    "99999999H": 200,
    "1n": 504,
    "0S": 400,
    "-1S": 400,
    "1e9S": 400,
    "999999999S": 400,
    "9": 400,
    "\t": 400,
}


@pytest.mark.parametrize("value", HINTS)
async def test_row_108_a_deadline_of_the_client_s_is_never_more_than_ours(echo, value):
    """A valid one is capped by the route's own; what is none is refused."""
    answer = await echo.door.ask(get(QUERY, f"Grpc-Timeout: {value}"))
    assert HINTS[value] == answer.status
    assert await echo.is_well()


@pytest.mark.parametrize(
    "line",
    [
        "X-Forwarded-For: 192.0.2.1",
        "Forwarded: for=192.0.2.1;host=evil",
        "X-Real-IP: 192.0.2.1",
        "X-Forwarded-For: 127.0.0.1, 192.0.2.1",
    ],
)
async def test_row_109_an_untrusted_peer_is_who_it_is(echo, line):
    await echo.door.ask(get(QUERY, line))
    assert "127.0.0.1" == metadata_of(echo)["x-forwarded-for"]
    finished = [one for one in echo.events if isinstance(one, RequestFinished)]
    assert ["127.0.0.1"] == [one.peer for one in finished]


async def test_row_110_an_untrusted_peer_says_nothing_about_us(echo):
    lines = (
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Prefix: /evil",
        "X-Original-URL: /admin",
        "X-Rewrite-URL: /admin",
    )
    answer = await echo.door.ask(get(QUERY, *lines))
    found = metadata_of(echo)
    assert (200, "bff", "http") == (
        answer.status,
        found["x-forwarded-host"],
        found["x-forwarded-proto"],
    )
    assert not any("evil" in one for one in (*found.values(), *answer.headers.values()))


TRACES = {
    "a_traceparent_that_is_none": "traceparent: 00-xyz-1-01",
    "a_traceparent_of_zeros": f"traceparent: 00-{'0' * 32}-{'0' * 16}-01",
    "a_long_tracestate": f"tracestate: a={'b' * 10_240}",
    "a_long_baggage": f"baggage: a={'b' * 10_240}",
    "an_id_with_ansi": "X-Request-Id: \x1b[31mred",
    "an_id_with_quotes": 'X-Request-Id: a","b":"c',
    "a_long_id": "X-Request-Id: " + "a" * 65,
}


@pytest.mark.parametrize("name", TRACES)
async def test_row_111_what_is_no_trace_is_replaced(echo, name):
    line = TRACES[name]
    answer = await echo.door.ask(get(QUERY, line))
    if "\x1b" in line and answer.status == 400:  # no header may hold it
        assert [] == echo.heard
        return
    value = line.partition(": ")[2]
    assert 200 == answer.status
    assert value not in metadata_of(echo).values()
    lines = [line_of(one, at_s=0.0) for one in echo.events]
    assert all(one.count(b"\n") <= 1 and value.encode() not in one for one in lines)


async def test_row_111_a_header_never_ends_a_line_of_the_log(echo):
    await echo.door.ask(get(QUERY, "User-Agent: a\\nb\\u001b[31m", "X-Request-Id: a\\nb"))
    assert all(line_of(one, at_s=0.0).count(b"\n") <= 1 for one in echo.events)
    (finished,) = [one for one in echo.events if isinstance(one, RequestFinished)]
    assert finished.request_id.isalnum()


async def test_row_122_there_is_no_graphql(echo):
    answer = await echo.door.ask(json_of('{"query": "{__schema {types {name}}}"}', "/graphql"))
    assert (404, "not-found", []) == (answer.status, answer.slug, echo.heard)


INSIDE = (
    "/metrics",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/debug",
    "/debug/pprof/",
    "/healthz",
    "/admin",
    "/grpc.channelz.v1.Channelz/GetServers",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.health.v1.Health/Check",
    "/echo.v1.EchoService/Whole",
    "/.git/config",
    "/.env",
)


@pytest.mark.parametrize("path", INSIDE)
async def test_row_123_what_is_for_us_is_not_on_the_public_port(echo, path):
    for sent in (get(path), whole("POST", path, "{}", "Content-Type: application/json")):
        answer = await echo.door.ask(sent)
        assert (404, "not-found", []) == (answer.status, answer.slug, echo.heard)
