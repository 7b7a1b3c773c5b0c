"""A client's requests are its own: whatever becomes of them, nobody else's call ends with them."""

from typing import Any

import pytest

from bff.compose.endpoint import Answer
from bff.edge.errand import Errand
from bff.edge.http1.lane import AT_ONCE, Lane
from bff.edge.short_way import ShortWay
from bff.terms.errors import BadInput, Violation
from bff.terms.events import Crashed, RequestFinished
from tests.conditions import until
from tests.edge.kitchen import HOST, OUTCOMES, Kitchen, connected
from tests.edge.test_lane import asked, echo, served

GET = b"GET /small/1 HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /small/1 HTTP/1.1\r\ncontent-length: 2\r\n" + HOST + b"\r\n{}"
UPGRADE = (
    b"GET /nowhere HTTP/1.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + HOST + b"\r\n"
)


def _statuses(kitchen: Kitchen) -> list[int]:
    return [one.status for one in kitchen.told if isinstance(one, RequestFinished)]


@pytest.mark.parametrize("first", [GET, POST])
async def test_an_upgrade_never_overtakes_the_answer_to_the_request_before_it(first):
    """Taken at once, it would leave the call without a connection to answer on."""
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        kitchen.held = True
        reader, writer = await dial()
        writer.write(first + UPGRADE)
        await until(lambda: len(kitchen.waiting) == 1)
        kitchen.waiting.pop()()
        found = await reader.read()
        writer.close()
    assert [b"200", b"400"] == [part[:3] for part in found.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("behind", [b"", GET])
@pytest.mark.parametrize(
    ("request_", "given_up", "status"),
    [(GET, 1, 499), (POST, 0, 200)],
)
async def test_f13_a_read_is_given_up_when_its_client_leaves_and_a_write_is_waited_for(
    request_, given_up, status, behind
):
    kitchen, lanes = Kitchen(), list[Lane]()
    kitchen.held = True
    short = ShortWay(kitchen.front())

    def made(*given: Any, **named: Any) -> Lane:
        lanes.append(Lane(*given, short=short, **named))
        return lanes[-1]

    async with served(short.front, made) as dial:
        _, writer = await dial()
        writer.write(request_ + behind)
        await until(lambda: len(kitchen.waiting) == 1)
        (lanes[0] if behind else writer).transport.abort()  # a pipeline pauses the reading
        await until(lambda: bool(kitchen.given_up or lanes[0].tasks))  # uvicorn waits for these
        if not given_up:
            kitchen.waiting.pop()()
        writer.close()
        await until(lambda: _statuses(kitchen) and not lanes[0].tasks)
    assert given_up == len(kitchen.given_up)
    assert [status] == _statuses(kitchen)


async def test_a_bug_behind_a_call_is_told_and_made_into_nobody_elses(monkeypatch):
    """Whoever tells of a call is amid reading the socket that all calls share."""

    def broken(_errand: Errand, _answer: Answer) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Errand, "_answer", broken)
    kitchen = Kitchen(at_once=True)
    async with connected(kitchen) as dial:
        reader, writer = await dial()
        writer.write(POST)
        assert b"" == await reader.read()
        writer.close()
    assert ([("POST", "small")], []) == (kitchen.begun, kitchen.long)
    assert [True] == [isinstance(one, Crashed) for one in kitchen.told]


async def test_a_refusal_longer_than_a_slice_arrives_whole(monkeypatch):
    long = BadInput("Much is wrong.", violations=[Violation("a", "x" * 100)] * 1_000)
    monkeypatch.setitem(OUTCOMES, "small", long)
    kitchen = Kitchen()
    async with connected(kitchen) as dial:
        found = await asked(dial, GET.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
    head, _, body = found.partition(b"\r\n\r\n")
    assert b"content-length: %d\r\n" % len(body) in head + b"\r\n"
    assert len(body) > 65_536
    assert [("GET", "small")] == kitchen.begun


async def test_behind_the_last_answer_of_a_connection_nothing_is_begun():
    kitchen = Kitchen(at_once=True)
    front = kitchen.front()
    lanes: list[Lane] = []

    def made(*given: Any, **named: Any) -> Lane:
        lanes.append(Lane(*given, short=ShortWay(front), **named))
        lanes[-1].connections_here.closing = True
        return lanes[-1]

    async with served(front, made) as dial:
        found = await asked(dial, POST.replace(b"small", b"mine") + POST)
    assert 1 == found.count(b"HTTP/1.1 ")
    assert [] == kitchen.begun


async def test_many_requests_that_come_together_take_turns_with_the_loop():
    kitchen = Kitchen(at_once=True)
    async with connected(kitchen) as dial:
        reader, writer = await dial()
        writer.write(GET * (AT_ONCE + 1))
        for _ in range(AT_ONCE + 1):
            await reader.readuntil(b'{"a":1}')
        writer.close()
    assert (AT_ONCE, 1) == (len(kitchen.begun), len(kitchen.long))


async def test_a_length_of_thousands_of_digits_is_no_length():
    async with served(echo) as dial:
        found = await asked(
            dial, b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: %b\r\n\r\nab" % b"2".zfill(5_000)
        )
    assert b"HTTP/1.1 400 " == found[:13]
