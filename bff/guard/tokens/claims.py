"""Judge a token's claims: is it an access token, for us, now, and for whom?

Why       PyJWT accepts a token without `exp`, a string `exp`, an `exp` far beyond our lives, and a
          logout token as access token. All of these are refused here, in code read in one go.
Called by guard/tokens/jwt.
Never     reads a clock: `now_s` is wall time (Unix seconds), given.
Source    RFC 7519 section 4.1; RFC 8725 sections 3.8-3.12; RFC 9068 section 2.2;
          OpenID Connect Core section 2, Back-Channel Logout section 2.4;
          docs/spec/bad-input.md rows 89-91.

How other tokens of the same issuer are told apart when the header's `typ` doesn't say:
    ID token      carries nonce, at_hash, c_hash or s_hash
    logout, SET   carries events
    DPoP proof    carries htm or htu
    bound token   carries cnf: its bearer must prove a key, which `Bearer` can't; to accept it
                  would undo the protection that the issuer promised (RFC 9449, RFC 8705)
    refresh, ID   say so in a claim: Keycloak's typ, Cognito's token_use, others' token_type
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bff.guard.refusal import unauthenticated
from bff.guard.tokens.header import not_an_access_token
from bff.guard.tokens.issuer import IssuerOptions
from bff.terms.context import Identity
from bff.terms.errors import Refused
from bff.terms.standing import TOKEN_EXPIRED

MAX_SUBJECT_CHARS = 255

_MARKS_OF_OTHERS = frozenset(
    {"nonce", "at_hash", "c_hash", "s_hash", "events", "htm", "htu", "cnf"}
)
_KIND_CLAIMS = ("typ", "token_use", "token_type")
_ACCESS_KINDS = frozenset({"access", "access_token", "at+jwt", "bearer", "jwt"})


class Mistimed(Refused):
    """All is in order but the time: it would have been good at `good_s`, which is `ahead_s` ahead
    of our clock; below 0: behind it.
    """

    def __init__(self, detail: str, *, good_s: float, now_s: float) -> None:
        super().__init__(detail)
        self.good_s = good_s
        self.ahead_s = good_s - now_s


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who the token is for, and until when (Unix seconds, leeway included) that holds."""

    identity: Identity
    good_until_s: float


def judge_claims(claims: Mapping[str, object], options: IssuerOptions, *, now_s: float) -> Verdict:
    """Raises Refused unless these are the claims of an access token for us that is good now.

    `iss` is not read again: it is how the caller chose `options`.
    """
    _refuse_lookalikes(claims)
    _check_audience(claims.get("aud"), options.audience)
    good_until_s = _check_times(claims, options, now_s=now_s)
    identity = Identity(
        subject_of(claims.get("sub")),
        options.issuer,
        _scopes(claims),
        _roles(claims, options.roles_claim),
    )
    return Verdict(identity, good_until_s)


def _refuse_lookalikes(claims: Mapping[str, object]) -> None:
    if not _MARKS_OF_OTHERS.isdisjoint(claims):
        raise not_an_access_token()
    for name in _KIND_CLAIMS:
        kind = claims.get(name, "access")
        if not isinstance(kind, str) or kind.lower() not in _ACCESS_KINDS:
            raise not_an_access_token()


def _check_audience(audience: object, ours: str) -> None:
    if isinstance(audience, str):
        audience = [audience]
    if not isinstance(audience, list) or not all(isinstance(one, str) for one in audience):
        raise unauthenticated("The bearer token needs an audience: ask for one for this API.")
    if ours not in audience:
        raise unauthenticated("The bearer token is for another audience: ask for one for this API.")


def _check_times(claims: Mapping[str, object], options: IssuerOptions, *, now_s: float) -> float:
    """Both ends get the leeway, so that a clock 30 s off on either side refuses nothing."""
    expires_s = _instant(claims.get("exp"))
    if now_s > expires_s + options.leeway_s:
        raise Mistimed(TOKEN_EXPIRED, good_s=expires_s, now_s=now_s)
    begins_s = max((_instant(claims[it]) for it in ("nbf", "iat") if it in claims), default=now_s)
    if begins_s > now_s + options.leeway_s:
        what = "The bearer token is not valid yet: try again in a moment."
        raise Mistimed(what, good_s=begins_s, now_s=now_s)
    if expires_s > now_s + options.max_lifetime_s + options.leeway_s:
        raise unauthenticated("The bearer token lives too long: ask for one that expires sooner.")
    return expires_s + options.leeway_s


def _instant(value: object) -> float:
    """A NumericDate. bool is an int to Python, text a number to lenient code: neither passes."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise unauthenticated("The bearer token needs exp, and exp, nbf and iat must be numbers.")
    # Infinity, and an int so big that float() would raise OverflowError.
    if not -1e15 < value < 1e15:
        raise unauthenticated("The bearer token lives too long: ask for one that expires sooner.")
    return float(value)


def subject_of(subject: object) -> str:
    """Printable ASCII only: it travels in gRPC metadata and in log lines. Raises Refused."""
    if (
        not isinstance(subject, str)
        or not 0 < len(subject) <= MAX_SUBJECT_CHARS
        or not all(" " <= sign <= "~" for sign in subject)
        or subject != subject.strip()
    ):
        raise unauthenticated("The bearer token needs a subject of 1 to 255 ASCII characters.")
    return subject


def _scopes(claims: Mapping[str, object]) -> frozenset[str]:
    """`scope` (RFC 8693: words in one string) or `scp` (the same, or a list, as some write it)."""
    given = claims.get("scope", claims.get("scp", ""))
    words = given.split(" ") if isinstance(given, str) else given
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise unauthenticated("The bearer token's scope must be words in one string.")
    return frozenset(word for word in words if word)


def _roles(claims: Mapping[str, object], claim: str) -> frozenset[str]:
    """A list of names, or one name; a token that says nothing of roles has none.

    claim  a claim's whole name, which may have dots, else a path through objects
    """
    found: object = claims
    for part in [claim] if claim in claims else claim.split("."):
        if not isinstance(found, Mapping):
            raise _no_roles()
        found = found.get(part, {})
    names = [found] if isinstance(found, str) else found or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _no_roles()
    return frozenset(name for name in names if name)


def _no_roles() -> Refused:
    return unauthenticated("The bearer token's roles must be a list of names.")
