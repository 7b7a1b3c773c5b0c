"""Is this token good, and for which identity?  Two pure steps with a key lookup between them.

Why       Everything that needs no key is decided first: a token that can't be good never costs a
          fetch or an elliptic curve. One verifier for all tokens: one place to test and to attack.
Called by guard/tokens/bearer.
Never     waits, reads a clock, or believes `iss` for more than choosing whose rules to apply.
Source    RFC 8725; PyJWT does the signature arithmetic and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bff.guard.refusal import unauthenticated
from bff.guard.tokens.claims import Verdict, judge_claims
from bff.guard.tokens.compact import UntrustedToken, read_token
from bff.guard.tokens.header import KeyName, judge_header
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwks import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A token in order but for its signature. Only `prove` may hand out its `verdict`."""

    options: IssuerOptions
    key_name: KeyName
    token: UntrustedToken
    verdict: Verdict


def examine(text: str, *, issuers: Mapping[str, IssuerOptions], now_s: float) -> Examined:
    """Check all but the signature.

    issuers  by their exact `iss`
    now_s    wall time, Unix seconds
    Raises   Refused
    """
    token = read_token(text)
    issuer = token.claims.get("iss")
    options = issuers.get(issuer) if isinstance(issuer, str) else None
    if options is None:
        raise unauthenticated("The bearer token's issuer is not trusted here: sign in with ours.")
    return Examined(
        options=options,
        key_name=judge_header(
            token.header, algorithms=options.algorithms, kinds=options.token_types
        ),
        token=token,
        verdict=judge_claims(token.claims, options, now_s=now_s),
    )


def prove(examined: Examined, key: Key) -> Verdict:
    """Check the signature with that key of the token's issuer. Raises Refused."""
    good = key.verifies(
        algorithm=examined.key_name.algorithm,
        signed=examined.token.signed,
        signature=examined.token.signature,
    )
    if not good:
        raise unauthenticated("The bearer token's signature is not valid: sign in again.")
    return examined.verdict
