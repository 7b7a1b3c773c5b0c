"""Who calls, by session cookie: the async edge that applies guard's pure decisions about sessions.

Why       Each step is asked twice, as all of the gate is: without waiting, for memory answers at
          once and most access tokens are good; and with.
Order     one cookie, one credential -> did a page of ours ask -> is it a session -> does it hold
Called by bff/gate.py for each request, guard/login, edge/login_pages; app starts
          and stops it.
Never     gives a browser anything but an opaque id; never lets in whom the store can't vouch for.
Source    IETF draft-ietf-oauth-browser-based-apps section 6.1; docs/spec/bad-input.md rows 87,
          94-99.
"""

import asyncio
from hmac import compare_digest
from time import monotonic, time
from typing import NamedTuple

from bff.guard.presented import Presented
from bff.guard.provider.options import LoginOptions
from bff.guard.provider.provider import Provider
from bff.guard.sessions.cookies import digest_of, expired, new_id, session_id
from bff.guard.sessions.csrf import check_csrf
from bff.guard.sessions.key_ring import KeyRing
from bff.guard.sessions.oversight import Oversight
from bff.guard.sessions.renewal import Renewals
from bff.guard.sessions.session import Session, SessionOptions, Verdict, is_stale, judge
from bff.guard.sessions.vault import Kept, Vault, credentials_of, key_of
from bff.guard.tokens.key_set import Sleep
from bff.stores.records import Records
from bff.stores.records_memory import MemoryRecords
from bff.stores.store import soon
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Clock
from bff.terms.errors import BadInput, Failure
from bff.terms.events import Emit, SessionTurned, silence
from bff.terms.headers import Headers
from bff.terms.mistakes import ContractMistake
from bff.terms.named_keys import named_keys
from bff.terms.standing import Standings


class Memories(NamedTuple):
    """Where things are remembered.

    notes    that a sign-in was used: strangers can fill it, and push out nobody's session
    streams  of this process, which end with their sessions
    """

    sessions: Records
    notes: Records
    streams: Standings


