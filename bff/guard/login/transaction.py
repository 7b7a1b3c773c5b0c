"""One sign-in under way: what we asked the provider, and whether what comes back answers it. Pure.

Why       A code that somebody else obtained, at another provider, or for another browser, must not
          sign this browser in. So the browser keeps, sealed, what only the true answer can fit; and
          strangers who begin sign-ins fill no store of ours.
Called by guard/login.
Never     keeps anything on the server; never quotes what came with a failure.
Source    RFC 6749 section 4.1, RFC 7636 (PKCE), RFC 9207 (`iss`), RFC 9700 sections 2.1, 4.4, 4.7;
          docs/spec/bad-input.md row 103.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import orjson

from bff.guard.provider.discovery import Doors
from bff.guard.provider.options import LoginOptions
from bff.guard.sessions.cookies import new_id
from bff.guard.sessions.key_ring import KeyRing, Unreadable
from bff.terms.errors import BadInput
from bff.terms.url_text import decoded, encoded

LIFETIME_S = 600
_MOST_PARAMETERS = 20


class Transaction(NamedTuple):
    """`state` comes back by the browser, `nonce` in the ID token; `verifier` redeems the code."""

    state: str
    nonce: str
    verifier: str
    return_url: str
    began_s: float

    @classmethod
    def new(cls, return_url: str, *, now_s: float) -> "Transaction":
        return cls(new_id(), new_id(), new_id(), return_url, now_s)

    def sealed(self, ring: KeyRing) -> str:
        """As a cookie holds it."""
        return encoded(ring.seal(orjson.dumps(self[1:]), bound_to=_bound(self.state)))

    def url(self, doors: Doors, options: LoginOptions) -> str:
        """Where the browser goes to sign in."""
        asked = {
            "response_type": "code",
            "client_id": options.client_id,
            "redirect_uri": options.redirect_url,
            "scope": " ".join(options.scopes),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        further = {"prompt": options.prompt, "resource": options.resource}
        asked |= {name: said for name, said in further.items() if said}
        joint = "&" if "?" in doors.authorization else "?"
        return f"{doors.authorization}{joint}{urlencode(asked)}"


def challenge_of(verifier: str) -> str:
    """RFC 7636, S256.

    >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return encoded(sha256(verifier.encode()).digest())


def opened(cookie: str, state: str, ring: KeyRing, *, now_s: float) -> Transaction:
    """The sign-in that this browser began with that state. Raises BadInput (login-failed)."""
    try:
        plain = ring.open(decoded(cookie), bound_to=_bound(state))
    except (Unreadable, ValueError):
        raise login_failed() from None
    found = Transaction(state, *orjson.loads(plain))
    if not 0 <= now_s - found.began_s + 5 <= LIFETIME_S + 5:
        raise login_failed()
    return found


def read_answer(query: str) -> Mapping[str, str]:
    """The parameters that came back; each once. Raises BadInput (login-failed)."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise login_failed() from None
    found = dict(pairs)
    if len(found) != len(pairs) or not found.get("state"):
        raise login_failed()
    return found


def code_in(answer: Mapping[str, str], doors: Doors, options: LoginOptions) -> str:
    """The code, where that provider gave one. Raises BadInput (login-failed)."""
    issuer = answer.get("iss")
    if issuer is None and doors.names_itself:
        raise login_failed()
    if issuer not in (None, options.issuer):
        raise login_failed()
    code = answer.get("code", "")
    if "error" in answer or not code:
        raise login_failed()
    return code


def login_failed() -> BadInput:
    """One sentence for all of it: what exactly was wrong helps only who made it wrong."""
    return BadInput("The sign-in did not work: begin again.", reason="login-failed")


def _bound(state: str) -> bytes:
    return f"login {state}".encode()
