"""Who was let in on the short way, and what the next request of its connection has of it: nothing.

The gate here notes what it is shown, and lets in whoever has a token.
"""

import re
from functools import partial

import pytest

from bff.contract.metadata import MetadataRules
from bff.edge.forwarded import Proxies
from bff.edge.front import Front, Gate
from bff.edge.greeting import greeting_of
from bff.edge.http1.lane import Lane
from bff.edge.shell import shell
from bff.edge.short_way import ShortWay
from bff.guard.presented import Presented
from tests.edge.kitchen import Kitchen, _admit, _known
from tests.edge.test_lane import served

HOST = b"host: h\r\n"
ADA = HOST + b"authorization: Bearer ada\r\n"
FIRST = {
    "write": b"POST /mine/1 HTTP/1.1\r\ncontent-length: 0\r\n" + ADA,
    "refused": b"GET /mine/1 HTTP/1.1\r\n" + HOST,
    "let in": b"GET /mine/1 HTTP/1.1\r\n" + ADA,
    "let in, and long": b"GET /mine/1?late HTTP/1.1\r\n" + ADA,
    "let in, and wrong": b"GET /mine/1?bad HTTP/1.1\r\n" + ADA,
}
SECOND = ("HEAD /mine/1", "GET /mine/1", "GET /mine/1?late", "POST /mine/1")


class Watched:
    """A front door whose gate is asked, and how often."""

    def __init__(self) -> None:
        self.kitchen = Kitchen()
        self.shown: list[Presented] = []
        whole = self.kitchen.front()

        def at_once(endpoint):
            def way_in(context, shown):
                self.shown.append(shown)
                return _known(context, endpoint, shown)

            return way_in

        self.front = Front(
            whole.blueprint,
            shell=shell(()),
            gate=Gate(admit=_admit, at_once=at_once, challenge=lambda _: "Bearer"),
            emit=self.kitchen.told.append,
        )

    async def asked(self, *requests: bytes) -> list[bytes]:
        """The status lines of their answers, each sent when the one before was answered."""
        async with served(self.front, partial(Lane, short=ShortWay(self.front))) as dial:
            reader, writer = await dial()
            found = []
            for one in requests:
                writer.write(one)
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head)
                if length and not one.startswith(b"HEAD"):
                    await reader.readexactly(int(length[1]))
                found.append(head[9:12])
            writer.close()
            return found


@pytest.mark.parametrize("second", SECOND)
@pytest.mark.parametrize("first", FIRST)
async def test_row_112_nobody_comes_in_with_the_context_of_whoever_came_before(first, second):
    post = b"content-length: 0\r\n" if second.startswith("POST") else b""
    last = second.encode() + b" HTTP/1.1\r\n" + HOST + post + b"\r\n"
    _, status = await Watched().asked(FIRST[first] + b"\r\n", last)
    assert b"401" == status


@pytest.mark.parametrize("first", FIRST)
async def test_the_gate_is_asked_once_whatever_way_a_request_takes(first):
    watched = Watched()
    await watched.asked(FIRST[first] + b"\r\n")
    assert 1 == len(watched.shown)


async def test_each_request_shows_its_own_query_and_values():
    """Headers are read once for a connection; a query that was bound to its caller is not one."""
    watched = Watched()
    paths = ("/mine/1?user_id=ada", "/mine/2", "/mine/1?user_id=bob", "/mine/1")
    await watched.asked(*[b"GET %b HTTP/1.1\r\n%b\r\n" % (it.encode(), ADA) for it in paths])
    assert [(("1",), "user_id=ada"), (("2",), ""), (("1",), "user_id=bob"), (("1",), "")] == [
        (one.values, one.query) for one in watched.shown
    ]


def test_what_is_remembered_of_a_connections_headers_has_no_query():
    scope = {
        "type": "http",
        "path": "/mine",
        "query_string": b"user_id=ada",
        "headers": [],
        "client": ("127.0.0.1", 1),
    }
    greeting = greeting_of(scope, proxies=Proxies(), rules=MetadataRules())
    assert "" == greeting.presented.query
