"""What a service may send: HTTP/2 frames, to the connection of our client.

Promise   Every call ends once, with an answer or a failure, and the connection says nothing that is
          no frame. An answer is the bytes of its own stream, as an independent reading has them.
Called by aims.py.
"""

import gzip
import zlib
from asyncio import AbstractEventLoop, Transport
from collections.abc import Iterator
from math import inf
from typing import cast

from hypothesis import strategies as st

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.connection import Connection
from bff.transport.http2.exchange import Exchange
from bff.transport.http2.options import Http2Options
from tests.fuzz.aim import Aim
from tests.fuzz.peer import Keeper, Loop, Socket
from tests.transport import raw_frames as raw
from tests.transport.raw_frames import Kind

STREAMS = (1, 3, 5)
_OWN_BYTES = 300
"""What a connection says when nobody asks: its settings, three calls, and goodbye."""


def check(data: bytes) -> str:
    """An input is the size of the pieces, 0 for one, and all that a service sends."""
    outcomes: dict[int, list[bytes | Failure]] = {number: [] for number in STREAMS}
    loop, socket, keeper = Loop(), Socket(), Keeper()
    one = Connection(
        keeper, options=Http2Options(), block=lambda _: b"", loop=cast("AbstractEventLoop", loop)
    )
    one.connection_made(cast("Transport", socket))
    for number in STREAMS:
        one.open(_exchange(outcomes[number]))
    for piece in _pieces(data):
        loop.run()
        if not socket.ended:
            one.data_received(piece)
    loop.run()
    one.connection_lost(None)
    loop.run()
    _check_written(bytes(socket.wire), len(data))
    given_back = {stream.id for stream in keeper.back}
    said = _said_by_stream(data)
    for number, told in outcomes.items():  # a call that was given back is made anew elsewhere
        assert len(told) == (number not in given_back), (number, told, given_back)
        if told and isinstance(told[0], bytes):
            assert told[0] in said[number], (number, told[0])
    return _in_a_word([told[0] for told in outcomes.values() if told], len(given_back))


def _exchange(outcomes: list[bytes | Failure]) -> Exchange:
    def done(reply: bytes, failure: Failure | None) -> None:
        outcomes.append(reply if failure is None else failure)

    return Exchange(
        "/a.B/C",
        b"request",
        fields=b"",
        deadline=Deadline(inf),
        done=done,
        hear=None,
        most_bytes=1 << 20,
    )


def _pieces(data: bytes) -> Iterator[bytes]:
    size = data[0] if data and data[0] else max(1, len(data))
    return (data[at : at + size] for at in range(1, len(data), size))


def _frames(wire: bytes) -> Iterator[raw.Frame]:
    """All whole frames."""
    at = 0
    while at + 9 <= len(wire):
        end = at + 9 + int.from_bytes(wire[at : at + 3], "big")
        if end > len(wire):
            return
        stream = int.from_bytes(wire[at + 5 : at + 9], "big") & 0x7FFFFFFF
        yield raw.Frame(wire[at + 3], wire[at + 4], stream, wire[at + 9 : end])
        at = end


def _check_written(wire: bytes, came_bytes: int) -> None:
    assert wire.startswith(raw.PREFACE)
    frames = wire[len(raw.PREFACE) :]
    assert len(frames) == sum(9 + len(one.payload) for one in _frames(frames))
    assert len(frames) <= _OWN_BYTES + 3 * came_bytes
    assert {one.stream for one in _frames(frames)} <= {0, *STREAMS}


def _said_by_stream(data: bytes) -> dict[int, list[bytes]]:
    """The one message that each stream's DATA begin with, as it is and inflated."""
    bodies = {number: bytearray() for number in STREAMS}
    for one in _frames(data[1:]):
        if one.kind == Kind.DATA and one.stream in bodies:
            padding = one.payload[0] if one.flags & raw.PADDED and one.payload else -1
            start, end = (1, len(one.payload) - padding) if padding >= 0 else (0, None)
            bodies[one.stream] += one.payload[start:end]
    return {number: _messages(bytes(body)) for number, body in bodies.items()}


