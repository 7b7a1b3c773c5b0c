"""What an identity provider says of itself: where its doors are, and what it promises.

Called by guard/provider/description.
Never     believes a document of another issuer, or a door that is not encrypted.
Source    OpenID Connect Discovery 1.0 sections 3, 4.3; RFC 8414; RFC 9207; RP-Initiated Logout 1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bff.guard.outbound import Answered

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadDocument(ValueError):
    """It can't be used; the text says why, in one line, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Addresses; "" where the provider has none. `names_itself`: its answers always have `iss`."""

    authorization: str
    token: str
    keys: str
    revocation: str = ""
    end_session: str = ""
    userinfo: str = ""
    names_itself: bool = False


def document_url(issuer: str) -> str:
    """Where the issuer describes itself."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def read_document(answer: Answered, issuer: str) -> Doors:
    """Raises BadDocument."""
    if answer.status != 200:
        raise BadDocument(f"the discovery document answered {answer.status}")
    document = answer.told
    if document is None:
        raise BadDocument("the discovery document is no JSON object")
    if document.get("issuer") != issuer:
        raise BadDocument("the discovery document is of another issuer")
    methods = document.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(methods, list) or "S256" not in methods:
        raise BadDocument("the provider does not know PKCE with S256")
    return Doors(
        authorization=_door(document, "authorization_endpoint"),
        token=_door(document, "token_endpoint"),
        keys=_door(document, "jwks_uri"),
        revocation=_door(document, "revocation_endpoint", needed=False),
        end_session=_door(document, "end_session_endpoint", needed=False),
        userinfo=_door(document, "userinfo_endpoint", needed=False),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def is_guarded(url: str) -> bool:
    """Whether what is said there stays between the two: https, or this very machine.

    >>> is_guarded("https://login.example/a"), is_guarded("http://login.example/a")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if not url.isascii() or any(sign <= " " for sign in url):
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def _door(document: Mapping[str, object], name: str, *, needed: bool = True) -> str:
    url = document.get(name, "")
    if not url and not needed:
        return ""
    if not isinstance(url, str) or not is_guarded(url):
        raise BadDocument(f"{name} must be an https:// address")
    return url
