"""What a gateway adds to slow services: its screen at c=1, less what the slowest of them takes.

Why       The nominal delay is not what a service takes: timers are late, and an idle core sleeps
          and takes longer to wake, in a virtual machine above all, than a gateway takes to work. So
          the slowest service is asked directly, too, and a loop that yields to everybody keeps
          the cores awake.
Called by whole.py.
Source    RFC 9113; docs/spec/performance.md section 7.
"""

import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import inf

from bench.places import LOOPBACK, Cores, environment
from bench.process import started
from bff.terms.deadline import Deadline
from bff.transport.http2 import frames
from bff.transport.http2.message import framed
from bff.transport.http2.request_head import RequestHeads

LARGE_WINDOW = 1 << 24
_AWAKE = "import os\nos.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass"
"""Whoever else wants the core gets it at once."""


@contextmanager
def awake(cores: Cores) -> Iterator[None]:
    """No core of ours sleeps inside."""
    command = (sys.executable, "-c", _AWAKE)
    with ExitStack() as stack:
        for core in (cores.server, cores.rest):
            stack.enter_context(started(f"awake {core}", command, core=core, env=environment()))
        yield


def direct_us(target: str, path: str, message: bytes, *, seconds: float) -> float:
    """The median time of one call after the other, without any gateway; microseconds.

    target   "host:port";  `path` "/pkg.Service/Method"
    message  the request's wire bytes
    """
    port = int(target.rpartition(":")[2])
    block = RequestHeads(authority=target, secure=False).block(path, b"", Deadline(inf))
    took_s: list[float] = []
    with socket.create_connection((LOOPBACK, port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ours = frames.settings({frames.INITIAL_WINDOW_SIZE: LARGE_WINDOW})
        connection.sendall(
            frames.PREFACE + ours + frames.window_update(0, frames.LARGEST_WINDOW // 2)
        )
        read = _frames(connection)
        end_s = time.perf_counter() + seconds
        for stream_id in range(1, frames.LARGEST_ID, 2):
            began_s = time.perf_counter()
            if began_s > end_s:
                break
            head = frames.frame(
                frames.HEADERS, flags=frames.END_HEADERS, stream_id=stream_id, payload=block
            )
            data = frames.frame(
                frames.DATA, flags=frames.END_STREAM, stream_id=stream_id, payload=framed(message)
            )
            connection.sendall(head + data)
            while next(read) != (frames.HEADERS, True):
                pass
            took_s.append(time.perf_counter() - began_s)
    return statistics.median(took_s) * 1e6


def _frames(connection: socket.socket) -> Iterator[tuple[int, bool]]:
    """(kind, whether it ends its stream) of each frame; SETTINGS are acknowledged on the way."""
    rest = b""
    while came := connection.recv(65_536):
        rest += came
        while len(rest) >= 9:
            high, low, kind, flags, _ = frames.HEAD.unpack_from(rest)
            end = 9 + (high << 8) + low
            if len(rest) < end:
                break
            rest = rest[end:]
            if kind == frames.SETTINGS and not flags & frames.ACK:
                connection.sendall(frames.frame(frames.SETTINGS, flags=frames.ACK))
            yield kind, bool(flags & frames.END_STREAM)
    raise ConnectionError("the service closed the connection")
