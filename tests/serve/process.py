"""The real command, `python -m bff serve`, in a process of its own, on free ports."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
FREE_PORTS = ("--port", "0", "--admin-port", "0", "--set", "lame_duck_s=0")


@dataclass(slots=True, eq=False)
class Process:
    """What runs, and every line that it has printed."""

    process: asyncio.subprocess.Process
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    spoke: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in stream:
            async with self.spoke:
                lines.append(line.decode().rstrip())
                self.spoke.notify_all()
        async with self.spoke:
            self.spoke.notify_all()

    async def event(self, state: str) -> dict[str, Any]:
        """The newest lifecycle event of that state, as soon as there is one."""
        found = await self._wait(
            lambda: [one for one in map(_event, self.out) if one.get("state") == state]
        )
        return dict(found[-1])

    async def says(self, text: str) -> str:
        """All of stderr, as soon as it holds `text`."""
        return str(await self._wait(lambda: text in self.stderr and self.stderr))

    @property
    def stderr(self) -> str:
        return "\n".join(self.err)

    async def _wait(self, look: Callable[[], Any]) -> Any:
        async with self.spoke:
            await self.spoke.wait_for(lambda: look() or self.process.returncode is not None)
        found = look()
        assert found, f"it ended without a word of it: {self.stderr}"
        return found

    async def end(self, number: int = signal.SIGTERM) -> int:
        """The exit status after this signal."""
        self.process.send_signal(number)
        return await self.process.wait()


def _event(line: str) -> dict[str, Any]:
    found = json.loads(line)
    return found if found["event"] == "lifecycle" else {}


@dataclass(frozen=True, slots=True)
class Served:
    """A BFF that listens."""

    process: Process
    public: httpx.AsyncClient
    admin: httpx.AsyncClient


@asynccontextmanager
async def command(*arguments: str, cwd: Path) -> AsyncIterator[Process]:
    """`python -m bff ...`, run in `cwd`; killed with all its children if still there at the end."""
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bff", *arguments),
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert started.stdout
    assert started.stderr
    process = Process(started)
    readers = asyncio.gather(
        process.read(started.stdout, process.out), process.read(started.stderr, process.err)
    )
    try:
        yield process
    finally:
        if started.returncode is None:
            os.killpg(started.pid, signal.SIGKILL)
            await started.wait()
        await readers


async def run(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command that ends by itself."""
    async with command(*arguments, cwd=cwd) as process:
        status = await process.process.wait()
    return status, "\n".join(process.out), process.stderr


@asynccontextmanager
async def serving(*arguments: str, cwd: Path) -> AsyncIterator[Served]:
    """`python -m bff serve ...` on free ports, as soon as it listens."""
    async with command("serve", *FREE_PORTS, *arguments, cwd=cwd) as process:
        public, _, rest = (await process.event("started"))["detail"].partition(" (admin ")
        async with (
            httpx.AsyncClient(base_url=public) as public_client,
            httpx.AsyncClient(base_url=rest.rstrip(")")) as admin_client,
        ):
            yield Served(process, public_client, admin_client)
