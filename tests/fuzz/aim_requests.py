"""What a client may send: bytes to our HTTP/1.1 protocol, between a transport and an app of ours.

Promise   No crash; an answer or a close; one answer a request, in turn, and behind a refusal
          nothing. However the bytes are cut, at the ends of requests too, they are the same
          requests; and those that another parser reads of them, too, or what one of the two sees
          could be hidden from the other.
Called by aims.py.
"""

import asyncio
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import h11
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.server import ServerState

from bff.edge.http1.connections import Connections
from bff.edge.http1.lane import Lane
from tests.fuzz.aim import Aim
from tests.fuzz.client import App, Request, Wire

_ENDS_OF_HEADS = re.compile(rb"(?<=\r\n\r\n)")
_HUNDRED = b"HTTP/1.1 100 Continue\r\n\r\n"


def check(data: bytes) -> str:
    """An input is the size of the pieces, 0 for one, and all that a client sends."""
    size, sent = (data[0] if data else 0), data[1:]
    app, wire = talked([sent] if sent else [])
    statuses = _check_answers(bytes(wire.text), app)
    ways = [_ENDS_OF_HEADS.split(sent)]
    if size:
        ways.append([sent[at : at + size] for at in range(0, len(sent), size)])
    for pieces in ways:
        again, cut = talked([piece for piece in pieces if piece])
        assert app.whole == again.whole
        told = _check_answers(bytes(cut.text), again)
        assert len(statuses) == len(told), (statuses, told)  # only the words of a refusal differ
    theirs = list(_theirs(sent))
    for mine, other in zip(app.whole, theirs, strict=False):
        assert mine == other
    assert len(app.whole) <= len(theirs)
    first = " ".join(f"{method.decode()}{'+' * bool(body)}" for method, _, body in app.whole[:2])
    return f"{' '.join(map(str, statuses)) or 'closed'} {first}".rstrip()


