"""From the Authorization header to an Identity: the async edge that applies guard's pure decisions.

Clocks    A token of ours that comes before its time tells that a clock is wrong: loudly, once in
          LOUD_S. Only a good signature makes it ours: strangers ring no alarm.
Called by edge, for every request; app starts and stops it and asks for its problems.
Never     decides anything itself; remembers only what was proved.
Source    docs/spec/bad-input.md rows 86-93; docs/spec/reliability.md section 2 "clock skew".
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic, time

from bff.guard.tokens.cache import ProvedTokens
from bff.guard.tokens.claims import Mistimed
from bff.guard.tokens.credentials import bearer_token
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwt import examine, prove
from bff.guard.tokens.key_set import KeySet, Sleep
from bff.guard.tokens.key_source import Fetch, fetcher
from bff.terms.context import Identity, RequestContext
from bff.terms.deadline import Clock
from bff.terms.errors import Refused
from bff.terms.events import Emit, TokenMistimed, silence
from bff.terms.mistakes import ContractMistake

__all__ = ["BearerIdentity", "IssuerOptions"]

LOUD_S = 60.0


class BearerIdentity:
    """Who calls, by bearer token, for any number of issuers.

    clock           monotonic seconds: refreshing and waiting
    wall            Unix seconds: the only clock that tokens know
    fetch           source -> how to read it

    Raises ContractMistake when two issuers have one name
    """

    def __init__(
        self,
        issuers: Sequence[IssuerOptions],
        *,
        emit: Emit = silence,
        clock: Clock = monotonic,
        wall: Clock = time,
        sleep: Sleep = asyncio.sleep,
        fetch: Callable[[str], Fetch] = fetcher,
        remembered: int = 10_000,
    ) -> None:
        self._issuers = {options.issuer: options for options in issuers}
        if len(self._issuers) != len(issuers):
            raise ContractMistake("two issuers have the same name", where="issuers")
        self._clock, self._wall, self._emit = clock, wall, emit
        self._loud_at_s: dict[str, float] = {}
        self._proved = ProvedTokens(remembered)
        self._key_sets = {
            options.issuer: KeySet(
                options,
                fetch=fetch(options.keys),
                clock=clock,
                sleep=sleep,
                emit=emit,
                changed=self._proved.clear,
            )
            for options in issuers
        }

    def __repr__(self) -> str:
        return f"<BearerIdentity {list(self._key_sets.values())} {self._proved}>"

    async def start(self) -> None:
        """Returns after each issuer's keys were read once, good or bad."""
        await asyncio.gather(*(keys.start() for keys in self._key_sets.values()))

    async def stop(self) -> None:
        await asyncio.gather(*(keys.stop() for keys in self._key_sets.values()))

    def problems(self) -> tuple[str, ...]:
        """One line for each issuer whose tokens can't be checked now; () when ready."""
        return tuple(line for keys in self._key_sets.values() if (line := keys.problem()))

    async def identify(
        self, context: RequestContext, authorization: Sequence[str]
    ) -> RequestContext:
        """The context with its identity; unchanged (NOBODY) when no credentials were sent.

        authorization  every value of the Authorization header
        Raises         Refused; BadInput for two credentials; ServiceSilent when there are no keys
        """
        token = bearer_token(authorization)
        if token is None:
            return context
        identity = self._known(token)
        if identity is None:
            identity = await self._prove(token, context.deadline.remaining_s(self._clock()))
        return context._replace(identity=identity)

    def known(self, context: RequestContext, authorization: Sequence[str]) -> RequestContext | None:
        """As `identify`, without waiting: None for a token that was not proved before."""
        token = bearer_token(authorization)
        if token is None:
            return context
        identity = self._known(token)
        return None if identity is None else context._replace(identity=identity)

    def _known(self, token: str) -> Identity | None:
        """Whose token it is, where that was proved before."""
        return self._proved.find(token, self._wall())

    async def _prove(self, token: str, wait_s: float) -> Identity:
        try:
            examined = examine(token, issuers=self._issuers, now_s=self._wall())
        except Mistimed as refused:
            self._tell(token, refused)
            raise
        name = examined.key_name
        keys = self._key_sets[examined.options.issuer]
        key = await keys.key(name.kid, name.algorithm, wait_s=wait_s)
        verdict = prove(examined, key)
        until_s = self._clock() + verdict.good_until_s - self._wall()
        identity = replace(verdict.identity, until_s=until_s)
        self._proved.remember(token, replace(verdict, identity=identity))
        return identity

    def _tell(self, token: str, refused: Mistimed) -> None:
        """Of a token that is refused for its times alone."""
        try:
            examined = examine(token, issuers=self._issuers, now_s=refused.good_s)
            issuer = examined.options.issuer
            key = self._key_sets[issuer].held(examined.key_name)
            if key is None:
                return
            prove(examined, key)
        except Refused:
            return
        early, now_s = refused.ahead_s > 0, self._clock()
        loud = early and now_s >= self._loud_at_s.get(issuer, now_s)
        if loud:
            self._loud_at_s[issuer] = now_s + LOUD_S
        state = "early" if early else "late"
        self._emit(TokenMistimed(issuer, state, off_s=abs(refused.ahead_s), loud=loud))
