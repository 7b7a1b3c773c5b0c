"""Judge what an identity provider signs for us: who signed in, and who has signed out there.

Why       An ID token of another client, another sign-in or another day must not sign anybody in,
          and a logout token must be nothing else, or one kind would pass for the other.
Called by guard/provider.
Never     checks a header or a signature, or reads a clock: `now_s` is wall time (Unix seconds).
Source    OpenID Connect Core 1.0 section 3.1.3.7; Back-Channel Logout 1.0 sections 2.4, 2.6;
          RFC 9700 section 4.4; docs/spec/bad-input.md rows 91, 103.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256, sha384, sha512

from bff.guard.tokens.claims import subject_of
from bff.guard.tokens.compact import UntrustedToken
from bff.guard.tokens.issuer import ABSENT
from bff.terms.errors import Refused
from bff.terms.url_text import encoded

ID_TOKEN = ("jwt", ABSENT)
LOGOUT_TOKEN = ("logout+jwt", *ID_TOKEN)
"""What their headers may call them (`typ`)."""
LEEWAY_S = 60.0
LOGOUT_LIFETIME_S = 300.0
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class NotForUs(Exception):
    """The token is not what it must be; the text says why, in one line, for the log."""


class KeyUnknown(NotForUs):
    """Nobody can say just now whether it is: the issuer's keys may be newer than what we have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Who signs, and for whom."""

    issuer: str
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye:
    """Whose sessions end: `subject` or `provider_sid` may be "", not both. `name` is used once."""

    subject: str
    provider_sid: str
    name: str


def judge_id_token(
    token: UntrustedToken,
    expected: Expected,
    *,
    nonce: str | None,
    access_token: str,
    now_s: float,
) -> Mapping[str, object]:
    """Its claims. Raises NotForUs.

    nonce  that of the sign-in; None where the token is renewed: then it has none, or an old one
    """
    claims = token.claims
    _check_parties(claims, expected)
    _check_lifetime(claims, now_s=now_s)
    if nonce is not None and claims.get("nonce") != nonce:
        raise NotForUs("the ID token is of another sign-in (nonce)")
    if "events" in claims:
        raise NotForUs("a logout token is no ID token")
    hashed = claims.get("at_hash")
    if hashed is not None and hashed != _hash(access_token, str(token.header["alg"])):
        raise NotForUs("the ID token belongs to another access token (at_hash)")
    _subject(claims)
    return claims


def judge_logout_token(token: UntrustedToken, expected: Expected, *, now_s: float) -> Goodbye:
    """Whose sessions end. Raises NotForUs."""
    claims = token.claims
    _check_parties(claims, expected)
    _check_lifetime(claims, now_s=now_s)
    if now_s - _instant(claims, "iat") > LOGOUT_LIFETIME_S:
        raise NotForUs("the logout token is too old")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise NotForUs("this is no logout token (events)")
    if "nonce" in claims:
        raise NotForUs("a logout token must not have a nonce")
    name, provider_sid = claims.get("jti"), claims.get("sid", "")
    if not isinstance(name, str) or not name or not isinstance(provider_sid, str):
        raise NotForUs("the logout token needs a jti, and a sid that is text")
    subject = _subject(claims) if "sub" in claims else ""
    if not subject and not provider_sid:
        raise NotForUs("the logout token says neither sub nor sid")
    return Goodbye(subject=subject, provider_sid=provider_sid, name=name)


def roles_in(claims: Mapping[str, object], claim: str) -> tuple[str, ...]:
    """The names of a list, or one name; what is anything else names none.

    claim  a claim's whole name, which may have dots, else a path through objects

    >>> roles_in({"realm_access": {"roles": ["b", "a"]}}, "realm_access.roles")
    ('a', 'b')
    """
    found: object = claims
    for part in [claim] if claim in claims else claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    names = [found] if isinstance(found, str) else found
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return tuple(sorted({name for name in names if name}))


def _check_parties(claims: Mapping[str, object], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise NotForUs("the token is of another issuer (iss)")
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in several:
        raise NotForUs("the token is for another client (aud)")
    party = claims.get("azp", expected.client_id)
    if party != expected.client_id or (len(several) > 1 and "azp" not in claims):
        raise NotForUs("the token is for another client (azp)")


def _check_lifetime(claims: Mapping[str, object], *, now_s: float) -> None:
    if now_s > _instant(claims, "exp") + LEEWAY_S:
        raise NotForUs("the token has expired (exp)")
    if _instant(claims, "iat") > now_s + LEEWAY_S:
        raise NotForUs("the token is not valid yet (iat)")


def _instant(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
        raise NotForUs(f"the token needs a number as {name}")
    return float(value)


def _subject(claims: Mapping[str, object]) -> str:
    """As that of a bearer token."""
    try:
        return subject_of(claims.get("sub"))
    except Refused:
        raise NotForUs("the token needs a subject of 1 to 255 ASCII characters") from None


def _hash(access_token: str, algorithm: str) -> str:
    """The left half of the hash that goes with the signature's algorithm (Core 3.1.3.6)."""
    hashed = {"384": sha384, "512": sha512}.get(algorithm[-3:], sha256)
    digest = hashed(access_token.encode()).digest()
    return encoded(digest[: len(digest) // 2])
