"""The cache that processes share: entries in Redis, forgotten by tag.

How       Every tag has a mark. An entry holds the marks of its tags, as they were when it was kept,
          and counts as long as they are the same; a purge changes the marks. So a purge costs the
          same for one entry and for a million, a mark that Redis evicts takes its entries with
          it, and what was asked before a purge, by whatever process, is not kept after it.
Marks     a letter and a time, by Redis's clock in microseconds: k (kept), p (purged then),
          q (purged then, kept since)
Called by stores/two_tier.py; stores/shelves.py makes it.
Never     makes a request wait or fail for it: what can't be had in time is not there. Only a purge
          that can't be made says so. Never gives out what was kept under another key (F19).
Source    docs/spec/reliability.md F19, "Redis/cache down"; docs/spec/threats.md "other user's data"
"""

from collections.abc import Callable, Hashable, Iterable
from hashlib import blake2b
from time import monotonic
from typing import Any, Final

from bff.stores.key_digest import DIGEST_BYTES, Unnamed, digest_of, name_of
from bff.stores.packing import pack, unpack
from bff.stores.records import StoreUnreachable
from bff.stores.redis_client import RedisClient
from bff.stores.redis_line import Word
from bff.stores.redis_scripts import GET, KEEP, PURGE
from bff.stores.store import Entry

MOST_BYTES: Final = 1_048_576
"""A larger entry would hold up those behind it for longer than they wait."""
MOST_TAGS: Final = 4_000
"""Lua hands so many arguments to one command, with room to spare."""
_LONGEST_S: Final = 30 * 86_400.0
_VERSION: Final = b"\x01"
_TAG_BYTES: Final = 12  # 16 characters
_TIMES: Final = 48
_TAG_AND_MARK: Final = 16 + 17


class RedisStore:
    """edition  what else an answer depends on: the contract and the screens, as of this release
    clock    that of the Cache; times on the way are by Redis's own
    """

    def __init__(
        self, client: RedisClient, *, edition: str = "", clock: Callable[[], float] = monotonic
    ) -> None:
        self._client = client
        self._space = client.prefix + edition
        self._clock = clock
        self._ahead_s: float | None = None

    def __repr__(self) -> str:
        return f"<RedisStore by {self._client!r}>"

    async def get(self, key: Hashable) -> Entry | None:
        """None for what is not there, and where there is no answer in time."""
        try:
            digest = digest_of(key, space=self._space)
            found = await self._client.eval(GET, (self._place(digest),), (self._mark(""),))
        except (Unnamed, StoreUnreachable):
            return None
        kept, now = found
        self._heard(now)
        return None if kept is None else self._entry(digest, kept)

    async def set(self, key: Hashable, entry: Entry) -> None:
        """Keep it where that is possible."""
        await self.keep(key, entry)

    async def keep(self, key: Hashable, entry: Entry) -> bool:
        """False: what it is about was purged since the services were asked."""
        packed = pack(entry.body, entry.metadata, entry.tags)
        gone_at_s = min(entry.gone_at_s, self._clock() + _LONGEST_S)
        if len(packed) > MOST_BYTES or len(entry.tags) > MOST_TAGS:
            return True
        tags = [_short(tag) for tag in sorted(entry.tags)]
        try:
            digest = digest_of(key, space=self._space)
            ahead_s = await self._ahead()
            times = (entry.made_at_s, min(entry.fresh_until_s, gone_at_s), gone_at_s)
            keys = [self._place(digest), *map(self._mark, tags)]
            args: tuple[Word, ...] = (_VERSION + digest, "".join(tags), packed)
            args += tuple(round((time_s + ahead_s) * 1e6) for time_s in times)
            kept = await self._client.eval(KEEP, keys, args)
        except (Unnamed, StoreUnreachable):
            return True
        return bool(kept)

    async def delete(self, key: Hashable) -> None:
        """Forget it; what can't be reached is forgotten when its time is up."""
        try:
            await self._client.ask("DEL", self._place(digest_of(key, space=self._space)))
        except (Unnamed, StoreUnreachable):
            return

    async def purge(self, tags: Iterable[str]) -> int:
        """Forget all that has one of these tags. Returns how many of them something had.

        Raises StoreUnreachable: it may still be there
        """
        marks = [self._mark(_short(tag)) for tag in sorted(set(tags))]
        if not marks:
            return 0
        found, now = await self._client.eval(PURGE, marks, ())
        self._heard(now)
        return int(found)

    async def _ahead(self) -> float:
        """How many seconds Redis's clock is ahead of ours; a little less, by as much as its answer
        took: so what was asked before a purge never seems to be asked after it.
        """
        if self._ahead_s is None:
            seconds, more = await self._client.ask("TIME")
            self._heard(int(seconds) * 1_000_000 + int(more))
        return self._ahead_s or 0.0

    def _heard(self, now: bytes | int) -> None:
        self._ahead_s = int(now) / 1e6 - self._clock()

    def _entry(self, digest: bytes, kept: bytes) -> Entry | None:
        """What is kept, in our own clock's time; None for what is another's, or nonsense."""
        head = 1 + DIGEST_BYTES
        if kept[:head] != _VERSION + digest:
            return None
        count = int.from_bytes(kept[head : head + 4], "big")
        start = head + 4 + count * _TAG_AND_MARK
        try:
            made, fresh, gone = _numbers(kept[start : start + _TIMES])
            body, metadata, tags = unpack(kept[start + _TIMES :])
        except ValueError:
            return None
        ahead_s = self._ahead_s or 0.0
        return Entry(body, metadata, tags, made - ahead_s, fresh - ahead_s, gone - ahead_s)

    def _place(self, digest: bytes) -> str:
        return f"{self._client.prefix}e:{name_of(digest)}"

    def _mark(self, tag: str) -> str:
        return f"{self._client.prefix}t:{tag}"


def _short(tag: str) -> str:
    return name_of(blake2b(tag.encode(), digest_size=_TAG_BYTES).digest())


def _numbers(texts: bytes) -> tuple[float, ...]:
    """Three times of sixteen digits, as seconds."""
    found: list[Any] = [int(texts[at : at + 16]) / 1e6 for at in (0, 16, 32)]
    return tuple(found)
