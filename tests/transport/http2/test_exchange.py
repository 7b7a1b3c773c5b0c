"""A unary answer, list by list and piece by piece: one message with OK, or the reason why not."""

import gzip
import tracemalloc
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.transport.http2.exchange import Exchange
from bff.transport.http2.frames import ErrorCode
from bff.transport.http2.message import framed
from bff.transport.http2.reply_head import read_head
from bff.transport.http2.stream import Stream

GRPC = [(b":status", b"200"), (b"content-type", b"application/grpc")]
OK = [(b"grpc-status", b"0")]


class Wire:
    """A connection that only notes what a stream asks of it."""

    def __init__(self) -> None:
        self.resets: list[ErrorCode] = []
        self.credited = 0

    def send(self, stream: Stream, data: bytes, *, ends: bool) -> None:
        raise AssertionError("a unary call sends its request whole")

    def reset(self, stream: Stream, code: ErrorCode) -> None:
        self.resets.append(code)

    def credit(self, stream: Stream, consumed_bytes: int) -> None:
        self.credited += consumed_bytes


class Asked:
    """One call, its line, and what it came to."""

    def __init__(self, most_bytes: int = 1_000) -> None:
        self.wire, self.outcomes, self.heard = Wire(), [], []
        self.call = Exchange(
            "/a.B/C",
            b"request",
            fields=b"",
            deadline=Deadline(inf),
            done=self._done,
            hear=self.heard.append,
            most_bytes=most_bytes,
        )
        self.call.line = self.wire

    def _done(self, reply: bytes, failure: Failure | None) -> None:
        self.outcomes.append(failure.reason if failure else reply)

    def gets(self, *came: list[tuple[bytes, bytes]] | bytes) -> list[object]:
        """Header lists and DATA in their order; the last list closes the stream."""
        last = max((at for at, one in enumerate(came) if isinstance(one, list)), default=-1)
        for at, one in enumerate(came):
            if self.call.over:
                break
            if isinstance(one, bytes):
                self.call.data(one)
            else:
                self.call.headers(read_head(one), ends=at == last and at == len(came) - 1)
        return self.outcomes


@given(st.binary(max_size=300), st.integers(1, 310))
def test_a_reply_is_the_same_however_it_arrives(reply: bytes, size: int) -> None:
    wire = framed(reply)
    pieces = [wire[at : at + size] for at in range(0, len(wire), size)]
    assert [reply] == Asked().gets(GRPC, *pieces, OK)


@pytest.mark.parametrize("size", [1, 2, 100, 16_384])
def test_a_large_reply_weighs_little_more_than_twice_its_bytes(size: int) -> None:
    """However small its frames: they were 22 times their bytes, a list of objects."""
    asked, wire = Asked(most_bytes=10**6), framed(bytes(200_000))
    tracemalloc.start()
    try:
        asked.call.headers(read_head(GRPC), ends=False)
        for at in range(0, len(wire), size):
            asked.call.data(wire[at : at + size])
        asked.call.headers(read_head(OK), ends=True)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [200_000] == [len(reply) for reply in asked.outcomes]
    assert peak_bytes < 2.5 * len(wire)


def test_gzip_is_inflated() -> None:
    packed = gzip.compress(b"reply")
    body = b"\1" + len(packed).to_bytes(4, "big") + packed
    assert [b"reply"] == Asked().gets([*GRPC, (b"grpc-encoding", b"gzip")], body, OK)


def test_a_list_of_1xx_is_not_the_answer_yet() -> None:
    assert [b"reply"] == Asked().gets([(b":status", b"103")], GRPC, framed(b"reply"), OK)


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        ("not-found", [[*GRPC, (b"grpc-status", b"5")]]),
        ("not-found", [GRPC, framed(b"reply"), [(b"grpc-status", b"5")]]),
        ("not-found", [GRPC, framed(b"reply")[:6], [(b"grpc-status", b"5")]]),
        ("upstream-invalid-response", [[*GRPC, *OK]]),
        ("upstream-invalid-response", [GRPC, OK]),
        ("upstream-invalid-response", [GRPC, framed(b"reply"), [(b"x-a", b"1")]]),
        ("upstream-invalid-response", [GRPC, framed(b"reply")[:-1], OK]),
        ("upstream-invalid-response", [GRPC, b"\0\0", OK]),
        ("upstream-invalid-response", [GRPC, framed(b"one") + framed(b"two"), OK]),
        ("upstream-invalid-response", [GRPC, framed(b"one"), framed(b"two"), OK]),
        ("upstream-invalid-response", [GRPC, framed(b"one"), b"\0", OK]),
        ("upstream-invalid-response", [GRPC, b"\1\0\0\0\1a", OK]),
        ("upstream-invalid-response", [framed(b"reply"), OK]),
        ("upstream-invalid-response", [GRPC, GRPC, framed(b"reply"), OK]),
        ("upstream-response-too-large", [GRPC, framed(bytes(1_001)), OK]),
        ("upstream-response-too-large", [GRPC, b"\0\0\0\4\0", OK]),
        ("upstream-response-too-large", [GRPC, b"\0\0", b"\0\4\0", OK]),
        ("upstream-unavailable", [[(b":status", b"503")], b"<html>"]),
    ],
)
def test_what_is_no_good_answer_comes_to(expected: str, came: list[object]) -> None:
    assert [expected] == Asked().gets(*came)


def test_a_reply_of_just_the_limit_is_let_through() -> None:
    assert [bytes(1_000)] == Asked().gets(GRPC, framed(bytes(1_000)), OK)


@pytest.mark.parametrize(
    "came", [[GRPC, b"\0\0\0\4\0"], [[*GRPC[1:], (b"grpc-status", b"14")], framed(b"reply")]]
)
def test_an_answer_that_is_no_good_is_stopped_at_once(came: list[object]) -> None:
    asked = Asked()
    asked.gets(*came)
    assert [ErrorCode.CANCEL] == asked.wire.resets


def test_a_reply_in_pieces_is_credited_so_that_the_rest_can_come() -> None:
    """A reply may be larger than the stream's window."""
    asked = Asked(most_bytes=10**6)
    wire = framed(bytes(500_000))
    asked.gets(GRPC, *(wire[at : at + 10_000] for at in range(0, 490_000, 10_000)))
    assert 490_000 == asked.wire.credited


def test_metadata_are_heard_with_ok_only() -> None:
    good, bad = Asked(), Asked()
    good.gets([*GRPC, (b"x-a", b"1")], framed(b""), [*OK, (b"x-b", b"2")])
    bad.gets([*GRPC, (b"x-a", b"1")], [(b"grpc-status", b"5")])
    assert ([(("x-a", "1"), ("x-b", "2"))], []) == (good.heard, bad.heard)


def test_an_end_without_trailers_is_no_answer() -> None:
    asked = Asked()
    asked.gets(GRPC, framed(b"reply"))
    asked.call.ended()
    assert ["upstream-invalid-response"] == asked.outcomes


def test_an_answer_that_began_is_never_asked_for_again() -> None:
    fresh, begun = Asked(), Asked()
    begun.gets(GRPC, framed(b"reply"))
    assert (True, False) == (fresh.call.rewound(), begun.call.rewound())