def _messages(body: bytes) -> list[bytes]:
    message = body[5 : 5 + int.from_bytes(body[1:5], "big")]
    try:
        return [message, gzip.decompress(message)]
    except (OSError, EOFError, zlib.error):
        return [message]


def _in_a_word(told: list[bytes | Failure], given_back: int) -> str:
    words = sorted("answer" if isinstance(one, bytes) else one.reason for one in told)
    return " ".join([*words, *["given-back"] * given_back])


_STREAMS = st.sampled_from([*STREAMS, *STREAMS, 0, 2, 7])
_BODIES = st.sampled_from([b"", b"fine", b"other", b"x" * 300])
_FIELDS = st.sampled_from(
    [
        raw.GRPC,
        raw.OK,
        raw.ZIPPED,
        (*raw.GRPC, *raw.OK),
        ((":status", "100"),),
        ((":status", "503"),),
        (("grpc-status", "5"), ("grpc-message", "no%20such")),
        (("grpc-status", "x"),),
        (),
        ((":status", "200"), ("content-type", "text/html")),
        (("grpc-status", "0"), ("A", "b")),
    ]
)
_PAYLOADS = st.one_of(
    st.builds(raw.message, _BODIES),
    st.builds(raw.message, _BODIES, length=st.integers(0, 400)),
    st.builds(raw.zipped, _BODIES),
    st.binary(max_size=9),
)
_CODES = st.integers(0, 14)
_SETTINGS = st.dictionaries(
    st.integers(0, 9), st.sampled_from([0, 1, 5, 100, 16_384, 65_535, 2**31 - 1, 2**31]), max_size=3
)
_ONE = st.one_of(
    st.builds(raw.answer, _STREAMS, _BODIES),
    st.builds(raw.headers, _STREAMS, _FIELDS, end=st.booleans(), whole=st.booleans()),
    st.builds(raw.data, _STREAMS, _PAYLOADS, end=st.booleans()),
    st.builds(
        lambda stream, text, size: raw.frame(
            Kind.DATA, flags=raw.PADDED, stream=stream, payload=bytes([size]) + text + bytes(size)
        ),
        _STREAMS,
        _PAYLOADS,
        st.integers(0, 20),
    ),
    st.builds(
        lambda stream, fields, last: raw.continuation(stream, raw.block(fields), last=last),
        _STREAMS,
        _FIELDS,
        st.booleans(),
    ),
    st.builds(raw.reset, _STREAMS, _CODES),
    st.builds(raw.goaway, st.integers(0, 6), _CODES, st.binary(max_size=3)),
    st.builds(raw.window_update, _STREAMS, st.sampled_from([0, 1, 2**31 - 1, 2**31])),
    st.builds(raw.ping, ack=st.booleans()),
    st.builds(raw.settings, _SETTINGS),
    st.just(raw.SETTINGS_ACK),
    st.builds(
        lambda kind, flags, stream, payload: raw.frame(
            kind, flags=flags, stream=stream, payload=payload
        ),
        st.integers(0, 12),
        st.integers(0, 255),
        _STREAMS,
        st.binary(max_size=12),
    ),
)


@st.composite
def _inputs(draw: st.DrawFn) -> bytes:
    size = draw(st.sampled_from([0, 0, 1, 7, 9, 50]))
    first = draw(st.sampled_from([raw.settings(), raw.settings(), raw.settings({3: 2}), b""]))
    sent = draw(st.lists(_ONE, max_size=10))
    if draw(st.booleans()):  # a service that answers, whatever else it says
        for stream in draw(st.permutations(STREAMS)):
            sent.insert(draw(st.integers(0, len(sent))), raw.answer(stream, b"fine%d" % stream))
    return bytes([size]) + first + b"".join(sent)


FRAMES = Aim("frames", _inputs(), check)
