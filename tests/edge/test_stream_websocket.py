"""A conversation over a WebSocket: its door, its frames, its end."""

import asyncio
import json

import pytest

from bff.compose.endpoint import Endpoint
from bff.contract.reply.close_code import close_of, fitting
from bff.edge.front import Gate
from bff.edge.websocket import FRAMES_AHEAD, Room, Sockets
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, Failure, Refused, ServiceSaid, ServiceSilent
from bff.terms.events import Crashed, RequestFinished
from tests.conditions import until
from tests.edge.browser import Browser, door, echo, front_head, saying, scope
from tests.edge.conftest import _admit


async def test_st9_a_frame_is_a_message_either_way(told):
    browser = Browser('{"a":1}', '"é"', '"end"')
    await door(echo, told)(scope(), browser.receive, browser.send)
    assert ['{"a":1}', '"é"'] == browser.heard
    assert (1000, "") == browser.end


async def test_the_access_log_tells_it_once_with_what_was_sent(told):
    browser = Browser('"é"', '"end"')
    await door(echo, told)(scope(), browser.receive, browser.send)
    (finished,) = told
    assert isinstance(finished, RequestFinished)
    assert (101, "", "/v1/{room}/chat", 4) == (
        finished.status,
        finished.reason,
        finished.route,
        finished.sent_bytes,
    )


async def test_a_client_that_leaves_ends_the_call(told):
    closed = asyncio.Event()

    async def converse(context, ask, frames):
        try:
            yield b"1"
            await asyncio.Event().wait()
        finally:
            closed.set()

    browser = Browser()
    talking = asyncio.ensure_future(door(converse, told)(scope(), browser.receive, browser.send))
    await until(lambda: browser.heard)
    browser.leave()
    await talking
    assert (True, ["accept", "send"]) == (closed.is_set(), browser.types)
    assert "client-left" == getattr(told[-1], "reason", "")


async def test_a_connection_that_breaks_while_we_speak_is_a_client_that_left(told):
    class Broken(Browser):
        async def send(self, message):
            if message["type"] == "websocket.send":
                raise OSError
            await super().send(message)

    browser = Broken()
    await door(saying(b"1"), told)(scope(), browser.receive, browser.send)
    assert ["accept"] == browser.types


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (BadInput("no JSON", reason="malformed-json"), 1007),
        (BadInput("twice", reason="duplicate-key"), 1007),
        (BadInput("much", reason="body-too-large"), 1009),
        (BadInput("wrong"), 4003),
        (Refused("sign in"), 1008),
        (Refused("slowly", reason="rate-limited", code=Code.RESOURCE_EXHAUSTED), 1013),
        (ServiceSaid("gone", code=Code.ABORTED, source="x"), 4010),
        (ServiceSaid("none", code=Code.NOT_FOUND, source="x"), 4005),
        (ServiceSaid("secret", code=Code.INTERNAL, source="x"), 1011),
        (ServiceSilent("late", reason="upstream-timeout", code=Code.DEADLINE_EXCEEDED), 4004),
    ],
)
async def test_st9_the_close_code_says_what_ended_it(told, failure, code):
    browser = Browser()
    await door(saying(b"1", failure), told)(scope(), browser.receive, browser.send)
    assert (["1"], code) == (browser.heard, browser.end[0])
    assert failure.reason == getattr(told[-1], "reason", "")


async def test_a_further_message_is_let_in_or_ends_it_and_the_handshake_paid_for_the_first(told):
    """The same quota counts whoever sends: a conversation is no way around it."""
    let_in: list[tuple[str, str]] = []

    async def again(context: RequestContext, endpoint: Endpoint) -> None:
        let_in.append((context.identity.subject, endpoint.name))
        if len(let_in) == 2:
            raise Refused("slowly", reason="rate-limited", code=Code.RESOURCE_EXHAUSTED)

    browser = Browser()
    gate = Gate(admit=_admit, again=again, challenge=lambda _: "Bearer")
    front = door(echo, told, gate=gate)
    talking = asyncio.ensure_future(
        front(scope(authorization="ada"), browser.receive, browser.send)
    )
    for number in range(3):
        browser.say(str(number))
        await until(lambda: browser.heard[number:] or talking.done())  # noqa: B023
    await talking
    assert (["0", "1"], (1013, "slowly")) == (browser.heard, browser.end)
    assert [("ada", "POST /v1/{room}/chat")] * 2 == let_in
    assert "rate-limited" == getattr(told[-1], "reason", "")


def test_er5_a_services_own_words_are_not_in_the_reason_of_its_fault():
    assert "secret" not in close_of(ServiceSaid("secret", code=Code.INTERNAL, source="x")).reason
    assert "gone" == close_of(ServiceSaid("gone", code=Code.ABORTED, source="x")).reason


