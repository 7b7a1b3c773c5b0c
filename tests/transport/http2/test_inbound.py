"""Bytes cut into events: the same however they arrive, and never worse than a Violation."""

from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bff.transport.http2 import frames
from bff.transport.http2.budget import Budget
from bff.transport.http2.frames import ErrorCode, Violation, frame
from bff.transport.http2.hpack import integer, literal
from bff.transport.http2.inbound import Inbound
from bff.transport.http2.reply_head import ReplyHead

Told = tuple[object, ...]
GREETING = frames.settings({})
BLOCK = literal(b":status", b"200") + literal(b"content-type", b"application/grpc")


class Ears:
    """Writes down every event as a tuple."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def on_headers(self, stream_id: int, head: ReplyHead, *, ends: bool) -> None:
        self.told.append(("headers", stream_id, head.http, head.status, ends))

    def on_data(self, stream_id: int, payload: bytes, *, size: int, ends: bool) -> None:
        self.told.append(("data", stream_id, payload, size, ends))

    def on_reset(self, stream_id: int, code: int) -> None:
        self.told.append(("reset", stream_id, code))

    def on_settings(self, payload: bytes) -> None:
        self.told.append(("settings", payload))

    def on_ping(self, payload: bytes) -> None:
        self.told.append(("ping", payload))

    def on_goaway(self, last_id: int, code: int, why: bytes) -> None:
        self.told.append(("goaway", last_id, code, why))

    def on_window(self, stream_id: int, more_bytes: int) -> None:
        self.told.append(("window", stream_id, more_bytes))


def heard(pieces: Iterable[bytes]) -> list[Told]:
    """The events of a connection, behind its greeting."""
    ears = Ears()
    inbound = Inbound(ears, budget=Budget(), most_header_bytes=4_096)
    for piece in (GREETING, *pieces):
        inbound.feed(piece)
    return ears.told[1:]


def parts(wire: bytes, size: int) -> list[bytes]:
    return [wire[at : at + size] for at in range(0, len(wire), size)]


ANSWER = (
    frame(frames.HEADERS, flags=frames.END_HEADERS, stream_id=1, payload=BLOCK)
    + frame(frames.DATA, flags=frames.PADDED, stream_id=1, payload=b"\x02data\0\0")
    + frame(frames.PING, payload=b"12345678")
    + frame(0xEE, stream_id=1, payload=b"nobody knows")
    + frame(frames.PRIORITY, stream_id=1, payload=bytes(5))
    + frames.window_update(1, 5)
    + frame(frames.HEADERS, flags=frames.END_STREAM, stream_id=1, payload=b"\0\x0bgrpc-")
    + frame(frames.CONTINUATION, stream_id=1, payload=b"status")
    + frame(frames.CONTINUATION, flags=frames.END_HEADERS, stream_id=1, payload=b"\x010")
    + frames.reset(3, ErrorCode.CANCEL)
    + frame(frames.GOAWAY, payload=b"\0\0\0\5\0\0\0\0bye")
)
EVENTS = [
    ("headers", 1, 200, -1, False),
    ("data", 1, b"data", 7, False),
    ("ping", b"12345678"),
    ("window", 1, 5),
    ("headers", 1, 0, 0, True),
    ("reset", 3, 8),
    ("goaway", 5, 0, b"bye"),
]


@pytest.mark.parametrize("size", [1, 2, 7, 9, 10, 50, 10_000])
def test_frames_are_told_the_same_however_they_arrive(size: int) -> None:
    assert EVENTS == heard(parts(ANSWER, size))


def test_a_list_that_repeats_is_read_once_until_the_table_changes() -> None:
    """Index 62 means another field once another field was remembered: the cache must forget."""
    remember_0 = b"\x40\x0bgrpc-status\x010"
    remember_5 = b"\x40\x0bgrpc-status\x015"
    lists = (remember_0, b"\xbe", b"\xbe", remember_5, b"\xbe")
    sent = [frame(1, flags=frames.END_HEADERS, stream_id=1, payload=one) for one in lists]
    assert [0, 0, 0, 5, 5] == [event[3] for event in heard(sent)]


def test_lists_that_a_table_makes_large_are_not_kept() -> None:
    """A block of 17 bytes may stand for 64 KB, and 256 of them were kept."""
    value = b"v" * 1_000
    remember = b"\x40\x01a\x7f" + integer(len(value), bits=7)[1:] + value
    blocks = [remember, *(bytes((static, 0xBE)) for static in range(0x81, 0x91))]
    inbound = Inbound(Ears(), budget=Budget(), most_header_bytes=4_096)
    inbound.feed(GREETING)
    for block in (*blocks, b"\x88", b"\x88\x81"):
        inbound.feed(frame(1, flags=frames.END_HEADERS, stream_id=1, payload=block))
    assert "<Inbound 0 bytes of a frame, 2 lists known>" == repr(inbound)


@given(st.binary(max_size=200), st.integers(1, 50))
@example(b"HTTP/1.1 400 Bad Request\r\n\r\n", 50)
def test_noise_is_a_violation_or_harmless(noise: bytes, size: int) -> None:
    with suppress(Violation):
        heard(parts(noise, size))


@given(st.data())
def test_a_frame_of_noise_is_a_violation_or_harmless(data: st.DataObject) -> None:
    """Frames of every kind with good heads and bad insides."""
    made = st.tuples(st.integers(0, 11), st.integers(0, 255), st.integers(0, 5), st.binary())
    wire = b"".join(
        frame(kind, flags=flags, stream_id=stream_id, payload=payload)
        for kind, flags, stream_id, payload in data.draw(st.lists(made, max_size=6))
    )
    with suppress(Violation):
        heard([wire])


@pytest.mark.parametrize(
    ("code", "wire"),
    [
        (ErrorCode.FRAME_SIZE_ERROR, b"\0\x40\x01" + bytes(6)),
        (ErrorCode.PROTOCOL_ERROR, frame(frames.PUSH_PROMISE, stream_id=1, payload=bytes(8))),
        (ErrorCode.PROTOCOL_ERROR, frame(frames.CONTINUATION, stream_id=1)),
        (ErrorCode.PROTOCOL_ERROR, frame(frames.HEADERS, stream_id=1) + frames.window_update(0, 1)),
        (ErrorCode.ENHANCE_YOUR_CALM, frame(frames.HEADERS, stream_id=1, payload=bytes(4_000)) * 1
         + frame(frames.CONTINUATION, stream_id=1, payload=bytes(4_000)) * 2),
        (ErrorCode.ENHANCE_YOUR_CALM, frame(frames.PING, payload=bytes(8)) * 10_000),
        (ErrorCode.ENHANCE_YOUR_CALM, frame(frames.DATA, stream_id=1) * 10_000),
        (ErrorCode.ENHANCE_YOUR_CALM, frame(0xEE) * 10_000),
    ],
)  # fmt: skip
def test_what_a_peer_may_not_send(code: ErrorCode, wire: bytes) -> None:
    with pytest.raises(Violation) as caught:
        heard([wire])
    assert code == caught.value.code


def test_a_peer_that_speaks_http_1_is_named() -> None:
    inbound = Inbound(Ears(), budget=Budget(), most_header_bytes=4_096)
    with pytest.raises(Violation, match="not HTTP/2"):
        inbound.feed(b"HTTP/1.1 400 Bad Request\r\n\r\n")
