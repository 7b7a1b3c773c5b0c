"""A new access token for a session: asked for once, however many requests need it.

Why       A refresh token is good for one use. A page that loads with a hundred requests would use
          it a hundred times, and a careful provider would take the second use for a theft.
Rules     one renewal of a session at a time: in this process by a task that all wait for, among
          processes by a lock in the store
          it runs to its end, whoever hangs up, and is waited for when this process ends
          refused for good: the session lasts until its access token ends
          no answer: it lasts too, and is asked again after a pause, with the same token
Again     An answer that was lost may have used the token up. A provider that forgives a second use
          for some seconds answers then; one that does not takes it for a theft and ends the
          family, of which nobody holds another token: the session would have ended all the same.
          So to ask again is never worse, and the log tells such a refusal from a theft.
Called by guard/sessions.
Never     uses a refresh token that an answer has replaced; never ends a session for a provider's
          outage.
Source    RFC 9700 section 4.14.2 (rotation); docs/spec/bad-input.md row 105; reliability.md F20.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from contextvars import Context
from time import monotonic, time

from bff.guard.provider.id_token import KeyUnknown, NotForUs, roles_in
from bff.guard.provider.provider import Provider
from bff.guard.provider.token_answer import GrantRefused, Tokens
from bff.guard.refusal import unavailable
from bff.guard.sessions.session import Session, SessionOptions, Verdict, judge, renewal_due_s
from bff.guard.sessions.vault import Kept, Vault
from bff.guard.tokens.key_set import Sleep
from bff.stores.records import StoreUnreachable
from bff.stores.store import soon
from bff.terms.deadline import Clock
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.events import Emit, SessionTurned, silence

BESIDE_S = 5.0
"""What a renewal may take beside the provider's answer: for the store, and for its turn."""
LOOK_AGAIN_S = 0.05
PAUSE_S = 2.0
_PAUSES = 10_000

Outcome = Session | Failure | None
"""The session as it is now; why nobody knows; None where it has ended."""


