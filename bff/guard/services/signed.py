"""Tell a service who calls, by a token that we sign: short-lived, for that service and nobody else.

Why       A header with a name in it proves nothing: whoever reaches the service can write it. A
          token for one service is of no use at another, and soon of no use at all.
Claims    iss  us; aud  the service; sub  the caller's subject; idp  whose word that is
          iat, exp (a minute at most), jti; scope and roles where the caller's token has any
Called by telling.py, once a service; calls asks it once an attempt.
Never     hands on a credential of the client's; says anything of a caller whom we do not know.
Source    RFC 7519; RFC 9068 section 2.2; docs/spec/threats.md "metadata injection".
"""

from collections.abc import Callable
from time import monotonic, time
from typing import NamedTuple
from uuid import uuid4

from bff.calls.showing import CREDENTIALS, without_credentials
from bff.guard.services.signing_keys import SigningKey
from bff.terms.context import Identity, Metadata, RequestContext
from bff.terms.deadline import Clock

MOST_REMEMBERED = 10_000


class _Kept(NamedTuple):
    """A token as metadata, until it is time for the next."""

    pair: tuple[str, str]
    renew_at_s: float


class SignedToken:
    """Of one service.

    clock  monotonic seconds: when a new token is due; `wall`: what tokens know
    """

    def __init__(
        self,
        service: str,
        key: SigningKey,
        *,
        issuer: str,
        lifetime_s: float,
        clock: Clock = monotonic,
        wall: Clock = time,
        name: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._service = service
        self._key = key
        self._issuer = issuer
        self._lifetime_s = lifetime_s
        self._clock, self._wall, self._name = clock, wall, name
        self._kept: dict[Identity, _Kept] = {}

    def __repr__(self) -> str:
        return f"<SignedToken for {self._service}, {len(self._kept)} callers>"

    def metadata(self, context: RequestContext) -> Metadata:
        """What came with the request, with our token in place of any credentials."""
        caller = context.identity
        others = without_credentials(context.metadata)
        if not caller.known:
            return others
        kept = self._kept.get(caller)
        now_s = self._clock()
        if kept is None or now_s >= kept.renew_at_s:
            kept = self._signed(caller, now_s)
        return (*others, kept.pair)

    def _signed(self, caller: Identity, now_s: float) -> _Kept:
        token = self._key.signed(self.claims(caller))
        kept = _Kept((CREDENTIALS, f"Bearer {token}"), now_s + self._lifetime_s / 2)
        self._kept.pop(caller, None)
        if len(self._kept) >= MOST_REMEMBERED:
            del self._kept[next(iter(self._kept))]  # the oldest: it is the next to be made anew
        self._kept[caller] = kept
        return kept

    def claims(self, caller: Identity) -> dict[str, object]:
        """What the service is told."""
        issued_s = int(self._wall())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._service,
            "sub": caller.subject,
            "idp": caller.issuer,
            "iat": issued_s,
            "exp": issued_s + int(self._lifetime_s),
            "jti": self._name(),
        }
        if caller.scopes:
            claims["scope"] = " ".join(sorted(caller.scopes))
        if caller.roles:
            claims["roles"] = sorted(caller.roles)
        return claims


class NoCredentials:
    """Of a service that is told nothing of who calls."""

    def __repr__(self) -> str:
        return "<NoCredentials>"

    def metadata(self, context: RequestContext) -> Metadata:
        return without_credentials(context.metadata)
