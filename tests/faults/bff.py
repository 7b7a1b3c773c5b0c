"""`python -m bff serve` as a real process, and what it costs by the kernel's account and its own.

Called by site.py.
Never     signals a process that it did not start.
"""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.moment import passed, until

ROOT = Path(__file__).parents[2]
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SCRAPE_S = 5.0
LOOK_AGAIN_S = 0.25
_WELCOME = re.compile(r"routes at \S+:(\d+), docs and metrics at \S+:(\d+)/docs")


class Figures(NamedTuple):
    """files  open file descriptors; tasks  of its loop; rss_kib  resident memory"""

    files: int = 0
    tasks: int = 0
    rss_kib: int = 0


@dataclass(slots=True, eq=False)
class Bff:
    """What runs. `port` is the public one."""

    process: asyncio.subprocess.Process
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    port: int = 0
    admin_port: int = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def events(self, name: str) -> list[dict[str, Any]]:
        """Its log's events of that name, oldest first: "pressed", "breaker_turned", "crashed"."""
        found = (json.loads(line) for line in self.out if line.startswith("{"))
        return [one for one in found if one.get("event") == name]

    def cpu_s(self) -> float:
        """CPU time so far, user and system."""
        text = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        spent = text.rpartition(")")[2].split()
        return (int(spent[11]) + int(spent[12])) / _TICKS_PER_S

    def rss_kib(self) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    async def metrics(self) -> dict[str, float]:
        """Its own account: `name{labels}` -> value, as /metrics writes them."""
        async with asyncio.timeout(SCRAPE_S):
            _, body = await ask(self.admin_port, "/metrics")
        lines = (line for line in body.decode().splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in (it.rpartition(" ") for it in lines)}

    async def figures(self) -> Figures:
        metrics = await self.metrics()
        return Figures(self.files(), int(metrics["bff_tasks"]), self.rss_kib())

    def workers(self) -> list[int]:
        """The process ids of its children, lowest first."""
        found = Path(f"/proc/{self.pid}/task").glob("*/children")
        return sorted(int(one) for it in found for one in it.read_text(encoding="ascii").split())

    async def settled(self, base: Figures, *, within_s: float, with_memory: bool = True) -> Figures:
        """Its figures as soon as files, tasks and memory are back at `base`, or when the time is
        up: it hands memory back when nothing was asked for a second.
        """
        loop = asyncio.get_running_loop()
        end_s = loop.time() + within_s
        now = await self.figures()
        while _is_over(now, base, with_memory=with_memory) and loop.time() < end_s:
            await passed(LOOK_AGAIN_S)
            now = await self.figures()
        return now


def spare_kib(base: Figures) -> float:
    """By how much memory may grow: a twentieth, or 4 MiB."""
    return max(base.rss_kib / 20, 4096)


def _is_over(now: Figures, base: Figures, *, with_memory: bool) -> bool:
    grown_kib = now.rss_kib - base.rss_kib
    held = now.files > base.files or now.tasks > base.tasks
    return held or (with_memory and grown_kib > spare_kib(base))


async def ask(port: int, path: str) -> tuple[int, bytes]:
    """One GET on a connection of its own: status and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        return int(head.split(maxsplit=2)[1]), body
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@asynccontextmanager
async def running_bff(
    config: Path,
    *,
    arguments: Sequence[str] = (),
    prefix: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    ports: tuple[int, int] = (0, 0),
) -> AsyncIterator[Bff]:
    """As soon as it listens; killed with all its children if it is still there at the end.

    prefix  what the command stands behind, such as ("unshare", "-m", ...)
    ports   the public and the admin one, 0 for any
    """
    where = ("--port", str(ports[0]), "--admin-port", str(ports[1]))
    command = (sys.executable, "-m", "bff", "serve", "--config", str(config), *where, *arguments)
    process = await asyncio.create_subprocess_exec(
        *(*prefix, *command),
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=2**20,
    )
    bff = Bff(process)
    assert process.stdout is not None
    assert process.stderr is not None
    reading = asyncio.gather(_read(process.stdout, bff.out), _read(process.stderr, bff.err))
    try:
        if not await until(lambda: _ports(bff) or process.returncode is not None, within_s=60):
            raise AssertionError("the BFF did not start within a minute")
        assert bff.port, "the BFF did not start: " + "\n".join(bff.err)
        yield bff
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await reading


async def _read(stream: asyncio.StreamReader, lines: list[str]) -> None:
    while line := await stream.readline():
        lines.append(line.decode(errors="replace").rstrip())


def _ports(bff: Bff) -> bool:
    """Notes the ports once it tells them."""
    for line in bff.err:
        if found := _WELCOME.search(line):
            bff.port, bff.admin_port = int(found[1]), int(found[2])
    return bff.port > 0
