"""What leaves, in which order, and never more than the peer's windows allow."""

from asyncio import WriteTransport
from collections.abc import Callable
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.terms.deadline import Deadline
from bff.transport.http2 import frames
from bff.transport.http2.budget import Budget
from bff.transport.http2.frames import ErrorCode, Violation
from bff.transport.http2.outbound import BATCH_BYTES, Outbound
from bff.transport.http2.peer_settings import PeerSettings
from bff.transport.http2.stream import Stream


class Loop:
    """Runs what was asked to run soon, when a test says so."""

    def __init__(self) -> None:
        self._soon: list[Callable[[], object]] = []

    def call_soon(self, callback: Callable[[], object]) -> None:
        self._soon.append(callback)

    def tick(self) -> None:
        soon, self._soon = self._soon, []
        for callback in soon:
            callback()


class Socket(WriteTransport):
    """Keeps what is written, one entry a write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def is_closing(self) -> bool:
        return False


class Sending:
    """An Outbound with its loop and socket; `sent` is (kind, flags, stream, size) of each frame."""

    def __init__(self, **settings: int) -> None:
        self.loop, self.socket = Loop(), Socket()
        self.out = Outbound(self.loop, budget=Budget())
        self.out.start(self.socket)
        self.out.settings = PeerSettings(**settings)

    def stream(self, stream_id: int, window: int = 65_535) -> Stream:
        made = Stream("/a.B/C", fields=b"", deadline=Deadline(inf))
        made.id, made.window_out = stream_id, window
        return made

    def sent(self) -> list[tuple[int, int, int, int]]:
        self.loop.tick()
        wire, found, at = b"".join(self.socket.writes), [], 0
        self.socket.writes.clear()
        while at < len(wire):
            high, low, kind, flags, stream_id = frames.HEAD.unpack_from(wire, at)
            found.append((kind, flags, stream_id, size := (high << 8) + low))
            at += 9 + size
        return found


def test_all_calls_of_one_tick_leave_in_one_write() -> None:
    sending = Sending()
    for stream_id in (1, 3, 5):
        sending.out.request(sending.stream(stream_id), b"block", b"hello")
    sending.loop.tick()
    assert 1 == len(sending.socket.writes)


def test_a_small_request_is_two_frames() -> None:
    sending = Sending()
    sending.out.request(sending.stream(1), b"block", b"hello")
    assert [(1, 4, 1, 5), (0, 1, 1, 10)] == sending.sent()


def test_a_large_header_block_is_continued() -> None:
    sending = Sending()
    sending.out.headers(sending.stream(1), bytes(40_000))
    assert [(1, 0, 1, 16_384), (9, 0, 1, 16_384), (9, 4, 1, 7_232)] == sending.sent()


def test_a_request_over_its_streams_window_waits_for_more() -> None:
    sending = Sending()
    stream = sending.stream(1, window=10)
    sending.out.request(stream, b"block", b"x" * 20)
    assert [(1, 4, 1, 5), (0, 0, 1, 10)] == sending.sent()
    sending.out.widen_stream(stream, 100)
    assert [(0, 1, 1, 15)] == sending.sent()


def test_a_request_over_the_connections_window_waits_for_more() -> None:
    sending = Sending()
    sending.out.window = 10
    sending.out.request(sending.stream(1), b"block", b"x" * 20)
    assert [(1, 4, 1, 5), (0, 0, 1, 10)] == sending.sent()
    sending.out.widen(100)
    assert [(0, 1, 1, 15)] == sending.sent()


def test_large_requests_take_turns() -> None:
    """A window that opens is shared: the second does not wait for the whole of the first."""
    sending = Sending()
    sending.out.window = 0
    for stream_id in (1, 3):
        sending.out.data(sending.stream(stream_id, window=10**6), bytes(10**5), ends=True)
    sending.out.widen(150_000)
    assert [1] * 4 + [3] * 4 == [frame[2] for frame in sending.sent()][:8]


def test_a_stream_that_was_given_up_sends_no_more() -> None:
    sending = Sending()
    stream = sending.stream(1, window=10)
    sending.out.request(stream, b"block", b"x" * 20)
    sending.sent()
    sending.out.forget(stream)
    sending.out.widen(100)
    assert [] == sending.sent()


def test_what_is_recalled_does_not_leave_and_frees_its_room() -> None:
    """The connection's window is not the worse for DATA that never left."""
    sending = Sending()
    sending.out.window = 20
    stays, goes = sending.stream(1), sending.stream(3)
    sending.out.headers(stays, b"block")
    sending.out.request(goes, b"block", b"x" * 15)
    sending.out.data(stays, b"x" * 20, ends=True)
    sending.out.reset(5, ErrorCode.CANCEL)
    sending.out.recall([goes])
    assert [(1, 4, 1, 5), (3, 0, 5, 4), (0, 1, 1, 20)] == sending.sent()


