"""What is remembered on purpose: sessions, idempotency keys, locks. Small, by name, for a while.

Why       A cache may forget; whoever signed in may not be forgotten when the next machine answers.
          So these have words of their own: only where nothing is, only where it is still what it
          was. Two requests at once can't both win.
Called by guard and edge, through the two that there are: records_memory.py, records_redis.py.
Never     answers "there is nothing" when it could not ask: then it raises StoreUnreachable, and
          each caller decides whether to go on without.
"""

from typing import Final, Protocol

from bff.stores.store import Soon
from bff.terms.errors import ServiceSilent

_DETAIL: Final = "What this server remembers cannot be reached at the moment."


class StoreUnreachable(ServiceSilent):
    """The store did not answer in time, or not well. Nothing is known then, not even whether what
    was asked was done. Left alone it is a 503: fail closed.

    why  for logs: one phrase, never a key or a value
    """

    def __init__(self, why: str) -> None:
        super().__init__(_DETAIL, source="store")
        self.why = why

    def __str__(self) -> str:
        return f"{self.detail} ({self.why})"


class Records(Protocol):
    """Every method may answer at once or later, and may raise StoreUnreachable."""

    def get(self, key: str) -> Soon[bytes | None]:
        """None for what is not there, or past its time."""
        ...

    def put(self, key: str, value: bytes, *, ttl_s: float) -> Soon[None]:
        """Keep it so long, in place of what was there."""
        ...

    def add(self, key: str, value: bytes, *, ttl_s: float) -> Soon[bool]:
        """Keep it where nothing is. True: it is kept; of many who ask at once, one is told so."""
        ...

    def swap(self, key: str, old: bytes, new: bytes, *, ttl_s: float) -> Soon[bool]:
        """Keep `new` where `old` still is. True: it is kept."""
        ...

    def delete(self, key: str) -> Soon[bool]:
        """Forget it. True: it was there."""
        ...

    def add_member(self, key: str, member: str, *, ttl_s: float) -> Soon[None]:
        """Put a name into the set of that key, for so long or for as long as it is in already.
        Sets are apart from values: one key may have both.
        """
        ...

    def members(self, key: str) -> Soon[frozenset[str]]:
        """The names that are in that set now; nothing where there is no set."""
        ...

    def remove_member(self, key: str, member: str) -> Soon[bool]:
        """Take a name out of that set. True: it was in."""
        ...
