"""Judge a token's header: which of the issuer's keys may have signed it, if any.

Why       Every famous JWT hole lets the header choose the algorithm or the key. Ours chooses among
          what the operator pinned, and names a key by `kid` in the issuer's own set, nothing else.
Called by guard/tokens/jwt and guard/provider, before any key is looked up: a bad
          header never costs a fetch.
Never     fetches or trusts `jku`, `jwk`, `x5u`, `x5c`: a token that has one is refused.
Source    RFC 7515 section 4.1; RFC 8725 section 3; RFC 9068 section 4;
          docs/spec/bad-input.md rows 88, 91-93.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bff.guard.refusal import unauthenticated
from bff.guard.tokens.issuer import ABSENT
from bff.terms.errors import Refused

MAX_KID_CHARS = 256

_KEY_IN_HEADER = ("jku", "jwk", "x5u", "x5c")


@dataclass(frozen=True, slots=True)
class KeyName:
    """Which key to ask for. `kid` is None when the header has none."""

    kid: str | None
    algorithm: str


def judge_header(
    header: Mapping[str, object], *, algorithms: Collection[str], kinds: Collection[str]
) -> KeyName:
    """Raises Refused for a header that our issuer would not write.

    kinds  accepted `typ`, lower case, without "application/"; "" means absent
    """
    _refuse_extensions(header)
    _refuse_other_types(header, kinds)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise unauthenticated("The bearer token is signed in a way that is not accepted here.")
    return KeyName(_kid(header), algorithm)


def _refuse_extensions(header: Mapping[str, object]) -> None:
    if "crit" in header or "b64" in header:
        raise unauthenticated("The bearer token uses a JOSE extension that is not accepted here.")
    if any(name in header for name in _KEY_IN_HEADER):
        raise unauthenticated("The bearer token must name its key by kid only.")


def _refuse_other_types(header: Mapping[str, object], kinds: Collection[str]) -> None:
    if _media_type(header.get("typ", ABSENT)) not in kinds:
        raise not_an_access_token()
    if "cty" in header:  # a nested token, RFC 7519 section 5.2
        raise not_an_access_token()


def not_an_access_token() -> Refused:
    return unauthenticated(
        "This is not an access token: send the access token, not an ID, refresh or logout token."
    )


def _media_type(typ: object) -> str | None:
    """Lower case, without "application/" (RFC 7515 section 4.1.9); None if not text."""
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else None


def _kid(header: Mapping[str, object]) -> str | None:
    kid = header.get("kid")
    if "kid" in header and (not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID_CHARS):
        raise unauthenticated("The bearer token names its key in a way that is not accepted here.")
    return kid if isinstance(kid, str) else None
