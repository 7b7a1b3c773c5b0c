"""How much of the memory that this process may have is in use.

Why       A process that reaches its cgroup's limit is killed, with all that it had under way; one
          that refuses new work a little earlier loses nothing.
Called by telemetry/pulse.py, twice a second.
Never     counts what the kernel would give back at once: the file cache that is not in use.
Source    Linux cgroup-v2.rst "memory.current", "memory.stat"; cgroup-v1 memory.txt; Kubernetes
          "node-pressure eviction" (working set).
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

CGROUPS = Path("/sys/fs/cgroup")
_NONE_BYTES: Final = 1 << 60
"""cgroup v1 says "no limit" with a number about as large."""
_FILES: Final = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
)


def memory_share(root: Path = CGROUPS) -> Callable[[], float] | None:
    """What tells the share in use, 0.0 to 1.0 and a little more; None where there is no limit."""
    for limit_name, used_name, cached_key in _FILES:
        most_bytes = _number(root / limit_name)
        if most_bytes is None or not 0 < most_bytes < _NONE_BYTES:
            continue
        return partial(_share, root / used_name, cached_key=cached_key, most_bytes=most_bytes)
    return None


def _share(used: Path, *, cached_key: str, most_bytes: int) -> float:
    cached_bytes = _cached(used.with_name("memory.stat"), cached_key)
    return max(0, (_number(used) or 0) - cached_bytes) / most_bytes


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
