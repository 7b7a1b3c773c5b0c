"""Frames as bytes: what RFC 9113 section 4.1 draws, byte by byte."""

import pytest

from bff.transport.http2 import frames
from bff.transport.http2.frames import ErrorCode, Violation


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        ("000000040000000000", frames.settings({})),
        ("000006040000000000000400001000", frames.settings({frames.INITIAL_WINDOW_SIZE: 4096})),
        ("00000403000000000700000008", frames.reset(7, ErrorCode.CANCEL)),
        ("00000408000000000000000001", frames.window_update(0, 1)),
        ("000008070000000000000000000000000b", frames.goaway(ErrorCode.ENHANCE_YOUR_CALM)),
        ("00000100010000000378", frames.frame(0, flags=1, stream_id=3, payload=b"x")),
    ],
)
def test_a_frame_is_its_head_and_its_payload(expected: str, made: bytes) -> None:
    assert bytes.fromhex(expected) == made


def test_a_length_takes_three_bytes() -> None:
    assert "010203" == frames.head(0, flags=0, stream_id=1, size=0x010203)[:3].hex()


@pytest.mark.parametrize(
    ("expected", "payload", "flags"),
    [
        (b"data", b"data", 0),
        (b"data", b"\x02data\0\0", frames.PADDED),
        (b"", b"\x00", frames.PADDED),
        (b"data", b"\0\0\0\0\x10data", frames.HAS_PRIORITY),
        (b"data", b"\x01\0\0\0\0\x10data\0", frames.PADDED | frames.HAS_PRIORITY),
    ],
)
def test_padding_and_priority_are_taken_off(expected: bytes, payload: bytes, flags: int) -> None:
    assert expected == frames.without_padding(payload, flags)


@pytest.mark.parametrize(
    ("payload", "flags"),
    [
        (b"", frames.PADDED),
        (b"\x05data", frames.PADDED),
        (b"\0\0\0\0", frames.HAS_PRIORITY),
        (b"\x01\0\0\0\0\x10", frames.PADDED | frames.HAS_PRIORITY),
    ],
)
def test_padding_longer_than_its_frame_is_a_violation(payload: bytes, flags: int) -> None:
    with pytest.raises(Violation) as caught:
        frames.without_padding(payload, flags)
    assert ErrorCode.PROTOCOL_ERROR == caught.value.code


def test_a_number_that_is_cut_off_is_a_violation() -> None:
    with pytest.raises(Violation) as caught:
        frames.word(b"\0\0\0")
    assert ErrorCode.FRAME_SIZE_ERROR == caught.value.code
