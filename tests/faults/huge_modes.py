"""Answers that are far too large, in every place where an answer can be.

Called by scenarios/huge.py.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.rogue import Misdeed
from tests.transport.raw_frames import (
    END_STREAM,
    GRPC,
    MAX_FRAME_BYTES,
    OK,
    ZIPPED,
    Fields,
    Kind,
    block,
    continuation,
    data,
    frame,
    headers,
    in_frames,
    message,
)
from tests.transport.raw_server import Asked, Peer

TOO_LARGE = "502 upstream-response-too-large"
MB = 1_000_000
BOMB_BYTES = 200 * MB
_PIECE = bytes(MB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """told  what a client hears of it; "" for an answer that is large and good"""

    name: str
    misdeed: Misdeed
    told: str = TOO_LARGE


def modes() -> tuple[Mode, ...]:
    zipped = bomb(BOMB_BYTES)
    return (
        Mode(
            name=f"{BOMB_BYTES // MB} MB of zeros in {len(zipped) // 1000} KB",
            misdeed=_sent(zipped),
        ),
        Mode(name="5 MB, announced", misdeed=poured(5 * MB)),
        Mode(name="50 MB, announced", misdeed=poured(50 * MB)),
        Mode(
            name="50 MB in a message that claims 4 GB", misdeed=poured(50 * MB, claimed=2**32 - 1)
        ),
        Mode(name="60 trailers of 500 bytes", misdeed=_trailing(60, 500)),
        Mode(name="60 headers of 500 bytes", misdeed=_heading(60, 500)),
    )


def bomb(size_bytes: int) -> bytes:
    """So many zeros as a gzipped message: they are never all in memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(_PIECE) for _ in range(size_bytes // len(_PIECE)))
    return message(packed + packer.flush(), flag=1)


def poured(size_bytes: int, *, claimed: int | None = None) -> Misdeed:
    """A message of that size, as fast as the client's windows let it."""

    async def pour(peer: Peer, asked: Asked) -> None:
        stream, left = asked.stream, size_bytes
        peer.send(headers(stream, GRPC), data(stream, message(b"", length=claimed or size_bytes)))
        while left and stream not in peer.resets:
            room = min(peer.windows[stream], peer.windows[0], left, MAX_FRAME_BYTES)
            if room <= 0:
                await peer.read()
                continue
            peer.send(data(stream, bytes(room)))
            await peer.flushed()
            peer.windows[stream] -= room
            peer.windows[0] -= room
            left -= room
        if not left:
            peer.send(headers(stream, OK, end=True))

    return pour


def _sent(payload: bytes) -> Misdeed:
    """Within the first window of a stream."""

    def send(peer: Peer, asked: Asked) -> None:
        begun = headers(asked.stream, ZIPPED) + in_frames(asked.stream, payload)
        peer.send(begun + headers(asked.stream, OK, end=True))

    return send


def _trailing(count: int, size_bytes: int) -> Misdeed:
    return _framed(lambda many: (GRPC, (*OK, *many)), count, size_bytes)


def _heading(count: int, size_bytes: int) -> Misdeed:
    return _framed(lambda many: ((*GRPC, *many), OK), count, size_bytes)


def _framed(
    around: Callable[[Fields], tuple[Fields, Fields]], count: int, size_bytes: int
) -> Misdeed:
    many = [(f"x-{number}", "v" * size_bytes) for number in range(count)]
    first, last = around(many)

    def send(peer: Peer, asked: Asked) -> None:
        begun = _headers(asked.stream, first) + data(asked.stream, message(b""))
        peer.send(begun + _headers(asked.stream, last, end=True))

    return send


def _headers(stream: int, fields: Fields, *, end: bool = False) -> bytes:
    """With CONTINUATION where one frame does not hold them."""
    raw = block(fields)
    pieces = [raw[at : at + MAX_FRAME_BYTES] for at in range(0, len(raw), MAX_FRAME_BYTES)]
    if len(pieces) == 1:
        return headers(stream, fields, end=end)
    flags = END_STREAM if end else 0
    begun = frame(Kind.HEADERS, flags=flags, stream=stream, payload=pieces[0])
    middle = b"".join(continuation(stream, piece) for piece in pieces[1:-1])
    return begun + middle + continuation(stream, pieces[-1], last=True)
