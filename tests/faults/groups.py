"""A cgroup of one's own for one process, where this machine lets us make one: a memory limit, or a
freezer.

Called by scenarios/memory.py, scenarios/frozen.py.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.scenario import Impossible

ROOTS = (
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.oom_control"),
    (Path("/sys/fs/cgroup"), "memory.max", "memory.events"),
)
"""cgroup v1 and v2: where, the limit's file, and the one that counts kills."""
FREEZERS = (
    (Path("/sys/fs/cgroup/freezer"), "freezer.state", ("THAWED", "FROZEN")),
    (Path("/sys/fs/cgroup"), "cgroup.freeze", ("0", "1")),
)
"""The same: where, the file, and what to write there."""


@dataclass(frozen=True, slots=True)
class Group:
    folder: Path
    events: str

    @property
    def prefix(self) -> Sequence[str]:
        """What a command stands behind to run inside."""
        return ("sh", "-c", f'echo $$ > {self.folder}/cgroup.procs && exec "$@"', "sh")

    def kills(self) -> int:
        """How many of its processes the kernel has killed for want of memory."""
        lines = (self.folder / self.events).read_text(encoding="ascii").splitlines()
        return next((int(it.split()[1]) for it in lines if it.startswith("oom_kill ")), 0)


@contextlib.contextmanager
def limited(name: str, limit_bytes: int) -> Iterator[Group]:
    """A group with that limit; empty it before it ends. Raises Impossible where there is none."""
    for root, limit, events in ROOTS:
        group = Group(root / f"{name}-{os.getpid()}", events)
        try:
            group.folder.mkdir()
        except OSError:
            continue
        try:
            with contextlib.suppress(OSError):
                (group.folder / limit).write_text(str(limit_bytes), encoding="ascii")
                (group.folder / "cgroup.procs").read_text(encoding="ascii")
                yield group
                return
        finally:
            with contextlib.suppress(OSError):
                group.folder.rmdir()
    raise Impossible("no cgroup with a memory limit can be made")


@dataclass(frozen=True, slots=True)
class Freezer:
    """`told` is the file that obeys, `words` what thaws and what freezes."""

    told: Path
    words: tuple[str, str]

    def freeze(self) -> None:
        self.told.write_text(self.words[1], encoding="ascii")

    def thaw(self) -> None:
        self.told.write_text(self.words[0], encoding="ascii")


@contextlib.contextmanager
def freezer(name: str, pid: int) -> Iterator[Freezer]:
    """For that process, in a group of its own. Raises Impossible where none can be made."""
    for root, state, words in FREEZERS:
        group = root / f"{name}-{os.getpid()}"
        made = Freezer(group / state, words)
        try:
            group.mkdir()
            made.thaw()
            (group / "cgroup.procs").write_text(str(pid), encoding="ascii")
        except OSError:
            with contextlib.suppress(OSError):
                group.rmdir()
            continue
        try:
            yield made
        finally:
            made.thaw()
            with contextlib.suppress(OSError):  # it may be gone
                (root / "cgroup.procs").write_text(str(pid), encoding="ascii")
            group.rmdir()
        return
    raise Impossible("no freezer cgroup can be made")
