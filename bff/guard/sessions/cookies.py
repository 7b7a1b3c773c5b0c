"""Our two cookies: found in what a browser sent, and as they are set and cleared.

Why       A browser sends cookies that others planted beside ours, and says of none who set it. So
          ours have a prefix that only this very host can set, and two of one name are nobody's.
Called by guard/sessions, guard/login, edge/login_pages.
Never     repairs a Cookie header; never chooses between two.
Source    RFC 6265bis sections 4.1.3 (`__Host-`), 5.6; docs/spec/bad-input.md rows 94-96.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from secrets import token_urlsafe

from bff.terms.errors import BadInput, Refused
from bff.terms.standing import signed_out
from bff.terms.url_text import encoded

SESSION_COOKIE = "__Host-s"
LOGIN_COOKIE = "__Host-l-"
"""With the beginning of the `state`: two sign-ins may be under way, in two tabs."""
MAX_COOKIES = 100
MAX_COOKIES_BYTES = 16_384
ID_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_OURS = re.compile(rf"(?:^|;)[ \t]*{SESSION_COOKIE}=([^;]*)")
_UNFIT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|(?:^|;)[ \t]*=")
"""Control characters, and a value without a name."""

Header = tuple[bytes, bytes]


def new_id() -> str:
    """256 bits that nobody can guess, as cookies and URLs can hold them."""
    return token_urlsafe(ID_BYTES)


def digest_of(secret: str) -> str:
    """What a store knows of an id: enough to find it, useless to who reads the store."""
    return encoded(sha256(secret.encode()).digest())


def session_id(cookies: Sequence[str]) -> str | None:
    """The id that a browser shows; None where it shows none.

    cookies  every value of the Cookie header
    Raises   Refused for two (row 95) or for what we never made (row 94); BadInput (row 96)

    >>> session_id(("theme=dark; other=1",)) is None
    True
    """
    whole = _whole(cookies)
    if SESSION_COOKIE not in whole:
        return None
    _check(whole)
    found = _OURS.findall(whole)
    if not found:
        return None
    if len(found) > 1:
        raise _cleared(
            Refused("Two session cookies came: sign in again.", reason="ambiguous-session")
        )
    identifier: str = found[0].strip(" \t")
    if not _ID.fullmatch(identifier):
        raise expired()
    return identifier


def login_cookie(cookies: Sequence[str], state: str) -> str:
    """What belongs to the sign-in with this state, "" for nothing. Raises BadInput (row 96)."""
    wanted = login_name(state)
    found = [value for name, value in read_cookies(cookies) if name == wanted]
    return found[0] if len(found) == 1 else ""


def login_names(cookies: Sequence[str]) -> tuple[str, ...]:
    """Every sign-in under way in this browser. Raises BadInput (row 96)."""
    return tuple(name for name, _ in read_cookies(cookies) if name.startswith(LOGIN_COOKIE))


def login_name(state: str) -> str:
    """The cookie of one sign-in."""
    return LOGIN_COOKIE + state[:8]


def read_cookies(cookies: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Every name and value, in order. Raises BadInput for too many, and for what is none."""
    whole = _whole(cookies)
    _check(whole)
    parts = [part.strip(" \t").partition("=") for part in whole.split(";")]
    return tuple((name, value) for name, _, value in parts if name)


def _whole(cookies: Sequence[str]) -> str:
    return cookies[0] if len(cookies) == 1 else ";".join(cookies)


def _check(whole: str) -> None:
    if len(whole) > MAX_COOKIES_BYTES:
        raise BadInput("The cookies are too large.", reason="headers-too-large")
    if whole.count(";") >= MAX_COOKIES:
        raise _malformed(f"Send at most {MAX_COOKIES} cookies.")
    if _UNFIT.search(whole):
        raise _malformed("A cookie needs a name, and no control characters.")


def expired() -> Refused:
    """A session cookie that is known no more; the answer takes it away."""
    return _cleared(signed_out())


def set_session(identifier: str) -> Header:
    """Until the browser ends: how long the session lasts is not the browser's to know."""
    return _set(f"{SESSION_COOKIE}={identifier}", "SameSite=Strict")


def clear_session() -> Header:
    return _set(f"{SESSION_COOKIE}=", "SameSite=Strict; Max-Age=0")


def set_login(state: str, sealed: str, *, max_age_s: int) -> Header:
    """Lax, for the browser brings it back on its way from another site."""
    return _set(f"{login_name(state)}={sealed}", f"SameSite=Lax; Max-Age={max_age_s}")


def clear_login(name: str) -> Header:
    return _set(f"{name}=", "SameSite=Lax; Max-Age=0")


def _set(pair: str, more: str) -> Header:
    return (b"set-cookie", f"{pair}; Path=/; Secure; HttpOnly; {more}".encode("ascii"))


def _cleared(failure: Refused) -> Refused:
    failure.headers = (clear_session(),)
    return failure


def _malformed(what: str) -> BadInput:
    return BadInput(what, reason="malformed-request")
