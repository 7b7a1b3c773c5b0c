"""/bff/...: where a browser signs in and out, as OpenAPI paths.

Why       They are no endpoints of the Blueprint, yet a web client needs them before any other.
Called by publish/openapi.py, where people sign in with a browser. A test holds them against the
          routes that edge/login_pages.py serves, and against its answers.
Never     shows what only the provider sends or reads of a sign-in under way.
Source    docs/sessions.md; OpenAPI 3.1 "Paths Object".
"""

from collections.abc import Mapping
from types import MappingProxyType

from bff.contract.media.types import HTML
from bff.contract.status import OK, SEE_OTHER
from bff.publish.responses import JSON, refusals

TAG: Mapping[str, str] = MappingProxyType(
    {"name": "sessions", "description": "A browser signs in, and holds no token."}
)
_FORM = "application/x-www-form-urlencoded"
_TEXT: Mapping[str, object] = {"type": "string"}
_USER: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "claims": {"type": "object", "description": "What the provider says of the user."},
        "expiresInS": {"type": "integer", "description": "Seconds left, if nothing more is asked."},
        "logoutUrl": {"type": "string", "description": "Go there to sign out."},
    },
    "required": ["claims", "expiresInS", "logoutUrl"],
}
_GOODBYE: Mapping[str, object] = {
    "type": "object",
    "properties": {"logout_token": _TEXT},
    "required": ["logout_token"],
}
_ONWARD: Mapping[str, object] = {
    "description": "On to the provider, or back",
    "headers": {
        "Location": {"schema": {"type": "string", "format": "uri-reference"}},
        "Set-Cookie": {"schema": _TEXT},
    },
}


def session_paths() -> dict[str, dict[str, object]]:
    """Path Items by path, sorted."""
    return {
        "/bff/backchannel-logout": {"post": _goodbye()},
        "/bff/callback": {"get": _callback()},
        "/bff/login": {"get": _login()},
        "/bff/logout": {"get": _logout()},
        "/bff/user": {"get": _user()},
    }


def _login() -> dict[str, object]:
    return {
        **_about("login", "Sign in: a browser goes here, by a link and not by `fetch`."),
        "parameters": [_query("returnUrl", "A path of this site, where it all ends. Else `/`.")],
        "responses": {str(SEE_OTHER): _ONWARD, **refusals("BadRequest", "Unavailable")},
    }


def _callback() -> dict[str, object]:
    page = {"description": "A page that goes on to `returnUrl`", "content": _as(HTML, _TEXT)}
    return {
        **_about("callback", "The provider's: it sends the browser back here."),
        "parameters": [_query(one) for one in ("code", "state", "iss", "error")],
        "responses": {str(OK): page, **refusals("BadRequest", "Unavailable")},
    }


def _user() -> dict[str, object]:
    told = {"description": "The answer", "content": _as(JSON, _USER)}
    return {
        **_about("user", "Who is signed in, and for how long."),
        "security": [{"session": []}],
        "parameters": [_query("slide", "`false` asks without prolonging the session.")],
        "responses": {
            str(OK): told,
            **refusals("BadRequest", "Unauthenticated", "Forbidden", "Unavailable"),
        },
    }


def _logout() -> dict[str, object]:
    return {
        **_about("logout", "Sign out: a browser goes to the `logoutUrl` that /bff/user gives."),
        "parameters": [{**_query("sid", "A part of that address."), "required": True}],
        "responses": {
            str(SEE_OTHER): _ONWARD,
            **refusals("BadRequest", "Forbidden", "Unavailable"),
        },
    }


def _goodbye() -> dict[str, object]:
    return {
        **_about("backchannelLogout", "The provider's: it says who has signed out there."),
        "requestBody": {"content": _as(_FORM, _GOODBYE), "required": True},
        "responses": {
            str(OK): {"description": "Their sessions have ended"},
            **refusals("BadRequest", "TooLarge", "WrongMediaType", "Unavailable"),
        },
    }


def _about(name: str, summary: str) -> dict[str, object]:
    return {"operationId": f"bff_{name}", "summary": summary, "tags": [TAG["name"]]}


def _query(name: str, description: str = "") -> dict[str, object]:
    said = {"description": description} if description else {}
    return {"name": name, "in": "query", **said, "schema": _TEXT}


def _as(media_type: str, schema: Mapping[str, object]) -> dict[str, object]:
    return {media_type: {"schema": schema}}
