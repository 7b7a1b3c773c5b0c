"""The BFF's own keys: private ones sign what services are told, public ones are published.

Why       A service checks a signature with a public key, so that no secret is shared with anybody,
          and a ring of keys is changed without a moment at which tokens are refused.
Called by signed.py (signs), telling.py (reads, publishes).
Never     shows a private key: not in a repr, a mistake, or the published set.
Source    RFC 7515, 7517, 7518, 7638 (thumbprints as key ids), 8037 (Ed25519).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from bff.terms.mistakes import ContractMistake
from bff.terms.url_text import encoded

if TYPE_CHECKING:  # PyJWT and cryptography are 9 MB, which a BFF without keys does not need
    from jwt.algorithms import Algorithm

_MEMBERS: Final[tuple[str, ...]] = ("crv", "kty", "x", "y")
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """One private key. `public` is its JWK."""

    kid: str
    algorithm: str
    public: dict[str, str]
    private: Any = field(repr=False, compare=False)
    signer: "Algorithm" = field(repr=False, compare=False)
    header: str = field(repr=False)

    def signed(self, claims: dict[str, object]) -> str:
        """A JWT of these claims, in compact form."""
        body = f"{self.header}.{encoded(orjson.dumps(claims))}"
        return f"{body}.{encoded(self.signer.sign(body.encode(), self.private))}"


def read_signing_key(path: Path, *, where: str) -> SigningKey:
    """The key of a PEM file. Raises ContractMistake, which never quotes the file."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise ContractMistake(
            f"{path.name} cannot be read: {error.strerror}", where=where
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        what = f"{path.name} is no private key in PEM without a password"
        raise ContractMistake(what, where=where) from None
    return signing_key(private, where=where)


def signing_key(private: object, *, where: str = "") -> SigningKey:
    """Raises ContractMistake for a key of another kind."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from jwt.algorithms import ECAlgorithm, OKPAlgorithm, get_default_algorithms

    if isinstance(private, Ed25519PrivateKey):
        algorithm = "EdDSA"
        jwk: Mapping[str, object] = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    elif isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1):
        algorithm = "ES256"
        jwk = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    else:
        raise ContractMistake("a signing key is P-256 or Ed25519", where=where)
    members: dict[str, str] = {name: str(jwk[name]) for name in _MEMBERS if name in jwk}
    kid = encoded(sha256(orjson.dumps(members, option=orjson.OPT_SORT_KEYS)).digest())
    return SigningKey(
        kid=kid,
        algorithm=algorithm,
        public={**members, "kid": kid, "alg": algorithm, "use": "sig"},
        private=private,
        signer=get_default_algorithms()[algorithm],
        header=encoded(orjson.dumps({"alg": algorithm, "kid": kid, "typ": TOKEN_TYPE})),
    )


def published(keys: Sequence[SigningKey]) -> bytes:
    """The JWK Set with the public half of each."""
    return orjson.dumps({"keys": [one.public for one in keys]})
