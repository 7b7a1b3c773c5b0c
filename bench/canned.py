"""The services where there is no C compiler or no libnghttp2: one canned message a port, h2c.

Why       The benchmark runs from a fresh clone. This server costs a few microseconds a call, which
          the report then says: it may be what limits the fastest gateways.
Called by servers.py, as `python -m bench.canned PORT,FILE,DELAY_US,UNIQUE ...`, like its C twin in
          bench/c.
Never     reads a header: which message is asked for follows from the port, so no HPACK is needed.
Source    RFC 9113; RFC 7541 section 6.2.2 (literals that no table remembers).
"""

import asyncio
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import cast

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 3, 4, 6, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
FRAME_BYTES = 16_384
WINDOW = 65_535
OUR_WINDOW = 1 << 24
OUR_SETTINGS = struct.pack(">HIHI", 3, 1000, 4, 1 << 20)
STATUS_OK = b"\x88\x0f\x10\x10application/grpc"
TRAILERS = b"\x00\x0bgrpc-status\x010"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a port says to every call. `message` has gRPC's five bytes before it."""

    message: bytes
    delay_s: float
    unique: bool

    @classmethod
    def of(cls, argument: str) -> tuple[int, "Answer"]:
        """Port and answer of one argument of the command line."""
        port, file, delay_us, unique = argument.split(",")
        body = Path(file).read_bytes()
        message = b"\0" + struct.pack(">I", len(body)) + body
        return int(port), cls(message=message, delay_s=int(delay_us) / 1e6, unique=unique == "1")


def frame(kind: int, stream_id: int, payload: bytes = b"", *, flags: int = 0) -> bytes:
    """One frame.

    >>> frame(SETTINGS, 0, flags=ACK).hex()
    '000000040100000000'
    """
    return (
        struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream_id) + payload
    )


def headers_of(number: int | None) -> bytes:
    """The header block of an answer; with a number, a header that no other answer has."""
    if number is None:
        return STATUS_OK
    value = f"{number * 0x9E3779B97F4A7C15 % (1 << 64):016x}".encode()
    return STATUS_OK + b"\x00\x0cx-request-id\x10" + value


class Downstream(asyncio.Protocol):
    """One connection. What the peer's windows do not let out yet waits in `_left`."""

    def __init__(
        self, answer: Answer, numbers: Iterator[int], later: Callable[..., object]
    ) -> None:
        self._answer = answer
        self._numbers = numbers
        self._later = later
        self._in = b""
        self._out: list[bytes] = []
        self._left: dict[int, memoryview] = {}
        self._windows: dict[int, int] = {}
        self._window = WINDOW
        self._stream_window = WINDOW
        self._unreported_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        grow = frame(WINDOW_UPDATE, 0, struct.pack(">I", OUR_WINDOW - WINDOW))
        self._transport.write(frame(SETTINGS, 0, OUR_SETTINGS) + grow)
        self._preface_bytes = len(PREFACE)

    def data_received(self, data: bytes) -> None:
        data = self._in + data
        place = self._preface_bytes if len(data) >= self._preface_bytes else 0
        if self._preface_bytes and not place:
            self._in = data
            return
        self._preface_bytes = 0
        while len(data) - place >= 9:
            end = place + 9 + int.from_bytes(data[place : place + 3])
            if len(data) < end:
                break
            stream_id = int.from_bytes(data[place + 5 : place + 9]) & 0x7FFFFFFF
            self._frame(data[place + 3], data[place + 4], stream_id, data[place + 9 : end])
            place = end
        self._in = data[place:]
        self._flush()

    def _frame(self, kind: int, flags: int, stream_id: int, payload: bytes) -> None:
        if kind == WINDOW_UPDATE:
            self._widen(stream_id, int.from_bytes(payload))
        elif kind == SETTINGS and not flags & ACK:
            self._settings(payload)
        elif kind == PING and not flags & ACK:
            self._out.append(frame(PING, 0, payload, flags=ACK))
        elif kind == RST_STREAM:
            self._forget(stream_id)
        elif kind in (HEADERS, DATA):
            self._take(len(payload) if kind == DATA else 0)
            if flags & END_STREAM:
                self._asked(stream_id)

    def _settings(self, payload: bytes) -> None:
        for key, value in struct.iter_unpack(">HI", payload):
            if key == 4:  # SETTINGS_INITIAL_WINDOW_SIZE, of open streams too
                change = value - self._stream_window
                self._windows = {one: was + change for one, was in self._windows.items()}
                self._stream_window = value
        self._out.append(frame(SETTINGS, 0, flags=ACK))
        self._pour_all()

    def _widen(self, stream_id: int, count: int) -> None:
        if stream_id == 0:
            self._window += count
            self._pour_all()
        elif stream_id in self._windows:
            self._windows[stream_id] += count
            self._pour(stream_id)

    def _take(self, count: int) -> None:
        """Give the connection's window back in large steps; a stream's own holds any request."""
        self._unreported_bytes += count
        if self._unreported_bytes > OUR_WINDOW // 2:
            grow = struct.pack(">I", self._unreported_bytes)
            self._out.append(frame(WINDOW_UPDATE, 0, grow))
            self._unreported_bytes = 0

    def _asked(self, stream_id: int) -> None:
        if self._answer.delay_s:
            self._later(self._answer.delay_s, self._answer_late, stream_id)
        else:
            self._reply(stream_id)

    def _answer_late(self, stream_id: int) -> None:
        self._reply(stream_id)
        self._flush()

    def _reply(self, stream_id: int) -> None:
        number = next(self._numbers) if self._answer.unique else None
        self._out.append(frame(HEADERS, stream_id, headers_of(number), flags=END_HEADERS))
        self._left[stream_id] = memoryview(self._answer.message)
        self._windows[stream_id] = self._stream_window
        self._pour(stream_id)

    def _pour_all(self) -> None:
        for stream_id in tuple(self._left):
            self._pour(stream_id)

    def _pour(self, stream_id: int) -> None:
        """As much as both windows allow; the trailers after the last byte."""
        left, window = self._left[stream_id], self._windows[stream_id]
        while left and (room := min(len(left), window, self._window, FRAME_BYTES)) > 0:
            self._out.append(frame(DATA, stream_id, bytes(left[:room])))
            left, window = left[room:], window - room
            self._window -= room
        self._left[stream_id], self._windows[stream_id] = left, window
        if not left:
            last = END_HEADERS | END_STREAM
            self._out.append(frame(HEADERS, stream_id, TRAILERS, flags=last))
            self._forget(stream_id)

    def _forget(self, stream_id: int) -> None:
        self._left.pop(stream_id, None)
        self._windows.pop(stream_id, None)

    def _flush(self) -> None:
        if self._out and not self._transport.is_closing():
            self._transport.write(b"".join(self._out))
        self._out.clear()


async def listen(answers: list[tuple[int, Answer]]) -> list[asyncio.Server]:
    """Listen on every port; 0 takes a free one."""
    loop, numbers = asyncio.get_running_loop(), count(1)
    make = [partial(Downstream, answer, numbers, loop.call_later) for _, answer in answers]
    return [
        await loop.create_server(one, "127.0.0.1", port)
        for one, (port, _) in zip(make, answers, strict=True)
    ]


async def main(arguments: list[str]) -> None:
    """Answer until somebody ends the process."""
    servers = await listen([Answer.of(one) for one in arguments])
    await asyncio.gather(*(one.serve_forever() for one in servers))


if __name__ == "__main__":
    from bench.loop import run

    run(main(sys.argv[1:]))
