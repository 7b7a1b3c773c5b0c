"""How a caller proves who they are, as OpenAPI says it: a token, or a session's cookie.

Why       An unsafe request with the cookie needs the CSRF header, one with a token does not: two
          choices say that, where a required parameter would bind both.
Called by publish/openapi.py, publish/operation.py, publish/session_paths.py.
Never     names a policy that the gate does not ask: both read the endpoint's own.
Source    OpenAPI 3.1 "Security Requirement Object"; docs/access.md; docs/sessions.md.
"""

from collections.abc import Mapping
from itertools import product

from bff.guard.sessions.cookies import SESSION_COOKIE
from bff.guard.sessions.csrf import HEADER, SAFE
from bff.terms.access import Access

Requirement = dict[str, list[str]]
_BEARER: Mapping[str, object] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
_SESSION: Mapping[str, object] = {
    "type": "apiKey",
    "in": "cookie",
    "name": SESSION_COOKIE,
    "description": "The session of a browser that signed in at /bff/login. A page can't read it.",
}
_CSRF: Mapping[str, object] = {
    "type": "apiKey",
    "in": "header",
    "name": "-".join(word.upper() for word in HEADER.decode().split("-")),
    "description": "`1`: proves that a page of ours asks, for no other can set this header.",
}


def schemes_of(*, has_sessions: bool) -> dict[str, object]:
    """The document's `securitySchemes`."""
    session = {"session": _SESSION, "csrf": _CSRF} if has_sessions else {}
    return {"bearer": _BEARER, **session}


def security_of(access: Access, *, method: str, has_sessions: bool) -> list[Requirement]:
    """One entry for each credential, and each choice of scopes, that is enough; none for what is
    public. Roles and bindings have no words here.
    """
    if access.is_public:
        return []
    choices = [
        list(dict.fromkeys(scopes))
        for scopes in product(*(one.names for one in access.of("scope")))
    ]
    marked: Requirement = {} if method.upper() in SAFE else {"csrf": []}
    found: list[Requirement] = [{"bearer": scopes} for scopes in choices]
    if has_sessions:
        found += ({"session": scopes, **marked} for scopes in choices)
    return found
