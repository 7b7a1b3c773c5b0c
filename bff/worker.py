"""One of several processes that serve the same ports, and its line to the one that started it.

Why       A process that dies takes what it has under way with it, and one core is all that it uses.
How       The supervisor hands sockets that listen and one end of a line to a fresh interpreter. The
          line says "ready" and "worn" upwards, and orders downwards; its end is an order, too.
Called by serve (is one), supervisor.py (the other end), cli.py (reads what was handed over).
Never     ends because it is worn: it says so, and is told to go once another has taken its place.
Source    docs/spec/reliability.md F18, F27.
"""

import asyncio
import os
import select
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

READY: Final = b"r"
WORN: Final = b"w"
JITTER = 0.2
"""Workers that began together must not be worn together."""
_WHOLE_BYTES: Final = getattr(select, "PIPE_BUF", 512)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """What a worker was given: sockets that listen, and its end of the line.

    is_first  the one that tells whoever started us what is served
    """

    public: socket.socket
    admin: socket.socket
    line: socket.socket
    is_first: bool

    @classmethod
    def of(cls, words: str) -> "Inherited":
        """From the command line, as `words_of` wrote it."""
        public, admin, line, first = (int(word) for word in words.split(","))
        for number in (public, admin, line):
            os.set_inheritable(number, False)
        found = [socket.socket(fileno=number) for number in (public, admin, line)]
        return cls(public=found[0], admin=found[1], line=found[2], is_first=bool(first))


def words_of(sockets: tuple[socket.socket, ...], *, is_first: bool) -> str:
    """Public port, admin port and line, for a process that inherits them."""
    return ",".join(str(number) for number in (*(one.fileno() for one in sockets), int(is_first)))


class Line:
    """The worker's end. `order` is told the number of each signal that the supervisor got."""

    def __init__(self, line: socket.socket, order: Callable[[int], object]) -> None:
        self._line = line
        self._order = order

    def __repr__(self) -> str:
        return f"<Line {self._line.fileno()}>"

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        self._line.setblocking(False)
        loop.add_reader(self._line, self._hear, loop)

    def say(self, word: bytes) -> None:
        try:
            self._line.send(word)
        except OSError:  # nobody is there: `_hear` ends this process
            return

    def _hear(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            numbers = self._line.recv(16)
        except BlockingIOError:
            return
        except OSError:
            numbers = b""
        if not numbers:  # whoever would restart us is gone: end as if told to
            loop.remove_reader(self._line)
        for number in numbers or (signal.SIGTERM,):
            self._order(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """When a worker is worn; 0: never.

    requests   so many answered
    seconds    so old
    """

    requests: float = 0
    seconds: float = 0.0

    def jittered(self, chance: float) -> "Wear":
        """A fifth less at most.

        chance  0.0 to 1.0, drawn by the caller

        >>> Wear(requests=1_000).jittered(0.5)
        Wear(requests=900.0, seconds=0.0)
        """
        share = 1.0 - JITTER * chance
        return Wear(requests=self.requests * share, seconds=self.seconds * share)


def is_worn(wear: Wear, *, requests: int, age_s: float) -> bool:
    """
    >>> wear = Wear(requests=100, seconds=60.0)
    >>> [is_worn(wear, requests=n, age_s=s) for n, s in ((99, 59.0), (100, 0.0), (0, 60.0))]
    [False, True, True]
    >>> is_worn(Wear(), requests=10**9, age_s=1e9)
    False
    """
    return 0 < wear.requests <= requests or 0 < wear.seconds <= age_s


class WholeLines:
    """A text stream to a file that other processes write, too: what is written at once stays whole.

    Source  pipe(7): writes of up to PIPE_BUF bytes are atomic
    """

    def __init__(self, file: int, write: Callable[[int, bytes], int] = os.write) -> None:
        self._file = file
        self._write = write

    def __repr__(self) -> str:
        return f"<WholeLines to {self._file}>"

    def write(self, text: str) -> int:
        for piece in pieces(text.encode(), most_bytes=_WHOLE_BYTES):
            self._write(self._file, piece)
        return len(text)

    def flush(self) -> None:
        """Nothing is kept."""


def pieces(text: bytes, *, most_bytes: int) -> list[bytes]:
    """Whole lines together, as long as they fit; one that is too long is alone.

    >>> pieces(b"one\\ntwo\\nthree\\n", most_bytes=8)
    [b'one\\ntwo\\n', b'three\\n']
    """
    found: list[bytes] = []
    for line in text.splitlines(keepends=True):
        if found and len(found[-1]) + len(line) <= most_bytes:
            found[-1] += line
        else:
            found.append(line)
    return found
