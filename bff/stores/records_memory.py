"""Records in this process: so many, so many bytes, each until its time, the least used go first.

Why       One machine needs no Redis, and what strangers can fill has to have an end.
Called by stores/shelves.py, one for each use: who fills one pushes nothing out of another.
Never     waits; never outlives the process; never shows a key or a value: they are secrets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import NamedTuple, TypeAlias

from bff.stores.records import StoreUnreachable

RECORD_BYTES = 400
"""What a record weighs beside its texts: its tuple, its place in the table."""
MEMBER_BYTES = 150
_SWEPT = 4
"""How many of the oldest are looked at, for being past their time, whenever one comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsLimits:
    """How much of one use is kept at most; then the least recently used is forgotten."""

    max_entries: int = 100_000
    max_bytes: int = 134_217_728


class _Record(NamedTuple):
    """A value, or a set's members, each with its own time. `gone_at_s`: when all of it is."""

    value: bytes | dict[str, float]
    gone_at_s: float


_Place: TypeAlias = tuple[bool, str]
"""(whether it is a set, key)"""


class MemoryRecords:
    """The youngest use is last in the table."""

    def __init__(
        self, limits: RecordsLimits | None = None, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._limits = limits or RecordsLimits()
        self._clock = clock
        self._kept: dict[_Place, _Record] = {}
        self.kept_bytes = 0

    def __repr__(self) -> str:
        most = self._limits
        return (
            f"<MemoryRecords: {len(self._kept)} of {most.max_entries},"
            f" {self.kept_bytes} of {most.max_bytes} bytes>"
        )

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> bytes | None:
        """None for what is not there, or past its time."""
        found = self._find((False, key))
        return found.value if found and isinstance(found.value, bytes) else None

    def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Raises StoreUnreachable where it alone is larger than all may be together."""
        self._keep((False, key), _Record(value, self._clock() + ttl_s))

    def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """True: nothing was there, and it is kept."""
        if self.get(key) is not None:
            return False
        self.put(key, value, ttl_s=ttl_s)
        return True

    def swap(self, key: str, old: bytes, new: bytes, *, ttl_s: float) -> bool:
        """True: `old` was there, and `new` is kept."""
        if self.get(key) != old:
            return False
        self.put(key, new, ttl_s=ttl_s)
        return True

    def delete(self, key: str) -> bool:
        """True: it was there."""
        found = self.get(key) is not None
        self._drop((False, key))
        return found

    def add_member(self, key: str, member: str, *, ttl_s: float) -> None:
        """Put a name into a set, for so long or for as long as it is in already."""
        members = self._members(key)
        members[member] = max(self._clock() + ttl_s, members.get(member, 0.0))
        self._keep((True, key), _Record(members, max(members.values())))

    def members(self, key: str) -> frozenset[str]:
        """The names that are in a set now."""
        return frozenset(self._members(key))

    def remove_member(self, key: str, member: str) -> bool:
        """True: it was in."""
        members = self._members(key)
        if members.pop(member, None) is None:
            return False
        self._drop((True, key))
        if members:
            self._keep((True, key), _Record(members, max(members.values())))
        return True

    def _members(self, key: str) -> dict[str, float]:
        """Those whose time is not up, in a table of their own."""
        found, now_s = self._find((True, key)), self._clock()
        if found is None or isinstance(found.value, bytes):
            return {}
        return {name: gone_s for name, gone_s in found.value.items() if gone_s > now_s}

    def _find(self, place: _Place) -> _Record | None:
        record = self._kept.pop(place, None)
        if record is None:
            return None
        self._kept[place] = record
        if record.gone_at_s <= self._clock():
            self._drop(place)
            return None
        return record

    def _keep(self, place: _Place, record: _Record) -> None:
        size = _size_bytes(place, record)
        if size > self._limits.max_bytes:
            raise StoreUnreachable("a record is larger than all may be together")
        self._drop(place)
        self._sweep()
        self._kept[place] = record
        self.kept_bytes += size
        while self._is_too_full():
            self._drop(next(iter(self._kept)))

    def _sweep(self) -> None:
        now_s = self._clock()
        oldest = list(islice(self._kept.items(), _SWEPT))
        for place in [place for place, record in oldest if record.gone_at_s <= now_s]:
            self._drop(place)

    def _drop(self, place: _Place) -> None:
        record = self._kept.pop(place, None)
        if record is not None:
            self.kept_bytes -= _size_bytes(place, record)

    def _is_too_full(self) -> bool:
        most = self._limits
        return len(self._kept) > most.max_entries or self.kept_bytes > most.max_bytes


def _size_bytes(place: _Place, record: _Record) -> int:
    texts = RECORD_BYTES + len(place[1])
    if isinstance(record.value, bytes):
        return texts + len(record.value)
    return texts + sum(MEMBER_BYTES + len(member) for member in record.value)
