"""Where the benchmark keeps what it makes, and the ports and processor cores that it uses.

Called by everything in bench that runs something.
Never     writes outside of build/ and, in a whole run, docs/performance.*.
"""

import os
import random
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
PORTS = range(12_000, 32_000)
BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
BUILD = ROOT / "build" / "bench"
PYTHON_PATH = BUILD / "python"
PLAIN_STUBS = BUILD / "stubs"
DESCRIPTORS = PYTHON_PATH / "bench_messages" / "descriptors.binpb"
SAMPLES = BUILD / "samples"
LOGS = BUILD / "logs"


@dataclass(frozen=True, slots=True)
class Cores:
    """Where what runs: the measured server alone on one core, all the rest on another.

    None for both on a machine with one core: nothing is pinned then, and the report says so.
    """

    server: int | None
    rest: int | None

    @classmethod
    def found(cls) -> "Cores":
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[0], usable[1]) if len(usable) > 1 else cls(None, None)


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Children that start inside of this run on that core alone; we ourselves only meanwhile."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on: all different, since all are held until the last is found.

    They lie below those that the system gives to connections: a port that it found free for us
    (port 0) may be the end of somebody's connection by the time that a server wants it.
    """
    with ExitStack() as held:
        found: list[int] = []
        for port in random.sample(PORTS, len(PORTS)):
            if len(found) == count:
                break
            with suppress(OSError):
                held.enter_context(socket.create_server((LOOPBACK, port)))
                found.append(port)
    return found


def environment(*more_python_path: Path) -> Mapping[str, str]:
    """Ours without settings of the BFF that somebody exported, and with the generated messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    path = os.pathsep.join(map(str, (ROOT, *(more_python_path or (PYTHON_PATH,)))))
    return {**kept, "PYTHONPATH": path}


def why_not_here() -> str:
    """Why nothing can be measured on this system, "" where it can."""
    if sys.platform != "linux" or not Path("/proc/self/stat").exists():
        return "it needs Linux: CPU time of whole process trees, and pinning to cores"
    return ""