class Renewals:
    """Those under way in this process."""

    def __init__(
        self,
        vault: Vault,
        provider: Provider,
        options: SessionOptions,
        *,
        emit: Emit = silence,
        clock: Clock = monotonic,
        wall: Clock = time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._vault, self._provider, self._options = vault, provider, options
        self._emit, self._clock, self._wall, self._sleep = emit, clock, wall, sleep
        self._flights: dict[str, asyncio.Task[Outcome]] = {}
        self._paused: OrderedDict[str, float] = OrderedDict()
        self._most_s = provider.patience_s + BESIDE_S

    def __repr__(self) -> str:
        return f"<Renewals: {len(self._flights)} under way, {len(self._paused)} paused>"

    async def stop(self) -> None:
        """Leaves no task behind; an answer that is on its way is kept."""
        flights = list(self._flights.values())
        if flights:
            await asyncio.wait(flights, timeout=self._provider.options.timeout_s)
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def begin(self, key: str) -> asyncio.Task[Outcome] | None:
        """The one under way, or a new one; None so shortly after one that came to nothing."""
        flight = self._flights.get(key)
        if flight is None and self._paused.get(key, 0.0) <= self._clock():
            # an empty context: what this request carries is none of the next one's business
            flight = asyncio.create_task(self._renewed(key), context=Context())
            self._flights[key] = flight
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        return flight

    async def wait(self, key: str, wait_s: float) -> Session | None:
        """The session once it is renewed; None where it has ended. Raises ServiceSilent."""
        flight = self.begin(key)
        if flight is None:
            raise self._silent()
        await asyncio.wait({flight}, timeout=wait_s)  # who leaves takes nothing along
        if not flight.done() or flight.cancelled():
            raise self._silent()
        outcome = flight.result()
        if isinstance(outcome, Failure):
            raise outcome
        return outcome

    async def _renewed(self, key: str) -> Outcome:
        try:
            async with asyncio.timeout(self._most_s) as limit:
                return await self._in_turn(key, limit)
        except TimeoutError:
            self._pause(key)
            return self._silent()
        except Failure as failure:
            self._pause(key)
            return failure

    async def _in_turn(self, key: str, limit: asyncio.Timeout) -> Session | None:
        lock = f"renewal-of-{key}"
        records = self._vault.records
        while not await soon(records.add(lock, b"1", ttl_s=2 * self._most_s)):
            await self._sleep(LOOK_AGAIN_S)
            kept = await self._vault.load(key)
            if kept is None or self._is_fresh(kept.session):
                return kept and kept.session
        # whoever waited for the lock has as long for the answer as anybody
        limit.reschedule(asyncio.get_running_loop().time() + self._most_s)
        try:
            kept = await self._vault.load(key)
            if kept is None or self._is_fresh(kept.session):
                return kept and kept.session
            return await self._asked(kept)
        finally:
            await soon(records.delete(lock))

    async def _asked(self, kept: Kept) -> Session | None:
        session = kept.session
        if not session.refresh_token:
            return await self._ended(kept)
        try:
            tokens = await self._provider.refresh(session.refresh_token)
            claims = await self._claims(tokens, session)
        except (GrantRefused, NotForUs) as refused:
            lost = "after a question without an answer" if kept.key in self._paused else ""
            self._emit(SessionTurned("renewal-refused", str(refused) or lost))
            return await self._ended(kept)
        new = renewed(session, tokens, self._options, now_s=self._wall())
        if claims is not None:
            new = new._replace(roles=roles_in(claims, self._provider.options.roles_claim))
        self._paused.pop(kept.key, None)
        self._emit(SessionTurned("renewed"))
        return new if await self._changed(kept, new) else await self._now(kept.key)

    async def _changed(self, kept: Kept, new: Session) -> bool:
        """False only where the session is gone: neither a note of its last use nor a store that is
        away for a moment must cost the tokens.
        """
        found: Kept | None = kept
        while found is not None:
            try:
                if await soon(self._vault.change(found, new._replace(seen_s=found.session.seen_s))):
                    return True
                found = await self._vault.load(kept.key)
            except StoreUnreachable:
                await self._sleep(LOOK_AGAIN_S)
        return False

    async def _claims(self, tokens: Tokens, session: Session) -> Mapping[str, object] | None:
        """What a new ID token says; None without one that can be read just now: the tokens beside
        it came from where we asked, and the old ones are used up.

        Raises NotForUs where the provider suddenly speaks of somebody else (Core 12.2)
        """
        if not tokens.id_token:
            return None
        try:
            claims = await self._provider.prove(tokens, nonce=None)
        except (KeyUnknown, ServiceSilent):
            return None
        if claims.get("sub") != session.subject:
            raise NotForUs("the renewed token is for somebody else (sub)")
        return claims

    async def _ended(self, kept: Kept) -> Session | None:
        """It lasts until its access token ends, and no longer."""
        if kept.session.access_until_s <= self._wall():
            await self._vault.forget(kept.key)
            return None
        last = kept.session._replace(refresh_token="")
        await self._changed(kept, last)
        return last

    async def _now(self, key: str) -> Session | None:
        kept = await self._vault.load(key)
        return kept and kept.session

    def _is_fresh(self, session: Session) -> bool:
        return judge(session, self._options, self._wall()) is Verdict.USE

    def _pause(self, key: str) -> None:
        self._paused[key] = self._clock() + PAUSE_S
        self._paused.move_to_end(key)
        if len(self._paused) > _PAUSES:
            self._paused.popitem(last=False)

    def _silent(self) -> ServiceSilent:
        return unavailable(
            "The session can't be renewed just now: try again in a moment.", retry_after_s=PAUSE_S
        )


def renewed(session: Session, tokens: Tokens, options: SessionOptions, *, now_s: float) -> Session:
    """The session with new tokens; what the answer leaves out stays as it was (RFC 6749, 6)."""
    return session._replace(
        access_token=tokens.access_token,
        access_until_s=now_s + tokens.expires_in_s,
        renew_at_s=renewal_due_s(options, expires_in_s=tokens.expires_in_s, now_s=now_s),
        refresh_token=tokens.refresh_token or session.refresh_token,
        id_token=tokens.id_token or session.id_token,
        scopes=tuple(sorted(tokens.scope.split())) or session.scopes,
    )
