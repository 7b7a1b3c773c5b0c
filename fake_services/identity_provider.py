"""The demo's identity provider, without HTTP: who is signed in, which codes and tokens are good.

Why       Sessions need somebody to send browsers to; the demo needs nothing but Python.
Called by identity_provider_pages.py, which speaks HTTP for it, and tests, which make it ill.
Never     asks for a password: whoever comes picks ada, bob or cleo. Nothing to run anywhere else.
Source    OpenID Connect Core 1.0; RFC 6749, 7636, 9700 section 4.14.2 (a used refresh token ends
          its family).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import jwt

from fake_services.demo_keys import DemoKeys
from fake_services.tokens import TokenOptions, token

CLIENT_ID: Final = "demo-bff"
CLIENT_SECRET: Final = "made-up-and-good-for-the-demo-only"
PEOPLE: Final = ("ada", "bob", "cleo")
NAMES: Final = ("Ada Lovelace", "Bob Kahn", "Cleo Papadaki")
CODE_LIFETIME_S: Final = 60
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"

Mood = Literal["well", "stalls", "swallows", "breaks", "html", "huge"]


class OAuthError(Exception):
    """What a client is told: `error` as the RFC names it."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asked at the authorization endpoint."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a code or a refresh token stands for. `family`: all tokens of one sign-in."""

    person: str
    sid: str
    asked: Asked
    family: str
    until_s: float = field(default=float("inf"))


class IdentityProvider:
    """`issuer` is its address; `access_s` how long its access tokens last.

    mood      how its endpoints answer: tests make it ill
    asked     how often each endpoint was asked
    forgives  whether a refresh token may be used again, as if its answer had been lost
    """

    def __init__(
        self,
        issuer: str,
        keys: DemoKeys,
        *,
        access_s: float = 300,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = issuer
        self.keys = keys
        self.access_s = access_s
        self.mood: Mood = "well"
        self.forgives = False
        self.asked: Counter[str] = Counter()
        self.revoked: list[str] = []
        self.now_s = now_s
        self._browsers: dict[str, str] = {}  # sid -> who signed in there
        self._origins: dict[str, set[str]] = {}  # sid -> who else must hear of its end
        self._codes: dict[str, Grant] = {}
        self._refreshable: dict[str, Grant] = {}
        self._used: dict[str, Grant] = {}

    def __repr__(self) -> str:
        people = ", ".join(sorted(self._browsers.values())) or "nobody"
        return f"<IdentityProvider {self.issuer}: {people}>"

    def person_of(self, sid: str) -> str:
        """Who signed in with that browser, "" for nobody."""
        return self._browsers.get(sid, "")

    def sign_in(self, person: str) -> str:
        """A new session of a browser; returns its sid. Raises OAuthError for a stranger."""
        if person not in PEOPLE:
            raise OAuthError("access_denied")
        sid = secrets.token_urlsafe(16)
        self._browsers[sid] = person
        return sid

    def sign_out(self, sid: str) -> dict[str, str]:
        """End that session; returns origin -> the logout token that it must hear."""
        person = self._browsers.pop(sid, "")
        self._refreshable = {
            name: grant for name, grant in self._refreshable.items() if grant.sid != sid
        }
        origins = self._origins.pop(sid, set())
        return {origin: self.logout_token(person, sid) for origin in sorted(origins)}

    def code(self, sid: str, asked: Asked) -> str:
        """A code for the browser to carry."""
        made = secrets.token_urlsafe(24)
        self._codes[made] = Grant(
            person=self._browsers[sid],
            sid=sid,
            asked=asked,
            family=secrets.token_urlsafe(8),
            until_s=self.now_s() + CODE_LIFETIME_S,
        )
        self._origins.setdefault(sid, set()).add(asked.redirect_uri.removesuffix("/bff/callback"))
        return made

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> dict[str, object]:
        """Tokens for a code, once. Raises OAuthError."""
        grant = self._codes.pop(code, None)
        if grant is None or grant.until_s < self.now_s():
            raise OAuthError("invalid_grant")
        if challenge_of(verifier) != grant.asked.challenge:
            raise OAuthError("invalid_grant")
        if redirect_uri != grant.asked.redirect_uri:
            raise OAuthError("invalid_grant")
        return self._tokens(grant, nonce=grant.asked.nonce)

    def refresh(self, refresh_token: str) -> dict[str, object]:
        """New tokens; the old refresh token is good no more. Raises OAuthError."""
        used = self._used.get(refresh_token)
        if used is not None and not self.forgives:
            self._end_family(used.family)
        grant = self._refreshable.pop(refresh_token, used if self.forgives else None)
        if grant is None:
            raise OAuthError("invalid_grant")
        self._used[refresh_token] = grant
        return self._tokens(grant, nonce="")

    def revoke(self, refresh_token: str) -> None:
        """It and all of its family; a token that is not known is fine (RFC 7009)."""
        grant = self._refreshable.get(refresh_token)
        if grant is not None:
            self.revoked.append(refresh_token)
            self._end_family(grant.family)

    def logout_token(self, person: str, sid: str, /, **changes: object) -> str:
        """What clients hear when somebody signs out here."""
        now_s = int(self.now_s())
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now_s,
            "exp": now_s + 120,
            "jti": secrets.token_urlsafe(12),
            "sub": person,
            "sid": sid,
            "events": {LOGOUT_EVENT: {}},
        }
        kept = {name: it for name, it in {**claims, **changes}.items() if it is not None}
        return self.signed(kept, kind="logout+jwt")

    def signed(self, claims: dict[str, object], *, kind: str = "JWT") -> str:
        """Those claims, with this provider's key."""
        headers = {"typ": kind, "kid": self.keys.key_id}
        return jwt.encode(claims, self.keys.private, algorithm="ES256", headers=headers)

    def _tokens(self, grant: Grant, *, nonce: str) -> dict[str, object]:
        options = TokenOptions(expires_in_s=int(self.access_s), scope=grant.asked.scope)
        access = token(grant.person, self.keys, options, now_s=self.now_s)
        refresh = secrets.token_urlsafe(32)
        self._refreshable[refresh] = grant
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": self.access_s,
            "refresh_token": refresh,
            "id_token": self._id_token(grant, access, nonce),
            "scope": grant.asked.scope,
        }

    def _id_token(self, grant: Grant, access: str, nonce: str) -> str:
        now_s = int(self.now_s())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": grant.person,
            "sid": grant.sid,
            "iat": now_s,
            "exp": now_s + 300,
            "at_hash": _text(half),
            "name": NAMES[PEOPLE.index(grant.person)],
            "preferred_username": grant.person,
            "email": f"{grant.person}@mail.example",
        }
        return self.signed({**claims, "nonce": nonce} if nonce else claims)

    def _end_family(self, family: str) -> None:
        self._refreshable = {
            name: grant for name, grant in self._refreshable.items() if grant.family != family
        }


def description(issuer: str) -> dict[str, object]:
    """The discovery document."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks.json",
        "revocation_endpoint": f"{issuer}/revoke",
        "end_session_endpoint": f"{issuer}/end_session",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


def sid_in(id_token_hint: str) -> str:
    """The session that an ID token belongs to; its signature is nobody's business here."""
    try:
        part = id_token_hint.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return str(claims.get("sid", ""))
    except (IndexError, ValueError, AttributeError):
        return ""


def challenge_of(verifier: str) -> str:
    """RFC 7636, S256."""
    return _text(hashlib.sha256(verifier.encode()).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
