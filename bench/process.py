"""One process that we started: its log, its end, and what it costs by the scheduler's own account.

Why       A gateway is a tree of processes with many threads: `time` on the parent would lie. The
          scheduler counts nanoseconds for every thread.
Called by stages.py (starts and ends), measure.py (reads the cost).
Never     ends a process that it did not start.
Source    Linux Documentation/scheduler/sched-stats.rst (schedstat), proc(5).
"""

import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.places import LOGS, ROOT, pinned

GRACE_S = 5.0
PR_SET_PDEATHSIG = 1
SHOWN_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Process:
    """A child and the file that it writes to."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """The end of the log."""
        return self.log.read_bytes()[-SHOWN_BYTES:].decode(errors="replace").strip()

    def forget_log(self) -> None:
        """Empty the log: an access log of minutes under load is large."""
        os.truncate(self.log, 0)

    def cpu_s(self) -> float:
        """CPU time so far, of every thread of the whole tree."""
        return sum(map(_cpu_ns, self._tree())) / 1e9

    def rss_mb(self) -> float:
        """Resident memory of the whole tree."""
        return sum(map(_rss_kib, self._tree())) / 1024

    def _tree(self) -> Iterator[Path]:
        return tree(Path("/proc", str(self.child.pid)))


def tree(proc: Path) -> Iterator[Path]:
    """This /proc folder, and those of all children."""
    yield proc
    with suppress(OSError):
        for thread in Path(proc, "task").iterdir():
            for pid in Path(thread, "children").read_text(encoding="ascii").split():
                yield from tree(proc.parent / pid)


def _cpu_ns(proc: Path) -> int:
    total = 0
    with suppress(OSError):
        for thread in Path(proc, "task").iterdir():
            with suppress(OSError):  # a thread that just ended
                total += run_ns(Path(thread, "schedstat").read_text(encoding="ascii"))
    return total


def run_ns(schedstat: str) -> int:
    """Nanoseconds on a core, of a schedstat line.

    >>> run_ns("63975 120 4\\n")
    63975
    """
    return int(schedstat.split(maxsplit=1)[0])


def _rss_kib(proc: Path) -> int:
    with suppress(OSError):
        return rss_kib(Path(proc, "status").read_text(encoding="utf-8"))
    return 0


def rss_kib(status: str) -> int:
    """VmRSS of a /proc status file; 0 for a process that has ended."""
    lines = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return next((int(line.split()[1]) for line in lines), 0)


def _end_with_us() -> None:
    """In the child: the kernel ends it when we are killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def started(
    name: str, command: Sequence[str], *, core: int | None, env: Mapping[str, str]
) -> Iterator[Process]:
    """A child on that core, in a group of its own that is gone when the block ends."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name.replace(' ', '-').replace(',', '')}.log"
    log.write_bytes(b"")
    with log.open("ab") as output, pinned(core):
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_us,  # noqa: PLW1509 - we have one thread
        )
    try:
        yield Process(name, child, log)
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask, then insist; a group that has ended already is fine."""
    with suppress(ProcessLookupError):
        child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_S)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, 9)
    child.wait()
