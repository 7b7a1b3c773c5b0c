"""One scripted service as a real process: it can be stopped, killed and started again in its place.

Called by site.py (starts them), scenarios (ill-treat them).
Never     signals a process that it did not start.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.faults.behaviour import Behaviour
from tests.faults.tally import Counts, Tally

ROOT = Path(__file__).parents[2]


class Replica:
    """name     what its answers say in `replica`
    address  stays the same over all of its lives
    """

    def __init__(
        self,
        name: str,
        *,
        folder: Path,
        descriptors: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        max_age_ms: int = 0,
    ) -> None:
        self.name = name
        self.host, self.port = host, port
        self._descriptors = descriptors
        self._max_age_ms = max_age_ms
        self._tally_file = folder / f"{name}.tally"
        self._tally = Tally(self._tally_file)
        self._process: asyncio.subprocess.Process | None = None

    def __repr__(self) -> str:
        return f"<Replica {self.name} at {self.address}, {self.counts}>"

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def counts(self) -> Counts:
        return self._tally.read()

    async def start(self) -> None:
        """Returns when it listens."""
        command = (
            *("-m", "tests.faults.echo", "--replica", self.name),
            *("--tally", str(self._tally_file), "--descriptors", str(self._descriptors)),
            *("--host", self.host, "--port", str(self.port)),
            *("--max-age-ms", str(self._max_age_ms)),
        )
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, *command),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, f"{self.name} ended before it listened"
        self.port = int(line)

    async def behave(self, behaviour: Behaviour) -> None:
        """From the next call on."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{behaviour.line()}\n".encode())
        answer = await process.stdout.readline()
        assert answer == b"done\n", f"{self.name} did not obey: {answer!r}"

    def freeze(self) -> None:
        """SIGSTOP: its connections stay open and nobody answers on them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    async def kill(self) -> None:
        """SIGKILL; the port is closed when this returns."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()

    async def close(self) -> None:
        await self.kill()
        with self._tally:
            pass

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
