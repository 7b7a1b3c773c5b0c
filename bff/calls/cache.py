"""Give out what is remembered, for as long as its declaration says; ask for it otherwise.

fresh     given out as it is
stale     given out within `stale_while_revalidate_s`, and asked for behind the client's back; given
          out within `stale_if_error_s` where asking fails on the services' side
gone      asked for
Called by calls/sharing.py (replies), compose/view/serving/kept.py (whole answers), edge/purge.py.
Never     remembers a failure, nor what began before a purge and ended after it; keeps nothing that
          its service has since denied or lost. A client cannot go round it.
Source    RFC 9111; RFC 5861 (stale-while-revalidate, stale-if-error).
"""

from collections.abc import Awaitable, Callable, Iterable
from time import monotonic
from traceback import format_exception
from typing import Any, NamedTuple, TypeAlias, TypeVar

from bff.calls.coalesce import Flights
from bff.calls.keep import Keep
from bff.calls.keys import Key
from bff.calls.origin import How
from bff.contract.status import is_hidden, kind_of
from bff.stores.memory import MemoryOptions, MemoryStore
from bff.stores.store import Entry, Store, soon
from bff.stores.two_tier import Shared, TwoTier
from bff.terms.codes import Code
from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.events import CacheAsked, Crashed, Emit

T = TypeVar("T")
REFRESH_S = 5.0
"""What asking behind the client's back may take."""
_TAKEN_BACK = frozenset({Code.NOT_FOUND, Code.PERMISSION_DENIED, Code.UNAUTHENTICATED})


class Made(NamedTuple):
    """What asking brought. `more` goes to those who waited for it, and is not remembered."""

    entry: Entry
    more: Any = None


class Came(NamedTuple):
    """What is given out, and how it came."""

    entry: Entry
    how: How
    more: Any = None


Make: TypeAlias = Callable[[Deadline], Awaitable[Made]]
"""Asks the services, by a deadline. An entry that is gone at once is not remembered."""


class Cache:
    """What is remembered in `store`. Times are of `clock`, which the store must share."""

    def __init__(
        self,
        store: Store,
        *,
        emit: Emit,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._emit = emit
        self._clock = clock
        self._flights: Flights[Made] = Flights()
        self._purges = 0

    def __repr__(self) -> str:
        return f"<Cache in {self._store!r}, {self._flights!r}>"

    def entry(
        self,
        body: bytes,
        keep: Keep | None,
        *,
        tags: frozenset[str] = frozenset(),
        metadata: Metadata = (),
    ) -> Entry:
        """What was made just now; `keep` None: not to be remembered."""
        now_s = self._clock()
        if keep is None:
            return Entry(body, metadata, tags, now_s, now_s, now_s)
        fresh_until_s = now_s + keep.fresh_s
        longest_s = max(keep.stale_while_revalidate_s, keep.stale_if_error_s)
        return Entry(body, metadata, tags, now_s, fresh_until_s, fresh_until_s + longest_s)

    def age_s(self, entry: Entry) -> float:
        return max(0.0, self._clock() - entry.made_at_s)

    async def get(self, key: Key, keep: Keep, make: Make, *, deadline: Deadline) -> Came:
        """The entry of that key; asked for by `deadline` where none may be given out.

        Raises what `make` raised, and ServiceSilent when `deadline` has passed
        """
        kept = await soon(self._store.get(key))
        age = "gone" if kept is None else _standing(kept, keep, self._clock())
        if kept is not None and age in ("fresh", "stale"):
            if age == "stale":
                self._refresh(key, make)
            return self._told(key, Came(kept, "hit" if age == "fresh" else "stale"))
        how: How = "coalesced" if key in self._flights else "miss" if kept is None else "expired"
        begin = self._flights.in_a_task(lambda until: self._made(key, make, until))
        try:
            made = await self._flights.join(key, begin, deadline, source=key.what)
        except Failure as failure:
            if kept is not None and self._stands_in(kept, keep, failure):
                return self._told(key, Came(kept, "stale"))
            self._emit(CacheAsked(key.what, how))
            raise
        return self._told(key, Came(made.entry, how, made.more))

    async def forget(self, key: Key) -> None:
        """What was remembered turned out to be of no use."""
        await soon(self._store.delete(key))

    async def purge(self, tags: Iterable[str]) -> int:
        """Forget all that has one of these tags. Returns how much that was."""
        self._purges += 1
        return await soon(self._store.purge(tags))

    async def close(self) -> None:
        """Give up what is being asked for."""
        await self._flights.close()

    def _told(self, key: Key, came: Came) -> Came:
        self._emit(CacheAsked(key.what, came.how))
        return came

    def _refresh(self, key: Key, make: Make) -> None:
        async def refreshed(until: Deadline) -> Made:
            try:
                return await self._made(key, make, until)
            except Failure:
                raise  # told by whoever made the call; what is kept may still be given out
            except Exception as bug:
                self._emit(Crashed("", key.what, "".join(format_exception(bug))))
                raise

        begin = self._flights.in_a_task(refreshed)
        self._flights.start(key, begin, Deadline.after(REFRESH_S))

    async def _made(self, key: Key, make: Make, until: Deadline) -> Made:
        purges, began_s = self._purges, self._clock()
        try:
            made = await make(until)
        except Failure as failure:
            if failure.code in _TAKEN_BACK:
                await self.forget(key)
            raise
        # What was asked before a purge may be what the purge was about; of those that other
        # processes make, the store knows when.
        entry = made.entry
        if entry.gone_at_s > entry.made_at_s and purges == self._purges:
            asked_at_s = min(began_s, entry.made_at_s)
            await soon(self._store.set(key, entry._replace(made_at_s=asked_at_s)))
        return made

    def _stands_in(self, kept: Entry, keep: Keep, failure: Failure) -> bool:
        left_s = kept.fresh_until_s + keep.stale_if_error_s - self._clock()
        return left_s > 0 and is_hidden(kind_of(failure).status)


def cache_of(
    most: MemoryOptions, emit: Emit, *, shared: Shared | None = None, near_s: float = 0.0
) -> Cache | None:
    """A cache in memory, before the `shared` one if there is one; None where nothing may be kept.

    near_s  how long what is in the shared one is kept near
    """
    if most.max_entries <= 0 or most.max_bytes <= 0:
        return None
    near = MemoryStore(most)
    return Cache(near if shared is None else TwoTier(near, shared, near_s=near_s), emit=emit)


def _standing(entry: Entry, keep: Keep, now_s: float) -> str:
    """fresh, stale (to be given out, and asked for anew) or old."""
    if now_s < entry.fresh_until_s:
        return "fresh"
    return "stale" if now_s < entry.fresh_until_s + keep.stale_while_revalidate_s else "old"
