"""Keep entries in this process: so many, so many bytes, the least recently used go first.

Why       A cache without bounds is a leak that takes a day; one that only counts entries is a leak
          that takes one large answer.
Called by app (makes it).
Never     waits; never gives out what is gone; never shows keys or bodies: they are somebody's data.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from time import monotonic

from bff.stores.store import Entry

ENTRY_BYTES = 600
"""What an entry weighs beside its texts: tuples, floats, places in the tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryOptions:
    """How much is kept at most; with one of them 0, nothing is."""

    max_entries: int = 10_000
    max_bytes: int = 67_108_864


class MemoryStore:
    """The youngest use is last in the table."""

    def __init__(
        self, options: MemoryOptions | None = None, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._options = options or MemoryOptions()
        self._clock = clock
        self._entries: dict[Hashable, Entry] = {}
        self._tagged: dict[str, set[Hashable]] = {}
        self.kept_bytes = 0

    def __repr__(self) -> str:
        most = self._options
        return (
            f"<MemoryStore: {len(self._entries)} of {most.max_entries} entries,"
            f" {self.kept_bytes} of {most.max_bytes} bytes, {len(self._tagged)} tags>"
        )

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Entry | None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return None
        self._entries[key] = entry
        if entry.gone_at_s <= self._clock():
            self.delete(key)
            return None
        return entry

    def set(self, key: Hashable, entry: Entry) -> None:
        self.delete(key)
        size = size_bytes(key, entry)
        if size > self._options.max_bytes or entry.gone_at_s <= self._clock():
            return
        self._entries[key] = entry
        self.kept_bytes += size
        for tag in entry.tags:
            self._tagged.setdefault(tag, set()).add(key)
        while self._is_too_full():
            self.delete(next(iter(self._entries)))

    def delete(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.kept_bytes -= size_bytes(key, entry)
        for tag in entry.tags:
            keys = self._tagged[tag]
            keys.discard(key)
            if not keys:
                del self._tagged[tag]

    def purge(self, tags: Iterable[str]) -> int:
        keys: set[Hashable] = set().union(*(self._tagged.get(tag, ()) for tag in set(tags)))
        for key in keys:
            self.delete(key)
        return len(keys)

    def _is_too_full(self) -> bool:
        most = self._options
        return len(self._entries) > most.max_entries or self.kept_bytes > most.max_bytes


def size_bytes(key: Hashable, entry: Entry) -> int:
    """About what an entry costs: all its texts, and what holds them together."""
    return ENTRY_BYTES + _text_bytes(key) + len(entry.body) + _text_bytes(entry[1:3])


def _text_bytes(value: object) -> int:
    """The length of every text in nested tuples and sets, with what a string weighs by itself."""
    if isinstance(value, str | bytes):
        return len(value) + 50
    if isinstance(value, tuple | frozenset):
        return sum(map(_text_bytes, value))
    return 0
