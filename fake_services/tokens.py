"""Tokens that the running demo accepts, and some that it must not.

Why       `curl` needs one, and tests need expired, foreign and forged ones.
Called by cli.py, demo.py and tests.
Never     a model of an identity provider: it only signs.
Source    RFC 9068 (access tokens); RFC 8725 (the forgeries: `none`, HS256 with the public key).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import jwt

from fake_services.demo_keys import DemoKeys

ISSUER = "https://demo.grpc-bff.test"
AUDIENCE = "grpc-bff-demo"
LIFETIME_S = 12 * 3600
ALGORITHMS = ("ES256", "HS256", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOptions:
    """What the token says; `expires_in_s` may be negative."""

    expires_in_s: int = LIFETIME_S
    audience: str = AUDIENCE
    issuer: str = ISSUER
    scope: str = ""
    algorithm: str = "ES256"


def token(
    name: str,
    keys: DemoKeys,
    options: TokenOptions = TokenOptions(),
    *,
    now_s: Callable[[], float] = time.time,
) -> str:
    """A token for that user, in compact form."""
    issued = int(now_s())
    # An expired token was issued before it expired, or it would be refused for another reason.
    issued = min(issued, issued + options.expires_in_s - 1)
    claims: dict[str, object] = {
        "iss": options.issuer,
        "aud": options.audience,
        "sub": name,
        "iat": issued,
        "exp": int(now_s()) + options.expires_in_s,
        "jti": secrets.token_hex(8),
    }
    if options.scope:
        claims["scope"] = options.scope
    return _signed(claims, keys, options.algorithm)


def _signed(claims: dict[str, object], keys: DemoKeys, algorithm: str) -> str:
    headers = {"typ": "at+jwt", "kid": keys.key_id}
    if algorithm == "ES256":
        return jwt.encode(claims, keys.private, algorithm=algorithm, headers=headers)
    head = _part({"alg": algorithm, **headers}) + "." + _part(claims)
    if algorithm == "none":
        return head + "."
    # The classic forgery, which no library signs: everybody's public key taken for a shared secret.
    return head + "." + _text(hmac.digest(keys.public_pem, head.encode(), hashlib.sha256))


def _part(value: dict[str, object] | dict[str, str]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