class Sessions:
    """All sessions of one BFF, and the provider behind them.

    passes_token  whether services get the access token, as they would get a bearer token's

    Raises ContractMistake where sessions are shared and their keys are not
    """

    def __init__(
        self,
        login: LoginOptions,
        options: SessionOptions,
        memories: Memories,
        *,
        emit: Emit = silence,
        passes_token: bool = True,
        clock: Clock = monotonic,
        wall: Clock = time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.options, self.records, self.notes = options, memories.sessions, memories.notes
        self.ring = KeyRing(named_keys(options.keys, where="sessions.keys"))
        self._waits = not isinstance(self.records, MemoryRecords)
        if self._waits and not self.ring.outlives_us:
            what = "a shared store needs keys that all processes have: set BFF_SESSIONS_KEYS"
            raise ContractMistake(what, where="sessions.keys")
        self.emit, self.wall = emit, wall
        self.origins = frozenset({login.origin, *options.origins})
        streams = memories.streams
        self.vault = Vault(self.records, self.ring, options, wall=wall, gone=streams.end)
        self._oversight = Oversight(streams, self.vault, options, wall=wall, sleep=sleep)
        self.provider = Provider(login, emit=emit, clock=clock, wall=wall, sleep=sleep)
        self._renewals = Renewals(
            self.vault, self.provider, options, emit=emit, clock=clock, wall=wall, sleep=sleep
        )
        self._clock = clock
        self._passes_token = passes_token

    def __repr__(self) -> str:
        return f"<Sessions in {self.vault!r}, {self._renewals!r}, by {self.provider!r}>"

    async def start(self) -> None:
        """Returns after the provider was asked once, good or bad."""
        self._oversight.start()
        await self.provider.start()

    async def stop(self) -> None:
        """Leaves no task behind."""
        await self._oversight.stop()
        await self._renewals.stop()
        await self.provider.stop()

    def at_once(self, context: RequestContext, presented: Presented) -> RequestContext | None:
        """As `identify`, without waiting; None where that can't be."""
        key = self._key(_headers(context), presented)
        if key is None:
            return context
        if self._waits:
            return None
        sealed = self.vault.find(key)
        kept = self.vault.opened(key, sealed if isinstance(sealed, bytes) else None)
        if kept is None:
            raise expired()
        now_s = self.wall()
        verdict = judge(kept.session, self.options, now_s)
        if verdict in (Verdict.ENDED, Verdict.RENEW_FIRST):
            return None
        if verdict is Verdict.RENEW_BESIDE:
            self._renewals.begin(key)
        if is_stale(kept.session, self.options, now_s):
            self.vault.change(kept, kept.session._replace(seen_s=now_s))
        return self._known(context, key, kept.identity, kept.credentials)

    async def identify(self, context: RequestContext, presented: Presented) -> RequestContext:
        """The context with its identity; unchanged where no session cookie came.

        Raises Refused, with a header that clears the cookie where it is good for nothing; BadInput
               for a second credential; ServiceSilent where nobody can say
        """
        key = self._key(_headers(context), presented)
        if key is None:
            return context
        wait_s = context.deadline.remaining_s(self._clock())
        session = await self._session(key, wait_s, slides=True)
        return self._known(context, key, session.identity, credentials_of(session))

    async def find(
        self,
        headers: Headers,
        presented: Presented,
        *,
        wait_s: float,
        slides: bool = True,
    ) -> Session | None:
        """The session behind the cookie; None where none came. Raises as `identify` does.

        slides  whether this counts as a use of it
        """
        key = self._key(headers, presented)
        return None if key is None else await self._session(key, wait_s, slides=slides)

    async def _session(self, key: str, wait_s: float, *, slides: bool) -> Session:
        kept = await self.vault.load(key)
        if kept is None:
            raise expired()
        session = await self._holding(kept, wait_s)
        now_s = self.wall()
        if slides and is_stale(session, self.options, now_s):
            newest = kept if session is kept.session else await self.vault.load(key)
            if newest is not None:
                await soon(self.vault.change(newest, newest.session._replace(seen_s=now_s)))
        return session

    async def begin(self, session: Session, cookies: tuple[str, ...]) -> str:
        """Keep a new session; its id is new whatever the browser brought along (row 97)."""
        await self.end(shown_id(cookies))
        identifier = new_id()
        await self.vault.keep(key_of(identifier), session)
        self.emit(SessionTurned("begun"))
        return identifier

    async def end(self, identifier: str) -> Session | None:
        """The session that was there, and is no more. "" is nobody's id."""
        return await self.vault.forget(key_of(identifier)) if identifier else None

    async def _holding(self, kept: Kept, wait_s: float) -> Session:
        verdict = judge(kept.session, self.options, self.wall())
        if verdict is Verdict.RENEW_BESIDE:
            self._renewals.begin(kept.key)
        if verdict is Verdict.RENEW_FIRST:
            session = await self._renewals.wait(kept.key, wait_s)
            if session is None:
                raise expired()
            return session
        if verdict is Verdict.ENDED:
            await self.vault.forget(kept.key)
            raise expired()
        return kept.session

    def _key(self, headers: Headers, presented: Presented) -> str | None:
        """Where the session would be; None where no cookie came."""
        identifier = session_id(presented.cookies) if presented.cookies else None
        if identifier is None:
            return None
        if presented.authorizations:
            raise BadInput(
                "Send either the session cookie or a bearer token, not both.",
                reason="ambiguous-credentials",
            )
        check_csrf(presented.method, headers, self.origins)
        return key_of(identifier)

    def _known(
        self, context: RequestContext, key: str, identity: Identity, credentials: tuple[str, str]
    ) -> RequestContext:
        metadata = context.metadata
        if self._passes_token:
            metadata = (*metadata, credentials)
        return context._replace(identity=identity, metadata=metadata, session=key)


def _headers(context: RequestContext) -> Headers:
    found = context.headers
    return found if isinstance(found, Headers) else Headers.of(found.items())


def shown_id(cookies: tuple[str, ...]) -> str:
    """The id that a browser shows, "" for none or for nonsense."""
    try:
        return session_id(cookies) or ""
    except Failure:
        return ""


def sid_of(identifier: str) -> str:
    """What a page shows to end that session: who can't read our pages can't know it (row 102)."""
    return digest_of(f"logout {identifier}")[:32]


def is_sid_of(sid: str, identifier: str) -> bool:
    """Whether it was our page that asked to end that session."""
    return bool(identifier) and compare_digest(sid.encode(), sid_of(identifier).encode())