def test_what_is_recalled_makes_room_in_its_write() -> None:
    """Nothing else may ever come that would move the rest on."""
    sending = Sending()
    sending.out.window = 10**7
    stays, goes = sending.stream(1, window=10**7), sending.stream(3, window=10**7)
    sending.out.data(goes, bytes(BATCH_BYTES * 2), ends=True)
    sending.out.data(stays, b"hello", ends=True)
    sending.out.recall([goes])
    assert [(0, 1, 1, 5)] == sending.sent()


def test_one_write_takes_so_much_and_the_rest_follows() -> None:
    sending = Sending()
    sending.out.window = 10**7
    sending.out.data(sending.stream(1, window=10**7), bytes(BATCH_BYTES * 2), ends=True)
    sending.loop.tick()
    sending.loop.tick()
    assert [BATCH_BYTES] * 2 == [len(one) - 16 * 9 for one in sending.socket.writes]


def test_a_socket_that_takes_no_more_holds_data_back() -> None:
    sending = Sending()
    sending.out.paused = True
    sending.out.data(sending.stream(1), b"hello", ends=True)
    assert [] == sending.sent()
    sending.out.paused = False
    sending.out.pump()
    assert [(0, 1, 1, 5)] == sending.sent()


def test_an_end_without_data_is_an_empty_frame() -> None:
    sending = Sending()
    stream = sending.stream(1)
    sending.out.data(stream, b"hello", ends=False)
    sending.out.end(stream)
    assert [(0, 0, 1, 5), (0, 1, 1, 0)] == sending.sent()


def test_a_connection_window_over_its_limit_is_a_violation() -> None:
    with pytest.raises(Violation) as caught:
        Sending().out.widen(2**31 - 1)
    assert ErrorCode.FLOW_CONTROL_ERROR == caught.value.code


def test_a_stream_window_over_its_limit_is_told() -> None:
    sending = Sending()
    assert not sending.out.widen_stream(sending.stream(1), 2**31 - 1)


@given(
    st.lists(st.integers(0, 40_000), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30_000)), max_size=30),
)
def test_no_byte_is_sent_beyond_a_window(sizes: list[int], grants: list[tuple[int, int]]) -> None:
    """Whatever the requests, and however the peer opens its windows."""
    sending = Sending()
    sending.out.window = allowed = 1_000
    streams = {at * 2 + 1: sending.stream(at * 2 + 1, window=500) for at in range(len(sizes))}
    granted = dict.fromkeys(streams, 500)
    for stream, size in zip(streams.values(), sizes, strict=True):
        sending.out.request(stream, b"block", bytes(size))
    took = dict.fromkeys(streams, 0)
    for at, more in [(0, 0), *grants]:
        stream_id = at * 2 - 1
        if stream_id in streams:
            granted[stream_id] += more
            sending.out.widen_stream(streams[stream_id], more)
        elif at == 0:
            allowed += more
            sending.out.widen(more)
        for kind, _, found, size in sending.sent():
            took[found] += size if kind == frames.DATA else 0
        assert sum(took.values()) <= allowed
        assert all(took[one] <= granted[one] for one in streams)
    sending.out.widen(10**6)
    for stream in streams.values():
        sending.out.widen_stream(stream, 10**6)
    for _, _, found, size in [frame for _ in sizes for frame in sending.sent() if frame[0] == 0]:
        took[found] += size
    assert [size + 5 for size in sizes] == list(took.values())
