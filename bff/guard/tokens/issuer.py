"""One issuer that we trust, and for what: the operator's whole say in who may sign tokens.

Why       Algorithms are pinned here, per issuer, and again per key: a token can't choose them.
Called by settings (fills it), guard (obeys it).
Never     allows `none` or a symmetric algorithm: a BFF has no business holding a signing secret.
Source    RFC 8725 sections 3.1, 3.2, 3.11; RFC 7518 section 3.1; RFC 8037.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bff.guard.provider.discovery import is_guarded
from bff.terms.mistakes import ContractMistake

ABSENT = ""

# algorithm -> (kty, crv) of the keys that may be used with it
KEY_SHAPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "RS256": ("RSA", ""),
        "RS384": ("RSA", ""),
        "RS512": ("RSA", ""),
        "PS256": ("RSA", ""),
        "PS384": ("RSA", ""),
        "PS512": ("RSA", ""),
        "ES256": ("EC", "P-256"),
        "ES384": ("EC", "P-384"),
        "ES512": ("EC", "P-521"),
        "EdDSA": ("OKP", "Ed25519"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerOptions:
    """Raises ContractMistake for a value that would make the check weaker than it reads.

    issuer          exact `iss` of its tokens
    audience        exact member of `aud` that means us
    algorithms      the only `alg` values accepted
    keys            a JWKS: file path, or https URL
    leeway_s        how far clocks may differ, for exp, nbf and iat
    max_lifetime_s  a token whose `exp` is further ahead is refused: nobody can revoke it
    refresh_s       how often the keys are read again
    roles_claim     where its tokens name the caller's roles: a claim, or a dotted path into one,
                    such as "realm_access.roles"
    token_types     accepted `typ` headers, lower case, without "application/"; "" means absent.
                    RFC 9068 wants "at+jwt", yet many issuers send "JWT" or nothing. We accept those
                    three, and tell access tokens from others by their claims too (guard/claims);
                    an operator whose issuer follows RFC 9068 should narrow this to ("at+jwt",).
    """

    issuer: str
    audience: str
    algorithms: tuple[str, ...] = ("ES256", "RS256")
    keys: str
    leeway_s: float = 30.0
    max_lifetime_s: float = 86_400.0
    refresh_s: float = 300.0
    token_types: tuple[str, ...] = ("at+jwt", "jwt", ABSENT)
    roles_claim: str = "roles"

    def __post_init__(self) -> None:
        mistake = self._mistake()
        if mistake:
            raise ContractMistake(mistake, where=f"issuer {self.issuer or '(unnamed)'}")

    def _mistake(self) -> str:
        for name in ("issuer", "audience", "algorithms", "keys", "token_types"):
            if not getattr(self, name):
                return f"{name} must not be empty"
        unknown = sorted(set(self.algorithms) - KEY_SHAPES.keys())
        if unknown:
            return f"algorithms {unknown} are not among {sorted(KEY_SHAPES)}"
        if "://" in self.keys and not is_guarded(self.keys):
            return "keys must be a file path or an https:// address (http:// to this machine alone)"
        if not (self.leeway_s >= 0 and self.max_lifetime_s > 0 and self.refresh_s > 0):
            return "leeway_s must not be negative; max_lifetime_s and refresh_s must be above 0"
        return ""
