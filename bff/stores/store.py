"""What every store can do: keep bytes for a while, find them by key, forget them by tag.

Why       A store in memory answers at once, one on the network makes its caller wait. Each method
          may return an Awaitable, so that memory costs no turn of the event loop.
Called by calls/cache.py.
Never     decides what is fresh: it only forgets what is past its time.
"""

from collections.abc import Awaitable, Hashable, Iterable
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from bff.terms.context import Metadata

T = TypeVar("T")
Soon: TypeAlias = T | Awaitable[T]
"""The value, or something to wait for it with."""


async def soon(value: Soon[T]) -> T:
    """The value, waited for where that is needed."""
    return await value if isinstance(value, Awaitable) else value


class Entry(NamedTuple):
    """One thing kept. Times are in seconds of the clock of whoever keeps it.

    body           wire bytes of a reply, or an answer's JSON
    metadata       what came with it
    tags           what it is about, for `purge`
    made_at_s      when the services were asked
    fresh_until_s  it may be given out until then, with no further thought
    gone_at_s      it is forgotten then; never kept where this is not after `made_at_s`
    """

    body: bytes
    metadata: Metadata
    tags: frozenset[str]
    made_at_s: float
    fresh_until_s: float
    gone_at_s: float


class Store(Protocol):
    """Keeps entries. Every method may answer at once or later."""

    def get(self, key: Hashable) -> Soon[Entry | None]:
        """None for what is not there, or gone."""
        ...

    def set(self, key: Hashable, entry: Entry) -> Soon[None]:
        """Keep it, in place of what was there. A store may forget anything at any time."""
        ...

    def delete(self, key: Hashable) -> Soon[None]:
        """Forget it; no matter whether it is there."""
        ...

    def purge(self, tags: Iterable[str]) -> Soon[int]:
        """Forget all that has one of these tags. Returns how many entries that were; where several
        processes share them, how many of the tags something had. Raises StoreUnreachable.
        """
        ...
