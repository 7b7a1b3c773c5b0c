"""Hand memory back once nobody asks for anything.

Why       Of what a peak took, the C library keeps what lies between things that live on: after
          1,000 connections at once some 5 to 12 MiB, for as long as the process lives. And what
          lived for long and then died in a cycle, as a library's connections do, the collector
          looks for about never in a process whose requests leave it nothing.
When      After a second without a request, where there is more than after the last time. A process
          that is busy would take it again at once; and to look takes some milliseconds.
Called by serve, at each beat of the pulse.
Never     gets back what Python's own allocator keeps: about 6 MiB after such a peak, in arenas that
          are nearly empty, and which the next peak fills first.
Source    malloc_trim(3); Python's gc module: a full collection waits until a quarter is new.
"""

import os
from collections.abc import Callable
from pathlib import Path

from bff.telemetry.memory import give_back
from bff.terms.crowd import Crowd

QUIET_BEATS = 4
GROWN_BYTES = 1 << 20
_PAGES = Path("/proc/self/statm")


class Tidying:
    """resident_bytes  how much this process has; None where nobody tells
    give_back       hands back what it can
    """

    def __init__(
        self,
        crowd: Crowd,
        *,
        resident_bytes: Callable[[], int | None] | None = None,
        give_back: Callable[[], None] = give_back,
    ) -> None:
        self._crowd = crowd
        self._resident_bytes = resident_bytes or _resident_bytes
        self._give_back = give_back
        self._entered = 0
        self._quiet_beats = 0
        self._least_bytes = 0

    def __repr__(self) -> str:
        return f"<Tidying, quiet for {self._quiet_beats} beats>"

    def beat(self) -> None:
        """Look at every fourth beat of a rest: connections that ask for nothing take some, too."""
        crowd = self._crowd
        quiet = not crowd.inside and crowd.entered == self._entered
        self._entered = crowd.entered
        self._quiet_beats = self._quiet_beats + 1 if quiet else 0
        if not quiet or self._quiet_beats % QUIET_BEATS:
            return
        now_bytes = self._resident_bytes()
        if now_bytes is not None and now_bytes > self._least_bytes + GROWN_BYTES:
            self._give_back()
            self._least_bytes = self._resident_bytes() or 0


def _resident_bytes() -> int | None:
    try:
        pages = int(_PAGES.read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