def talked(pieces: list[bytes]) -> tuple[App, Wire]:
    """A whole conversation; each piece is answered as far as it can be before the next."""
    app, wire = App(), Wire()
    crashes: list[object] = []
    loop = _loop()
    loop.set_exception_handler(lambda _, context: crashes.append(context))
    loop.run_until_complete(_talk(loop, app, wire, pieces))
    assert crashes == []
    return app, wire


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for all: to make one costs more than a conversation."""
    return asyncio.new_event_loop()


async def _talk(loop: asyncio.AbstractEventLoop, app: App, wire: Wire, pieces: list[bytes]) -> None:
    config = Config(cast("Any", app), ws="none", lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    lane = Lane(
        config=config,
        server_state=state,
        app_state={},
        _loop=loop,
        connections=Connections(sweep_s=3_600.0),
    )
    lane.connection_made(wire)
    for piece in pieces:
        if not wire.ended:
            lane.data_received(piece)
        await _settled(state)
    if not wire.ended:
        lane.eof_received()
    await _settled(state)
    lane.connection_lost(None)
    await _settled(state)
    assert not state.tasks


async def _settled(state: ServerState) -> None:
    """A few ticks: an answer takes no more, and a request that is not whole yet waits."""
    for _ in range(12 if state.tasks else 1):
        await asyncio.sleep(0)


def _check_answers(text: bytes, app: App) -> list[int]:
    """The statuses, after all that can be said of the answers by themselves."""
    found = list(_answers(text.replace(_HUNDRED, b""), app))
    own = [int(headers[b"x-app"]) for _, headers in found if b"x-app" in headers]
    refused = [at for at, (_, headers) in enumerate(found) if b"x-app" not in headers]
    closing = [
        at for at, (_, headers) in enumerate(found) if b"close" == headers.get(b"connection")
    ]
    assert own == sorted(set(own))
    assert len(own) == len(app.whole), "each request has its answer"
    assert refused in ([], [len(found) - 1])
    assert closing[:1] in ([], [len(found) - 1]), "an answer behind the last one"
    return [status for status, _ in found]


def _answers(text: bytes, app: App) -> Iterator[tuple[int, dict[bytes, bytes]]]:
    while text:
        head, _, rest = text.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        assert first.startswith(b"HTTP/1.1 "), first
        headers = dict(line.lower().split(b": ", 1) for line in lines)
        yield int(first[9:12]), headers
        is_own = b"x-app" in headers
        is_head = is_own and app.methods[int(headers[b"x-app"])] == "HEAD"
        length = 0 if is_head else int(headers[b"content-length"])
        assert is_own or len(rest) in (0, length)
        text = rest[length:]


def _theirs(sent: bytes) -> Iterator[Request]:
    """The whole requests that h11 reads, up to its first doubt; blank lines before one are none."""
    while sent := sent.lstrip(b"\r\n"):
        reader = h11.Connection(h11.SERVER)
        reader.receive_data(sent)
        reader.receive_data(b"")
        try:
            head = reader.next_event()
            body = b""
            while isinstance(event := reader.next_event(), h11.Data):
                body += bytes(event.data)
        except h11.ProtocolError:
            return
        if not isinstance(head, h11.Request) or not isinstance(event, h11.EndOfMessage):
            return
        yield head.method, _relative(head.target), body
        sent = reader.trailing_data[0]


def _relative(target: bytes) -> bytes:
    """An absolute target is served as its path, and no query as none."""
    found = re.fullmatch(rb"(?i:https?)://[^/?]*(.*)", target, re.DOTALL)
    if found is not None:
        target = found[1] if found[1].startswith(b"/") else b"/" + found[1]
    path, _, query = target.partition(b"?")
    return target if query else path


_METHODS = st.sampled_from("GET GET GET HEAD POST PUT DELETE OPTIONS TRACE get FOO G@T".split())
_TARGETS = st.one_of(
    st.sampled_from(["/", "/a?b=c", "/a%20b", "http://h/a", "*", "a", "/#a", "/é", "//a", "/a b"]),
    st.text("/a%2e?&=:@", max_size=8).map(lambda text: "/" + text),
)
_VERSIONS = st.sampled_from(
    ["HTTP/1.1"] * 9 + ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "", "HTTP/1.10"]
)
_ENDS = st.sampled_from(["\r\n"] * 90 + ["\n", "\r", "\r\n ", "\r\r\n"])
_LINES = st.sampled_from(
    [
        "Host: h",
        "Connection: close",
        "Connection: keep-alive",
        "Connection: Upgrade",
        "Upgrade: h2c",
        "Content-Length: 0",
        "Content-Length: 2",
        "Content-Length: 2, 2",
        "Content-Length: +2",
        "content-length : 2",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: identity",
        "X: a",
        "X:",
        ": a",
        "X",
        "X: \0",
        "X: \x80",
        "Expect: 100-continue",
        "Expect: 200-ok",
        "Trailer: X",
        "X : a",
        "\tX: a",
    ]
)
_BODIES = st.sampled_from(
    [
        "",
        "",
        "",
        "{}",
        "2\r\n{}\r\n0\r\n\r\n",
        "0\r\n\r\n",
        "0\r\nX: a\r\n\r\n",
        "2;a=b\r\n{}\r\n0\r\n\r\n",
        "02\r\n{}\r\n0\r\n\r\n",
        "2 \r\n{}\r\n0\r\n\r\n",
        "2\n{}\n0\n\n",
        "-2\r\n",
        "0x2\r\n{}\r\n",
        "ffffffffff\r\n",
        "2\r\n{}0\r\n\r\n",
        "2\r\n{}\r\n0\r\n",
    ]
)


_GOOD = st.one_of(
    st.builds(
        "{} {} HTTP/1.1\r\nHost: h\r\n\r\n".format, st.sampled_from(["GET", "HEAD"]), _TARGETS
    ),
    st.builds(
        "{} / HTTP/1.1\r\nHost: h\r\n{}".format,
        st.sampled_from(["POST", "PUT", "DELETE", "OPTIONS"]),
        st.sampled_from(
            [
                "\r\n",
                "Content-Length: 3\r\n\r\nabc",
                "Content-Length: 1\r\nExpect: 100-continue\r\n\r\na",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\nX-T: a\r\n\r\n",
                "Connection: close\r\nContent-Length: 1\r\n\r\na",
                "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\na",
            ]
        ),
    ),
)
_REPEATED = st.builds(
    lambda head, targets: "".join(f"GET {target} HTTP/1.1\r\n{head}\r\n" for target in targets),
    st.sampled_from(["Host: h\r\n", "Host: h\r\nX: a\r\n", "Host: h\r\nConnection: close\r\n"]),
    st.lists(_TARGETS, min_size=2, max_size=4),
)


@st.composite
def _request(draw: st.DrawFn) -> str:
    first = f"{draw(_METHODS)} {draw(_TARGETS)} {draw(_VERSIONS)}{draw(_ENDS)}"
    host = "Host: h\r\n" * draw(st.sampled_from([1, 1, 1, 1, 1, 1, 0, 2]))
    lines = [f"{one}{draw(_ENDS)}" for one in draw(st.lists(_LINES, max_size=3))]
    return "".join([first, host, *lines, draw(_ENDS), draw(_BODIES)])


@st.composite
def _inputs(draw: st.DrawFn) -> bytes:
    size = draw(st.sampled_from([0, 1, 2, 7, 40]))
    sent = "".join(
        draw(st.lists(st.one_of(_GOOD, _GOOD, _REPEATED, _request()), min_size=1, max_size=5))
    )
    return bytes([size]) + sent.encode("latin-1")


REQUESTS = Aim("requests", _inputs(), check)