def test_a_reason_fits_into_its_frame_and_cuts_no_character():
    assert "é" * 61 == fitting("é" * 200)
    assert "a b" == fitting("a\nb")


@pytest.mark.parametrize("failure", [Failure("x", code=Code.UNKNOWN), RuntimeError("secret")])
async def test_a_bug_is_1011(told, failure):
    browser = Browser()
    await door(saying(failure), told)(scope(), browser.receive, browser.send)
    assert 1011 == browser.end[0]
    assert "secret" not in browser.end[1]
    assert isinstance(failure, Failure) or [Crashed, RequestFinished] == [type(one) for one in told]


@pytest.mark.parametrize(("frame", "code"), [(b"{}", 1003), ('"' + "x" * 100 + '"', 1009)])
async def test_frames_that_are_no_text_or_too_large_end_it(told, frame, code):
    browser = Browser(frame)
    await door(echo, told)(scope(), browser.receive, browser.send)
    assert code == browser.end[0]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_row_120_a_page_of_another_origin_gets_a_403(told, origin):
    browser = Browser()
    headers = {"host": "app.example", "origin": origin}
    await door(echo, told)(scope(**headers), browser.receive, browser.send)
    assert (["http.response.start", "http.response.body"], 403) == (
        browser.types,
        browser.sent[0]["status"],
    )
    assert "permission-denied" == getattr(told[-1], "reason", "")


async def test_who_must_sign_in_gets_the_same_401_as_over_http(told):
    browser = Browser()
    front = door(echo, told, access="signed_in")
    await front(scope(), browser.receive, browser.send)
    assert (401, "UNAUTHENTICATED") == (
        browser.sent[0]["status"],
        json.loads(browser.sent[1]["body"])["code"],
    )
    assert b"Bearer" == dict(browser.sent[0]["headers"])[b"www-authenticate"]


async def test_a_server_that_cannot_answer_a_handshake_closes_it(told):
    browser = Browser()
    front = door(echo, told, access="signed_in")
    await front(scope(denial=False), browser.receive, browser.send)
    assert ["close"] == browser.types


async def test_who_is_signed_in_talks_on_their_own_behalf(told):
    seen: list[str] = []

    async def converse(context, ask, frames):
        seen.extend([context.identity.subject, *ask.values])
        yield b"1"

    browser = Browser()
    front = door(converse, told, access="signed_in")
    await front(scope(authorization="ada"), browser.receive, browser.send)
    assert ["ada", "blue"] == seen


@pytest.mark.parametrize("path", ["/v1/plain", "/nothing", "/v1/%zz/chat"])
async def test_what_converses_not_is_the_shells_business(told, path):
    browser = Browser()
    await door(echo, told)(scope(path), browser.receive, browser.send)
    assert 4404 == browser.sent[-1]["code"]


async def test_st6_a_client_that_talks_faster_than_the_service_listens_is_held_back(told):
    """The frames that wait are few; the others wait in the client's own connection."""
    listens = asyncio.Event()

    async def converse(context, ask, frames):
        await listens.wait()
        count = 0
        async for _ in frames:
            count += 1
            if count == 50:
                yield b"%d" % count
                return

    browser = Browser(*("1" for _ in range(50)))
    talking = asyncio.ensure_future(door(converse, told)(scope(), browser.receive, browser.send))
    for _ in range(100):
        await asyncio.sleep(0)
    assert browser.inbox.qsize() >= 50 - FRAMES_AHEAD - 1
    listens.set()
    await talking
    assert ["50"] == browser.heard


async def test_a_service_that_never_listens_ends_it(told):
    async def converse(context, ask, frames):
        await asyncio.Event().wait()
        yield b""

    async def admit(head, endpoint):
        return RequestContext(request_id="r", deadline=None)  # type: ignore[arg-type]

    front = door(converse, told)
    room = Room(
        blueprint=front.blueprint,
        admit=admit,
        again=front.gate.again,
        refuse=front.refusals.of,
        emit=told.append,
    )
    sockets, browser = Sockets(room, stall_s=0.01), Browser(*("1" for _ in range(9)))
    found = sockets.find("/v1/blue/chat")
    assert found is not None
    await sockets.serve(
        found,
        front_head(),
        scope=scope(),
        receive=browser.receive,
        send=browser.send,
    )
    assert 1008 == browser.end[0]


async def test_frames_beyond_what_is_read_are_thrown_away_and_hide_no_goodbye(told):
    """The request of a server stream is one frame: what else is said keeps nothing waiting."""

    async def converse(context, ask, frames):
        async for _ in frames:
            break
        yield b"1"
        await asyncio.Event().wait()

    browser = Browser(*("1" for _ in range(50)))
    browser.leave()
    await door(converse, told, most_frames=1)(scope(), browser.receive, browser.send)
    assert "client-left" == getattr(told[-1], "reason", "")
