"""Slow attackers, all in one process: on a network their processors are their own, too.

Called by scenarios/slow_clients.py, as `python -m tests.faults.attackers` in a process of its own.
Control   one line on stdin begins the attack; one on stdout says that it may be begun, one what
          became of it.
Never     reads the clock of a user: what became of them, load.py knows.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from tests.faults.callers import SMALL_BYTES, Caller, disperse
from tests.faults.moment import passed, until

ROOT = Path(__file__).parents[2]
LOOK_S = 0.1
SILENT, WRITES, READS = "silent", "writes", "reads"
"""What an attacker does each second: nothing, or as much with one byte."""

_HELD = ("01", "08")
"""ESTABLISHED and CLOSE_WAIT, as /proc/net/tcp has them."""


class Ended(NamedTuple):
    """dialled  attackers that were let in
    left     of those, not cut when the time was up
    took_s   from when the last had come until all were cut, or the time was up
    """

    dialled: int
    left: int
    took_s: float


class Attackers:
    """So many of them, ready to begin."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def __repr__(self) -> str:
        return f"<Attackers {self.pid}>"

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def ready(cls, port: int, *, count: int, begins: bytes, does: str, end_s: float) -> Self:
        """Returns when they may begin.

        begins  what each says first
        does    what it does each second from then on
        end_s   how long after the last came all leave that were not cut
        """
        numbers = ("--port", str(port), "--count", str(count), "--end-s", str(end_s))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.attackers", *numbers),
            *("--begins", begins.decode(), "--does", does),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert await process.stdout.readline(), "the attackers ended before they began"
        return cls(process)

    async def attack(self) -> Ended:
        try:
            told, _ = await self._process.communicate(b"begin\n")
        finally:
            if self._process.returncode is None:
                self._process.kill()
        return Ended(*json.loads(told))


def give_way(pid: int) -> None:
    """From now on this process has only what all others leave: what attackers and users would share
    here alone is not what is measured.
    """
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def held(port: int, ports: AbstractSet[int]) -> int:
    """How many of these the server still has, by the kernel's account: they read nothing, and so
    would not know.
    """
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows = (line.split() for line in lines)
    return sum(_port(row[1]) == port and _port(row[2]) in ports and row[3] in _HELD for row in rows)


def _port(address: str) -> int:
    """
    >>> _port("0100007F:1F90")
    8080
    """
    return int(address.rpartition(":")[2], 16)


async def _main(told: argparse.Namespace) -> Ended:
    loop = asyncio.get_running_loop()
    trickling: set[asyncio.Task[None]] = set()
    moments_s = (number / told.count for number in range(told.count))
    arriving = (_arrive(told, trickling, after_s=one) for one in moments_s)
    arrived = await asyncio.gather(*arriving, return_exceptions=True)
    callers = [one for one in arrived if isinstance(one, Caller)]
    ports, came_s = frozenset(one.port for one in callers), loop.time()
    await until(lambda: not held(told.port, ports), within_s=told.end_s, look_s=LOOK_S)
    ended = Ended(len(callers), held(told.port, ports), loop.time() - came_s)
    for one in trickling:
        one.cancel()
    disperse(callers)
    return ended


async def _arrive(
    told: argparse.Namespace, trickling: set[asyncio.Task[None]], *, after_s: float
) -> Caller:
    """Each has a moment of its own in every second, as strangers have."""
    await passed(after_s)
    caller = await Caller.dial(told.port, receives_bytes=SMALL_BYTES)
    trickling.add(asyncio.create_task(_trickle(told, caller)))
    return caller


async def _trickle(told: argparse.Namespace, caller: Caller) -> None:
    with suppress(OSError):
        caller.writer.write(told.begins.encode())
        while not caller.is_cut:
            await passed(1.0)
            if told.does == WRITES:
                caller.writer.write(b"x")
            elif told.does == READS:
                await caller.reader.read(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.attackers")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--begins", required=True)
    parser.add_argument("--does", choices=(SILENT, WRITES, READS), required=True)
    parser.add_argument("--end-s", type=float, required=True)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _told = _parser().parse_args()
    _say("ready")
    if sys.stdin.readline():
        _say(json.dumps(asyncio.run(_main(_told))))
