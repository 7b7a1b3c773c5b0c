"""Messages cut out of bytes, however they were split; gzip that stays within its limit."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.terms.errors import Failure
from bff.transport.http2.message import Cutter, framed, opened

LARGE, NONSENSE = "upstream-response-too-large", "upstream-invalid-response"


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(1, 50))
def test_messages_are_the_same_however_they_arrive(messages: list[bytes], piece: int) -> None:
    wire = b"".join(map(framed, messages))
    cutter = Cutter(most_bytes=100, source="a.B/C")
    came = [one for at in range(0, len(wire), piece) for one in cutter.add(wire[at : at + piece])]
    assert ([(0, message) for message in messages], 0) == (came, cutter.held_bytes)


def test_half_a_message_is_held() -> None:
    cutter = Cutter(most_bytes=100, source="a.B/C")
    assert ([], 6) == (cutter.add(framed(b"abc")[:6]), cutter.held_bytes)


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
