"""The short way of a GET: what a client sees, and what is told, is what the long way has."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bff.calls.call import Done
from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Answer, Ask, Endpoint, Gap
from bff.contract.metadata import MetadataOptions, MetadataRules
from bff.edge.front import AtOnce, Front, FrontOptions, Gate
from bff.edge.http1.lane import Lane
from bff.edge.shell import shell
from bff.edge.short_way import ShortWay
from bff.guard.presented import Presented
from bff.terms.codes import Code
from bff.terms.context import Identity, RequestContext
from bff.terms.errors import BadInput, Refused, ServiceSaid
from bff.terms.events import Crashed, Event, RequestFinished
from tests.conditions import until
from tests.edge.conftest import an_endpoint
from tests.edge.test_lane import asked, served

Outcome = Answer | Exception
HOST = b"host: h\r\nx-request-id: r1\r\nuser-agent: test\r\n"
CLOSE = HOST + b"connection: close\r\n\r\n"
TRACE = b"00-%b-%b-01" % (b"a" * 32, b"b" * 16)
LONG = b'{"text":"%s"}' % (b"x" * 5_000)
OUTCOMES: dict[str, Outcome] = {
    "small": Answer(b'{"a":1}'),
    "long": Answer(LONG),
    "gap": Answer(b'{"a":null}', gaps=(Gap(path="/a", code=Code.UNAVAILABLE, retryable=True),)),
    "headers": Answer(b"{}", headers=(("x-own", "1"), ("etag", '"7"'))),
    "created": Answer(b"{}", status=201),
    "other": Answer(b"raw", media_type="text/plain"),
    "missing": ServiceSaid("No such thing.", code=Code.NOT_FOUND, source="a.B/C"),
    "broken": ServiceSaid("secret", code=Code.INTERNAL, source="a.B/C"),
    "bug": RuntimeError("a bug"),
}


class Kitchen:
    """Endpoints that answer as they are called, by both ways; `begun` went the short one."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.begun: list[str] = []
        self.long: list[str] = []
        self.given_up: list[str] = []
        self.told: list[Event] = []
        self.waiting: list[Callable[[], None]] = []
        self.held = False
        self._at_once = at_once

    def endpoint(self, name: str) -> Endpoint:
        async def run(context: RequestContext, ask: Ask) -> Answer:
            self.long.append(name)
            outcome = self._outcome(name, context, ask)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        def short(context: RequestContext, ask: Ask, done: Done) -> Callable[[], None] | None:
            if ask.query == "late":
                return None
            outcome = self._outcome(name, context, ask)
            self.begun.append(name)
            tell = partial(_tell, done, outcome)
            if self.held:
                self.waiting.append(tell)
            elif self._at_once:
                tell()
            else:
                asyncio.get_running_loop().call_soon(tell)
            return partial(self.given_up.append, name)

        access: Any = "signed_in" if name == "mine" else "public"
        return an_endpoint(
            f"/{name}/{{id}}", run=run, short=short, access=access, soft=name == "gap"
        )

    def _outcome(self, name: str, context: RequestContext, ask: Ask) -> Outcome:
        if ask.query == "bad":
            raise BadInput.at("bad", "send something else")
        if name == "seen":
            seen = (*ask.values, ask.query, context.identity.subject, *map(str, context.metadata))
            return Answer("|".join((*seen, context.peer)).encode())
        return OUTCOMES.get(name, OUTCOMES["small"])

    def front(self, gate: Gate | None = None) -> Front:
        names = (*OUTCOMES, "mine", "seen")
        return Front(
            Blueprint([self.endpoint(one) for one in names], title="t", version="1"),
            shell=shell(()),
            gate=gate or Gate(admit=_admit, at_once=_at_once, challenge=lambda _: "Bearer"),
            emit=self.told.append,
            options=FrontOptions(metadata=MetadataRules(MetadataOptions(forward=("x-tenant",)))),
        )


def _tell(done: Done, outcome: Outcome) -> None:
    failed = isinstance(outcome, Exception)
    done(None if failed else outcome, outcome if failed else None)


def _known(context: RequestContext, endpoint: Endpoint, shown: Presented) -> RequestContext | None:
    authorizations = shown.authorizations
    if authorizations == ("Bearer new",):
        return None
    subject = authorizations[0].removeprefix("Bearer ") if authorizations else ""
    if not endpoint.access.is_public and not subject:
        raise Refused("Sign in.")
    return context._replace(identity=Identity(subject=subject))


def _at_once(endpoint: Endpoint) -> AtOnce:
    return lambda context, shown: _known(context, endpoint, shown)


async def _admit(context: RequestContext, endpoint: Endpoint, shown: Presented) -> RequestContext:
    known = _known(context, endpoint, shown)
    return known or context._replace(identity=Identity(subject="new"))


