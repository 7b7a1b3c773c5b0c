"""Messages cut out of bytes, however they were split; gzip that stays within its limit."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.terms.errors import Failure
from bff.transport.http2.message import Cutter, framed, opened

WINDOW_BYTES = 256 * 1024
LARGE, NONSENSE = "upstream-response-too-large", "upstream-invalid-response"


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 50), st.booleans())
def test_messages_are_the_same_however_they_arrive(
    messages: list[bytes], piece: int, rests: bool
) -> None:
    """And whenever they are taken: each as soon as it is here, or all at last."""
    wire = b"".join(map(framed, messages))
    cutter = Cutter(most_bytes=100, source="a.B/C")
    came = []
    for at in range(0, len(wire), piece):
        cutter.add(wire[at : at + piece])
        came += [] if rests else taken(cutter)
    came += taken(cutter)
    assert ([(0, message) for message in messages], 0) == (came, cutter.half_bytes)


def taken(cutter: Cutter) -> list[tuple[int, bytes]]:
    """All messages that are here."""
    came = []
    while cutter.whole_bytes:
        came.append(cutter.take())
    return came


def test_half_a_message_is_held() -> None:
    cutter = Cutter(most_bytes=100, source="a.B/C")
    cutter.add(framed(b"a") + framed(b"abc")[:6])
    assert (6, 6, [(0, b"a")]) == (cutter.whole_bytes, cutter.half_bytes, taken(cutter))


@pytest.mark.parametrize("message", [b"", b"a", b"ab" * 1_000])
def test_messages_that_nobody_takes_weigh_no_more_than_their_bytes(message: bytes) -> None:
    """A window full of empty ones was 52,000 objects: 17 times its bytes."""
    wire = framed(message)
    payload, size = wire * (16_000 // len(wire)), 0
    tracemalloc.start()
    try:
        cutter = Cutter(most_bytes=10_000, source="a.B/C")
        while size < WINDOW_BYTES:
            cutter.add(payload)
            size += len(payload)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 2 * WINDOW_BYTES


def test_a_length_over_the_limit_fails_before_the_message_came() -> None:
    with pytest.raises(Failure) as caught:
        Cutter(most_bytes=100, source="a.B/C").add(b"\0\0\0\0\x65")
    assert "upstream-response-too-large" == caught.value.reason


def inflated(flag: int, body: bytes, encoding: bytes = b"gzip") -> bytes:
    return opened(flag, body, encoding=encoding, most_bytes=1_000, source="a.B/C")


def test_gzip_is_inflated() -> None:
    assert b"a" * 1_000 == inflated(1, gzip.compress(b"a" * 1_000))


def test_a_plain_message_may_come_amid_compressed_ones() -> None:
    assert b"plain" == inflated(0, b"plain")


@pytest.mark.parametrize(
    ("reason", "flag", "body", "encoding"),
    [
        pytest.param(LARGE, 1, gzip.compress(bytes(1_001)), b"gzip", id="a byte too many"),
        pytest.param(LARGE, 1, gzip.compress(bytes(10_000_000)), b"gzip", id="a bomb"),
        pytest.param(NONSENSE, 1, gzip.compress(b"a")[:-1], b"gzip", id="cut off"),
        pytest.param(NONSENSE, 1, gzip.compress(b"a") + b"x", b"gzip", id="more behind it"),
        pytest.param(NONSENSE, 1, b"no gzip", b"gzip", id="no gzip"),
        pytest.param(NONSENSE, 1, b"", b"gzip", id="nothing"),
        pytest.param(NONSENSE, 1, b"a", b"", id="no encoding named"),
        pytest.param(NONSENSE, 1, b"a", b"identity", id="identity"),
        pytest.param(NONSENSE, 1, b"a", b"snappy", id="an unknown encoding"),
        pytest.param(NONSENSE, 2, gzip.compress(b"a"), b"gzip", id="an unknown flag"),
    ],
)
def test_what_cannot_be_inflated_is_a_bad_answer(
    reason: str, flag: int, body: bytes, encoding: bytes
) -> None:
    with pytest.raises(Failure) as caught:
        inflated(flag, body, encoding)
    assert reason == caught.value.reason
