"""A TCP proxy that a scenario ill-treats: what a network does to a connection, on loopback.

Why       Delay, loss of one direction and resets need no kernel module here, and hit one target.
Called by site.py, as `async with ChaosProxy("127.0.0.1:50051") as proxy`; as a process of its own
          with `python -m tests.faults.proxy --target 127.0.0.1:50051`, told by its control port.
Control   one JSON object a line on `control_port`: {"set": {"delay_ms": 20}} or {"do": "reset"};
          answered with {"ok": true}.
Never     looks at the bytes.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from tests.faults.link import Link, Weather

_FILLERS = 8


class ChaosProxy:
    """`port` is where to connect to; `weather` may be changed at any time (then call `turn`)."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self.weather = Weather()
        self.port = self.control_port = 0
        self._turned = asyncio.Event()
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._control: asyncio.Server
        self._fillers: list[socket.socket] = []

    def __repr__(self) -> str:
        return f"<ChaosProxy {self.address} to {self._target}, {len(self._links)} links>"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.open()
        self._control = await asyncio.start_server(self._obey, "127.0.0.1", 0)
        self.control_port = self._control.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._control.close()
        await self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def open(self) -> None:
        """Listen (again) on the same port."""
        self._release()
        if self._listener is None:
            self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Whoever connects now is refused; who is connected stays so."""
        self._release()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def blackhole(self) -> None:
        """Nothing that is sent arrives, and SYNs are not answered: a full backlog drops them."""
        assert self._listener is not None
        self.turn(stalled="both")
        listening = self._listener.sockets[0]
        asyncio.get_running_loop().remove_reader(listening.fileno())
        with socket.socket(fileno=os.dup(listening.fileno())) as same:
            same.listen(0)  # on a listening socket this only shortens its backlog
        for _ in range(_FILLERS):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self._fillers.append(filler)

    def turn(self, **changed: float | str | bool) -> None:
        """Change the weather: `turn(delay_ms=20)`; what was stalled goes on where it may now."""
        for name, value in changed.items():
            if not hasattr(self.weather, name):
                raise ValueError(f"no such weather: {name}")
            setattr(self.weather, name, value)
        self._turned.set()
        self._turned = asyncio.Event()

    def reset(self) -> None:
        """RST on every connection, both ends."""
        for link in tuple(self._links):
            link.reset()

    def half_close(self) -> None:
        """FIN to the client; its own bytes still reach the service."""
        for link in tuple(self._links):
            link.half_close()

    async def changed(self) -> None:
        await self._turned.wait()

    def _release(self) -> None:
        """The opposite of `blackhole`."""
        for filler in self._fillers:
            filler.close()
        if self._fillers and self._listener is not None:
            self._listener.close()
            self._listener = None
        self._fillers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._ending(writer):
            if self.weather.drop:
                return
            with contextlib.suppress(OSError):
                there = await asyncio.open_connection(*self._target)
                link = Link(self, (reader, writer), there)
                self._links.add(link)
                try:
                    await link.run()
                finally:
                    self._links.discard(link)

    @contextlib.contextmanager
    def _ending(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Whatever a connection's task does, its socket is closed behind it, and we wait for it."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            with contextlib.suppress(asyncio.CancelledError):  # asyncio's streams can't bear it
                yield
        finally:
            writer.transport.abort()

    async def _obey(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._ending(writer):
            async for line in reader:
                told = json.loads(line)
                self.turn(**told.get("set", {}))
                match told.get("do"):
                    case "reset":
                        self.reset()
                    case "half-close":
                        self.half_close()
                    case "close":
                        await self.close()
                    case "open":
                        await self.open()
                    case "blackhole":
                        self.blackhole()
                writer.write(b'{"ok": true}\n')


async def _main(target: str) -> None:
    async with ChaosProxy(target) as proxy:
        sys.stdout.write(f"{proxy.port} {proxy.control_port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.faults.proxy")
    parser.add_argument("--target", required=True)
    asyncio.run(_main(parser.parse_args().target))
