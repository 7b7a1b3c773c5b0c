"""What a service was asked, in a file that outlives it: counts survive SIGKILL.

Called by echo.py (writes, in the service's process), replica.py (reads, in ours).
"""

import mmap
import struct
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_LAYOUT = struct.Struct("<5Q")


class Counts(NamedTuple):
    """calls      that came, whatever became of them
    ended      that are over
    cancelled  of those, given up by the caller
    peak       most at the same time
    streams    of the calls, streams
    """

    calls: int = 0
    ended: int = 0
    cancelled: int = 0
    peak: int = 0
    streams: int = 0


class Tally:
    """One service's counts, also over several lives of its process."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_LAYOUT.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _LAYOUT.size)
        self._lost = self.read().calls - self.read().ended

    def __repr__(self) -> str:
        return f"<Tally {self.read()}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self._map.close()

    def read(self) -> Counts:
        return Counts(*_LAYOUT.unpack_from(self._map))

    def began(self, *, stream: bool = False) -> None:
        now = self.read()
        under_way = now.calls - now.ended - self._lost + 1
        self._write(
            now._replace(
                calls=now.calls + 1,
                streams=now.streams + stream,
                peak=max(now.peak, under_way),
            )
        )

    def over(self, *, cancelled: bool) -> None:
        now = self.read()
        self._write(now._replace(ended=now.ended + 1, cancelled=now.cancelled + cancelled))

    def _write(self, counts: Counts) -> None:
        _LAYOUT.pack_into(self._map, 0, *counts)