REQUESTS = [
    *(b"GET /%s/1 HTTP/1.1\r\n" % name.encode() + CLOSE for name in OUTCOMES),
    b"GET /seen/1?a=b HTTP/1.1\r\nx-tenant: t\r\nauthorization: Bearer ada\r\n" + CLOSE,
    b"GET /seen/1%20a HTTP/1.1\r\ntraceparent: " + TRACE + b"\r\n" + CLOSE,
    b"GET /seen/1 HTTP/1.1\r\nx-forwarded-for: 1.2.3.4\r\nforwarded: for=1\r\n" + CLOSE,
    b"GET /mine/1 HTTP/1.1\r\n" + CLOSE,
    b"GET /mine/1 HTTP/1.1\r\nauthorization: Bearer new\r\n" + CLOSE,
    b"GET /small/1?bad HTTP/1.1\r\n" + CLOSE,
    b"GET /small/1?late HTTP/1.1\r\n" + CLOSE,
    b"GET /small/%zz HTTP/1.1\r\n" + CLOSE,
    b"GET /unknown HTTP/1.1\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\naccept: text/html\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\ngrpc-timeout: 1S\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\ngrpc-timeout: soon\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\nif-none-match: *\r\n" + CLOSE,
    b'GET /small/1 HTTP/1.1\r\nif-none-match: "x"\r\n' + CLOSE,
    b"GET /long/1 HTTP/1.1\r\naccept-encoding: gzip\r\n" + CLOSE,
    b"GET /missing/1 HTTP/1.1\r\naccept-language: de\r\n" + CLOSE,
    b"HEAD /small/1 HTTP/1.1\r\n" + CLOSE,
    b"POST /small/1 HTTP/1.1\r\ncontent-length: 0\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.0\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\nGET /long/1 HTTP/1.1\r\n" + CLOSE,
    b"GET /bug/1 HTTP/1.1\r\n" + HOST + b"\r\nGET /small/1 HTTP/1.1\r\n" + CLOSE,
    b"GET /small/1 HTTP/1.1\r\n"
    + HOST
    + b"\r\nPOST /a HTTP/1.1\r\ncontent-length: 1\r\n"
    + CLOSE
    + b"x",
]


async def _everything(http: Any, kitchen: Kitchen, front: Front) -> list[tuple[bytes, list[Event]]]:
    found = []
    async with served(front, http) as dial:
        for text in REQUESTS:
            kitchen.told.clear()
            answer = await asked(dial, text)
            count = answer.count(b"HTTP/1.1 ")
            await until(lambda count=count: len(_requests(kitchen.told)) == count)
            found.append((answer, [_timeless(one) for one in kitchen.told]))
    return found


def _requests(told: list[Event]) -> list[Event]:
    return [one for one in told if isinstance(one, RequestFinished)]


def _timeless(event: Event) -> Event:
    if isinstance(event, RequestFinished):
        return event._replace(elapsed_s=0.0)
    return event._replace(traceback="") if isinstance(event, Crashed) else event


@pytest.mark.parametrize("at_once", [False, True])
async def test_every_answer_and_every_event_is_that_of_the_long_way(at_once):
    short, long = Kitchen(at_once=at_once), Kitchen()
    front = short.front()
    by_short = await _everything(partial(Lane, short=ShortWay(front)), short, front)
    by_long = await _everything(HttpToolsProtocol, long, long.front())

    for request, ours, theirs in zip(REQUESTS, by_short, by_long, strict=True):
        assert theirs == ours, request
    assert not long.begun
    assert {*OUTCOMES, "seen"} <= set(short.begun)  # it was taken where there is one


def connected(kitchen: Kitchen) -> Any:
    front = kitchen.front()
    return served(front, partial(Lane, short=ShortWay(front)))


async def test_requests_of_one_connection_share_what_their_headers_say_and_no_more():
    """Each has a request id of its own; whoever changes a header is somebody else."""
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        reader, writer = await dial()
        found = []
        for token in (b"ada", b"ada", b"bob", b"ada"):
            writer.write(
                b"GET /seen/1 HTTP/1.1\r\nhost: h\r\nauthorization: Bearer %s\r\n\r\n" % token
            )
            await reader.readuntil(b"\r\n\r\n")
            found.append((await reader.readuntil(b"|127.0.0.1")).decode().split("|"))
        writer.close()
    assert ["ada", "ada", "bob", "ada"] == [one[2] for one in found]
    assert 4 == len({one[3] for one in found})
    assert 4 == len(kitchen.begun)


async def test_the_next_request_waits_for_the_answer_to_this_one():
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        reader, writer = await dial()
        writer.write((b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n") * 2)
        await until(lambda: len(kitchen.waiting) == 1)
        kitchen.held = False
        kitchen.waiting.pop()()
        for _ in range(2):
            assert b"HTTP/1.1 200 OK" in await reader.readuntil(b'{"a":1}')
        writer.close()
    assert (["small"], ["small"]) == (kitchen.begun, kitchen.long)


async def test_f15_a_failure_is_answered_as_soon_as_it_is_told():
    """Refusals come by the thousand: they wait for no turn of the loop, and are no task."""
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        _, writer = await dial()
        writer.write(b"GET /missing/1 HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: len(kitchen.waiting) == 1)
        kitchen.waiting.pop()()
        told = [one.status for one in kitchen.told if isinstance(one, RequestFinished)]
        writer.close()
    assert [404] == told


async def test_a_server_that_stops_lets_the_answer_out_and_closes():
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        reader, writer = await dial()
        writer.write(b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: len(kitchen.waiting) == 1)
        released = asyncio.create_task(_released(dial, kitchen))
        reading = asyncio.create_task(reader.read())
    found = await reading
    await released
    assert b"HTTP/1.1 200 OK" == found[:15]
    assert found.endswith(b'{"a":1}')
    assert b"connection: close" in found
    writer.close()


async def _released(dial: Any, kitchen: Kitchen) -> None:
    """Once nobody is let in any more, every connection was told to stop."""
    while True:
        try:
            _, writer = await dial()
        except OSError:
            break
        writer.close()
    kitchen.waiting.pop()()


async def test_no_reference_cycle_is_left_for_the_collector():
    """One for each request would be a tenth of the time."""
    import gc

    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        reader, writer = await dial()

        async def ask(count: int) -> None:
            for _ in range(count):
                writer.write(b"GET /small/1 HTTP/1.1\r\nhost: h\r\n\r\n")
                await reader.readuntil(b'{"a":1}')

        await ask(5)
        gc.collect()
        gc.disable()
        try:
            await ask(50)
            assert gc.collect() < 50
        finally:
            gc.enable()
        writer.close()
