"""Read a key set's bytes: from a file, or from one URL and nowhere else.

Why       An identity provider can stall, drip, redirect, or send 50 MB. Each of these ends here, in
          seconds and kilobytes. `http.client` and not `urllib.request`: it follows no redirect and
          knows no proxy.
Called by guard/key_set, through `fetcher`, in a worker thread.
Never     runs on the event loop; never parses what it read.
Source    docs/spec/reliability.md F20; bad-input row 92.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

MAX_KEY_SET_BYTES = 262_144
READ_TIMEOUT_S = 5.0

Fetch = Callable[[], Awaitable[bytes]]


class KeysUnreadable(Exception):
    """The set can't be read; the text says why, in one line, for the log."""


def fetcher(source: str, *, timeout_s: float = READ_TIMEOUT_S) -> Fetch:
    """How to read that key set: a file path or an http(s) URL."""

    def read() -> bytes:
        if source.startswith(("http://", "https://")):
            return read_url(source, timeout_s=timeout_s)
        return read_file(source)

    async def fetch() -> bytes:
        return await asyncio.to_thread(read)

    return fetch


def read_file(path: str) -> bytes:
    """Raises KeysUnreadable."""
    try:
        with Path(path).open("rb") as file:
            return _bounded(file.read(MAX_KEY_SET_BYTES + 1), path)
    except OSError as error:
        raise KeysUnreadable(f"{path}: {error.strerror or type(error).__name__}") from error


def read_url(url: str, *, timeout_s: float = READ_TIMEOUT_S) -> bytes:
    """GET, once, within `timeout_s` all told once connected. Raises KeysUnreadable."""
    shown = "the address"
    try:
        parts = urlsplit(url)
        shown = f"{parts.scheme}://{parts.hostname}{parts.path}"  # no password or query in logs
        return _bounded(_get(parts, timeout_s), shown)
    except (OSError, HTTPException, ValueError) as error:
        raise KeysUnreadable(f"{shown}: {_line(error)}") from error


def _get(parts: SplitResult, timeout_s: float) -> bytes:
    connection = _connection(parts, timeout_s)
    try:
        connection.connect()
        with _Watchdog(connection.sock, timeout_s):
            connection.request("GET", _target(parts), headers={"Accept": "application/json"})
            with connection.getresponse() as answer:
                if answer.status != 200:
                    raise ValueError(f"answered {answer.status}; redirects are not followed")
                return answer.read(MAX_KEY_SET_BYTES + 1)
    finally:
        connection.close()


def _connection(parts: SplitResult, timeout_s: float) -> HTTPConnection:
    if parts.scheme == "https":
        trust = ssl.create_default_context()
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout_s, context=trust)
    return HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _bounded(body: bytes, shown: str) -> bytes:
    if len(body) > MAX_KEY_SET_BYTES:
        raise KeysUnreadable(f"{shown}: larger than {MAX_KEY_SET_BYTES} bytes")
    return body


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


class _Watchdog:
    """Ends a read that drips: a socket's own timeout starts again at every byte."""

    def __init__(self, connected: socket, timeout_s: float) -> None:
        self._socket = connected
        self._barked = Event()
        self._timer = Timer(timeout_s, self._bark)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        """Raises TimeoutError if it barked: a body that we cut short may look complete."""
        self._timer.cancel()
        if self._barked.is_set():
            raise TimeoutError("timed out")

    def _bark(self) -> None:
        self._barked.set()
        try:
            self._socket.shutdown(SHUT_RDWR)
        except OSError:
            return  # it was already closed: nothing left to end
