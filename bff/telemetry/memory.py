"""How much of the memory that this process may have is in use.

Why       A process that reaches its cgroup's limit is killed, with all that it had under way; one
          that refuses new work a little earlier loses nothing.
Called by telemetry/pulse.py, four times a second; serve, which gives back while nobody is let in.
Never     counts what the kernel would give back at once: the file cache that is not in use.
Source    Linux cgroup-v2.rst "memory.current", "memory.stat"; cgroup-v1 memory.txt; Kubernetes
          "node-pressure eviction" (working set).
"""

import ctypes
import gc
from pathlib import Path
from typing import Final, NamedTuple

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
_NONE_BYTES: Final = 1 << 60
"""cgroup v1 says "no limit" with a number about as large."""


class _Version(NamedTuple):
    """Where one version of cgroups has what we want; `controller` names it in /proc."""

    controller: str
    limit: str
    used: str
    cached_key: str


_VERSIONS: Final = (
    _Version("", "memory.max", "memory.current", "inactive_file"),
    _Version("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


class Memory(NamedTuple):
    """A limit, and where the kernel tells what is used of it."""

    most_bytes: int
    used: Path
    cached_key: str

    def share(self) -> float:
        """In use, 0.0 to 1.0 and a little more."""
        cached_bytes = _cached(self.used.with_name("memory.stat"), self.cached_key)
        return max(0, (_number(self.used) or 0) - cached_bytes) / self.most_bytes


def limited_memory(root: Path = CGROUPS, own: Path = OWN) -> Memory | None:
    """The limit that would kill this process; None where there is none.

    In a container our group is the root that we see; under systemd, or in a group that somebody
    made for us, it is one below, and the tightest limit on the way up is the one that kills.
    """
    found = [
        (most_bytes, folder, version)
        for version in _VERSIONS
        for folder in _groups(root / version.controller, _path(own, version.controller))
        for most_bytes in [_number(folder / version.limit)]
        if most_bytes is not None and 0 < most_bytes < _NONE_BYTES
    ]
    if not found:
        return None
    most_bytes, folder, version = min(found)
    return Memory(most_bytes, folder / version.used, version.cached_key)


def give_back() -> None:
    """Hand what is free back to the kernel: what the collector has not seen yet, and what the
    allocator keeps for later. It takes some milliseconds: for a process that has just begun, or
    that refuses all work until it has memory again, and would otherwise get it by chance.
    """
    gc.collect()
    trim()


def trim() -> None:
    """Hand back what the C library keeps for later; where it is not glibc's, nothing happens."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)


def _groups(root: Path, path: str) -> list[Path]:
    """The group of that path and all above it, up to the root."""
    own = root / path.strip("/")
    return [own, *(one for one in own.parents if one == root or root in one.parents)]


def _path(own: Path, controller: str) -> str:
    """This process's group, as the kernel names it: `4:memory:/a/b` or `0::/a/b`."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return "/"
    split = (line.split(":", 2) for line in lines)
    return next((one[2] for one in split if controller in one[1].split(",")), "/")


def _number(file: Path) -> int | None:
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _cached(stat: Path, key: str) -> int:
    try:
        lines = stat.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    found = (line.split() for line in lines)
    return next((int(one[1]) for one in found if len(one) == 2 and one[0] == key), 0)
