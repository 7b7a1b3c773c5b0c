"""Where sessions are kept: sealed, under the hash of their id, for as long as they may idle.

Why       Who reads the store finds neither tokens nor ids to come in with. Each record is sealed
          for its own place, so that none can be moved to another one's.
Called by guard/sessions, guard/sessions/renewal.
Never     knows a session's id, only its hash; never gives out what was changed or moved.
Source    docs/spec/threats.md "access/refresh tokens"; bad-input row 94.
"""

from collections import OrderedDict
from collections.abc import Callable
from time import time
from typing import NamedTuple, TypeVar

from bff.calls.showing import CREDENTIALS
from bff.guard.sessions.cookies import digest_of
from bff.guard.sessions.key_ring import KeyRing, Unreadable
from bff.guard.sessions.session import Session, SessionOptions
from bff.stores.records import Records
from bff.stores.store import Soon, soon
from bff.terms.context import Identity

T = TypeVar("T")

_OPENED = 500
"""How many sessions are kept opened, so that each request of a busy one need not open it."""


class Kept(NamedTuple):
    """A session as it was found; `sealed` is what must still be there when it is changed.

    identity, credentials  who calls, and what services may be shown of it: made once for many
                           requests
    """

    key: str
    sealed: bytes
    session: Session
    identity: Identity
    credentials: tuple[str, str]

    @classmethod
    def of(cls, key: str, sealed: bytes, session: Session) -> "Kept":
        return cls(key, sealed, session, session.identity, credentials_of(session))


class Vault:
    """Sessions by key. Every method may raise StoreUnreachable.

    gone  told the key of each session that was forgotten
    """

    def __init__(
        self,
        records: Records,
        ring: KeyRing,
        options: SessionOptions,
        *,
        wall: Callable[[], float] = time,
        gone: Callable[[str], object] = lambda _key: None,
    ) -> None:
        self.records = records
        self._ring = ring
        self._options = options
        self._wall = wall
        self._gone = gone
        self._opened: OrderedDict[str, Kept] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Vault in {self.records!r}, {self._ring!r}>"

    def find(self, key: str) -> Soon[bytes | None]:
        """What is kept there, sealed."""
        return self.records.get(key)

    def opened(self, key: str, sealed: bytes | None) -> Kept | None:
        """What was found; None for nothing, and for what is not that session, or not ours."""
        known = self._opened.get(key)
        if known is not None and known.sealed == sealed:
            return known
        self._opened.pop(key, None)
        if sealed is None:
            return None
        try:
            session = Session.unpacked(self._ring.open(sealed, bound_to=key.encode()))
        except (Unreadable, ValueError, TypeError):
            return None
        return None if session is None else self._noted(Kept.of(key, sealed, session))

    async def load(self, key: str) -> Kept | None:
        """As it is now."""
        return self.opened(key, await soon(self.find(key)))

    async def keep(self, key: str, session: Session) -> None:
        """A new one."""
        kept = self._sealed(key, session)
        await soon(self.records.put(key, kept.sealed, ttl_s=self._left_s(session)))
        for index in indexes_of(session):
            await soon(self.records.add_member(index, key, ttl_s=self._options.absolute_s))
        self._noted(kept)

    def change(self, kept: Kept, session: Session) -> Soon[bool]:
        """Put it in the place of what was found. False: somebody else was first."""
        new = self._sealed(kept.key, session).sealed
        return self.records.swap(kept.key, kept.sealed, new, ttl_s=self._left_s(session))

    async def forget(self, key: str) -> Session | None:
        """The session that was there, and is no more."""
        kept = await self.load(key)
        await soon(self.records.delete(key))
        self._opened.pop(key, None)
        self._gone(key)
        if kept is None:
            return None
        for index in indexes_of(kept.session):
            await soon(self.records.remove_member(index, key))
        return kept.session

    async def forget_all(self, index: str) -> int:
        """Every session of that index (`of_subject`, `of_provider_sid`); returns how many."""
        keys = await soon(self.records.members(index))
        return sum([await self.forget(key) is not None for key in sorted(keys)])

    def _sealed(self, key: str, session: Session) -> Kept:
        sealed = self._ring.seal(session.packed(), bound_to=key.encode())
        return Kept.of(key, sealed, session)

    def _left_s(self, session: Session) -> float:
        """A renewal is no use of it: the idle time runs on from the last request."""
        now_s = self._wall()
        idle_s = session.seen_s + self._options.idle_s - now_s
        return max(0.001, min(idle_s, session.left_s(self._options, now_s)))

    def _noted(self, kept: Kept) -> Kept:
        self._opened[kept.key] = kept
        if len(self._opened) > _OPENED:
            self._opened.popitem(last=False)
        return kept


def credentials_of(session: Session) -> tuple[str, str]:
    """What services may be shown of who calls, as metadata."""
    return CREDENTIALS, f"Bearer {session.access_token}"


def key_of(identifier: str) -> str:
    """Where the session of that id is kept."""
    return f"session:{digest_of(identifier)}"


def of_subject(issuer: str, subject: str) -> str:
    """The index of all sessions of one user."""
    return f"sessions-of:{digest_of(f'{issuer} {subject}')}"


def of_provider_sid(issuer: str, provider_sid: str) -> str:
    """The index of all sessions that belong to one session at the provider."""
    return f"sessions-in:{digest_of(f'{issuer} {provider_sid}')}"


def indexes_of(session: Session) -> tuple[str, ...]:
    """Where a session is listed, for whoever ends it without its id."""
    found = of_subject(session.issuer, session.subject)
    if not session.provider_sid:
        return (found,)
    return found, of_provider_sid(session.issuer, session.provider_sid)
