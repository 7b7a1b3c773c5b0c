"""Rows 1-25: what is doubtful on the wire is refused before anybody acts on it."""

import pytest

from bff.edge.http1.framing import HeadLimits, Seen, flaw_of
from generated.todos.v1.todos_pb2 import CreateTodoRequest
from tests.bad_input.raw import GOOD, get, post, told
from tests.bad_input.rows import CHUNKED, MALFORMED, OTHERWISE, PATH

pytestmark = pytest.mark.asyncio(loop_scope="module")


def signed(opened, sent: bytes) -> bytes:
    """A POST by somebody who may: it is refused for its form alone."""
    if not sent.startswith(b"POST"):
        return sent
    token = opened.demo.bearer("ada")["authorization"].encode()
    return sent.replace(b"Host: bff\r\n", b"Host: bff\r\nAuthorization: %b\r\n" % token, 1)


async def refused(opened, text: bytes) -> None:
    """Exactly one answer, nothing asked of a service, and the next client is served."""
    assert b"HTTP/1.1 " not in text[1:]
    answer = told(text)
    assert ("close", "application/problem+json") == (
        answer.headers["connection"],
        answer.headers["content-type"],
    )
    assert answer.problem["instance"] == f"urn:request:{answer.headers['x-request-id']}"
    assert [] == opened.demo.services.record.methods
    assert await opened.door.is_well()


@pytest.mark.parametrize("row", MALFORMED)
async def test_what_is_malformed_is_a_400_and_the_end(opened, row):
    text = await opened.door.all_of(signed(opened, MALFORMED[row]))
    answer = told(text)
    assert (400, "malformed-request") == (answer.status, answer.slug)
    await refused(opened, text)


@pytest.mark.parametrize("row", OTHERWISE)
async def test_what_has_a_status_of_its_own_gets_it(opened, row):
    sent, status, slug = OTHERWISE[row]
    text = await opened.door.all_of(signed(opened, sent))
    answer = told(text)
    assert (status, slug) == (answer.status, answer.slug)
    assert ("allow" in answer.headers) == (status == 405)
    await refused(opened, text)


async def test_row_3_a_host_that_is_not_served_is_a_421():
    limits = HeadLimits(8_192, 32_768, 100, (b"api.test",))

    def reason(target: bytes, host: bytes) -> str:
        line = b"GET %b HTTP/1.1\r\n" % target
        flaw = flaw_of(Seen(b"GET", target, "1.1", [(b"host", host)], line), limits)
        return flaw.reason if flaw else ""

    assert ["", "", "misdirected-request", "misdirected-request", ""] == [
        reason(b"/", b"api.test"),
        reason(b"/", b"API.test:8080"),
        reason(b"/", b"evil"),
        reason(b"http://evil/", b"api.test"),
        reason(b"http://api.test/", b"evil"),
    ]


async def test_row_5_an_absolute_target_is_served_as_its_path(opened):
    answer = await opened.door.ask(get("http://elsewhere/public/v1/links?page_size=1"))
    assert 200 == answer.status
    assert ["shortener.links.v1.LinkService/ListLinks"] == opened.demo.services.record.methods
    metadata = dict(opened.demo.services.record.calls[0].metadata)
    assert "elsewhere" == metadata["x-forwarded-host"]


async def test_row_15_trailers_are_nobody_s_headers(opened):
    """Nobody is signed in by one."""
    token = opened.demo.bearer("ada")["authorization"]
    trailers = f"0\r\nAuthorization: {token}\r\nX-User: ada\r\n\r\n".encode()
    answer = await opened.door.ask(
        post(CHUNKED, "Connection: close", body=b"2\r\n{}\r\n" + trailers)
    )
    assert 401 == answer.status
    assert [] == opened.demo.services.record.methods


async def test_row_21_an_upgrade_to_h2c_is_ignored(opened):
    lines = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AA")
    answer = await opened.door.ask(get(PATH, *lines).replace(b"Connection: close\r\n", b""))
    assert (200, "close") == (answer.status, answer.headers["connection"])


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_row_21_a_body_behind_an_upgrade_is_the_request_s(opened, framing):
    """curl and Java wish for h2c when they send a body, too: once it was lost, and the rest acted
    on.
    """
    body = b'{"title": "kept"}'
    wish = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AA")
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    sent = (
        post(*wish, f"Content-Length: {len(body)}", body=body)
        if framing == "length"
        else post(*wish, CHUNKED, body=chunks)
    )
    sent = signed(opened, sent)
    for pieces in ([sent], [sent[:-30], sent[-30:]]):
        opened.demo.services.record.clear()
        answer = await opened.door.ask(*pieces)
        (call,) = opened.demo.services.record.calls
        assert (200, "close", "kept") == (
            answer.status,
            answer.headers["connection"],
            CreateTodoRequest.FromString(call.request).todo.title,
        )


async def test_row_23_a_body_that_is_too_large_is_not_asked_for(opened):
    lines = ("Expect: 100-continue", "Content-Length: 99999999", "Connection: close")
    answer = await opened.door.ask(signed(opened, post(*lines)))
    assert (413, "body-too-large") == (answer.status, answer.slug)
    assert [] == opened.demo.services.record.methods


async def test_row_7_noise_behind_a_good_request_is_no_method(opened):
    """The words of a refusal were chosen by what came before it."""
    text = await opened.door.all_of(GOOD.replace(b"Connection: close\r\n", b"") + b"{}\r\n\r\n")
    first = told(text)
    assert (200, 400) == (first.status, told(first.rest).status)


async def test_row_24_requests_that_nobody_waits_for_are_few(opened):
    """Those that fit are answered in turn; then the connection ends."""
    one = GOOD.replace(b"Connection: close\r\n", b"").replace(b"/public/v1/links", b"/livez")
    text = await opened.door.all_of(one * 60_000)
    statuses = [part[:3] for part in text.split(b"HTTP/1.1 ")[1:]]
    assert b"429" == statuses[-1]
    assert {b"200"} == set(statuses[:-1])
    assert len(statuses) <= 20
    assert await opened.door.is_well()


async def test_a_refusal_waits_for_the_answers_before_it(opened):
    text = await opened.door.all_of(
        GOOD.replace(b"Connection: close\r\n", b"") + MALFORMED["row_2_two_hosts"]
    )
    first = told(text)
    assert (200, 400) == (first.status, told(first.rest).status)


async def test_row_53_a_body_that_ends_early_is_a_400(opened):
    reader, writer = await opened.door.open()
    writer.write(signed(opened, post("Content-Length: 20", body=b"{")))
    writer.write_eof()
    answer = told(await reader.read())
    assert (400, "malformed-request") == (answer.status, answer.slug)
    writer.transport.abort()
    assert [] == opened.demo.services.record.methods
