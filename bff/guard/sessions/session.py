"""One signed-in browser: what the server knows of it, how it is kept, and whether it still holds.

Why       The browser has an opaque id and nothing else: what a script can't read it can't leak.
Called by guard/sessions/vault (packs it), guard/sessions and guard/sessions/renewal (judge it).
Never     waits or reads a clock: `now_s` is wall time (Unix seconds), on which processes agree.
Source    IETF draft-ietf-oauth-browser-based-apps section 6.1; OWASP Session Management;
          docs/spec/reliability.md "Session side".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import orjson

from bff.terms.context import Identity
from bff.terms.mistakes import ContractMistake
from bff.terms.named_keys import named_keys
from bff.terms.origins import check_origin_text

FORM = 1
"""Of what is kept: a record of another form is a session that has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """How long a session lasts, and what it is sealed with.

    idle_s      it ends so long after its last request
    absolute_s  it ends so long after the sign-in, whatever happens
    refresh_before_s  its access token is renewed so long before it ends
    keys        "name:base64 of 32 bytes", newest first; () for one that ends with this process
    origins     further origins whose pages may use the cookie
    """

    idle_s: float = 3_600.0
    absolute_s: float = 43_200.0
    refresh_before_s: float = 60.0
    keys: tuple[str, ...] = field(default=(), repr=False)
    origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ContractMistake for keys, origins and times that make no sense."""
        named_keys(self.keys, where="sessions.keys")
        for origin in self.origins:
            check_origin_text(origin, where="sessions.origins")
        if not 0 < self.idle_s <= self.absolute_s:
            raise ContractMistake(
                "must be above 0, and at most absolute_s", where="sessions.idle_s"
            )
        if self.refresh_before_s < 0:
            raise ContractMistake("must not be negative", where="sessions.refresh_before_s")


class Session(NamedTuple):
    """Times are Unix seconds.

    claims          what /bff/user shows
    provider_sid    the provider's name of its session, "" for none; it says which one has ended
    access_until_s  when the access token ends; it is renewed from `renew_at_s` on
    refresh_token   "" where there is none, or none that is good
    id_token        shown to the provider when its user signs out
    seen_s          about when it was last used
    """

    subject: str
    issuer: str
    scopes: tuple[str, ...]
    roles: tuple[str, ...]
    claims: Mapping[str, object]
    provider_sid: str
    access_token: str
    access_until_s: float
    renew_at_s: float
    refresh_token: str
    id_token: str
    began_s: float
    seen_s: float

    @property
    def identity(self) -> Identity:
        scopes, roles = frozenset(self.scopes), frozenset(self.roles)
        return Identity(self.subject, self.issuer, scopes, roles)

    def packed(self) -> bytes:
        return orjson.dumps([FORM, *self])

    @classmethod
    def unpacked(cls, packed: bytes) -> "Session | None":
        """None for what another release packed otherwise."""
        form, *values = orjson.loads(packed)
        if form != FORM or len(values) != len(cls._fields):
            return None
        return cls(*values)._replace(scopes=tuple(values[2]), roles=tuple(values[3]))

    def left_s(self, options: SessionOptions, now_s: float) -> float:
        """How long it lasts unless it is used; 0 or less where it has ended."""
        return min(options.idle_s, self.began_s + options.absolute_s - now_s)


class Verdict(Enum):
    """What is to be done before a session is used."""

    USE = "use"
    RENEW_BESIDE = "use, and renew the access token meanwhile"
    RENEW_FIRST = "the access token has ended: renew it first"
    ENDED = "ended"


def judge(session: Session, options: SessionOptions, now_s: float) -> Verdict:
    """What holds for that session now."""
    if session.left_s(options, now_s) <= 0:
        return Verdict.ENDED
    if now_s < session.renew_at_s:
        return Verdict.USE
    if session.access_until_s > now_s:
        return Verdict.RENEW_BESIDE if session.refresh_token else Verdict.USE
    return Verdict.RENEW_FIRST if session.refresh_token else Verdict.ENDED


def is_stale(session: Session, options: SessionOptions, now_s: float) -> bool:
    """Whether it is time to note that it was used: not at each request, yet well within idle_s."""
    return now_s - session.seen_s > min(60.0, options.idle_s / 10)


def renewal_due_s(options: SessionOptions, *, expires_in_s: float, now_s: float) -> float:
    """When a token is to be renewed: a short-lived one not before half of its life."""
    return now_s + expires_in_s - min(options.refresh_before_s, expires_in_s / 2)
