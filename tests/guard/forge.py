"""Keys and tokens to test with: one good token, and any single change to it.

Why       PyJWT refuses to write most bad tokens, so parts are put together here, by hand.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm, get_default_algorithms

from bff.guard.tokens.issuer import IssuerOptions

NOW_S = 1_750_000_000
ISSUER = "https://login.example"
AUDIENCE = "bff"
DROP = object()

PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey | Ed25519PrivateKey


@cache
def ec_key(name: str = "one") -> EllipticCurvePrivateKey:
    """The same key for the same name, in one test run."""
    return generate_private_key(SECP256R1())


@cache
def p384_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP384R1())


@cache
def rsa_key(bits: int = 2048) -> RSAPrivateKey:
    return generate_rsa(65537, bits)


@cache
def ed25519_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def jwk(private: PrivateKey, **more: object) -> dict[str, Any]:
    """The public key as JWK, with more members; DROP leaves one out."""
    if isinstance(private, EllipticCurvePrivateKey):
        entry = json.loads(ECAlgorithm.to_jwk(private.public_key()))
    elif isinstance(private, RSAPrivateKey):
        entry = json.loads(RSAAlgorithm.to_jwk(private.public_key()))
    else:
        entry = json.loads(OKPAlgorithm.to_jwk(private.public_key()))
    entry.pop("key_ops", None)
    return _changed(entry, more)


def key_set(*entries: object) -> bytes:
    return json.dumps({"keys": entries}).encode()


def good_set() -> bytes:
    """The set that `token()` is good with: an EC key "one" and an RSA key "two"."""
    return key_set(jwk(ec_key(), kid="one"), jwk(rsa_key(), kid="two"))


def options(**changes: Any) -> IssuerOptions:
    given = {"issuer": ISSUER, "audience": AUDIENCE, "keys": "keys.json", **changes}
    return IssuerOptions(**given)


def token(
    *,
    header: Mapping[str, object] | None = None,
    claims: Mapping[str, object] | None = None,
    key: PrivateKey | bytes | None = None,
    algorithm: str = "ES256",
) -> str:
    """A good token with changed header or claims; DROP leaves one out."""
    given_header = {"alg": algorithm, "typ": "at+jwt", "kid": "one"}
    given_claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ada",
        "iat": NOW_S - 10,
        "exp": NOW_S + 600,
    }
    return signed(
        _json(_changed(given_header, header or {})),
        _json(_changed(given_claims, claims or {})),
        key=ec_key() if key is None else key,
        algorithm=algorithm,
    )


def signed(header: bytes, claims: bytes, *, key: PrivateKey | bytes, algorithm: str) -> str:
    """Those very bytes, signed: for headers and claims that no library would write."""
    body = f"{encoded(header)}.{encoded(claims)}"
    method = get_default_algorithms()[algorithm]
    signature = method.sign(body.encode(), key)
    return f"{body}.{encoded(signature)}"


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _changed(given: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in {**given, **changes}.items() if value is not DROP}
