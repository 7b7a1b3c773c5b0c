"""Page tokens as clients see them: with a seal that says whose they are and where they hold. Pure.

Why       A service's page token is a text of its own: an offset, a key, a filter. Who can change it
          asks the service for what no screen offers; who finds another's reads on in their list.
Form      key's name, ".", the token, ".", 16 bytes of HMAC-SHA-256; both in base64url. The same
          token gives the same text, so that an answer's ETag holds.
Called by compose/cursors.py.
Never     hides what is in a token: it is signed, not encrypted.
Source    RFC 2104, RFC 4868; AIP-158 (opaque page tokens); docs/spec/threats.md "secrets and keys".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest, digest
from os import urandom

from bff.compose.endpoint import Ask
from bff.stores.key_digest import digest_of
from bff.terms.context import RequestContext
from bff.terms.named_keys import KEY_BYTES, named_keys
from bff.terms.url_text import decoded, encoded

MAC_BYTES = 16
_OF_THIS_PROCESS = "p"


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorOptions:
    """signed  whether page tokens go out sealed, and come back so
    keys    "name:base64 of 32 bytes", newest first; () for one that ends with this process
    """

    signed: bool = False
    keys: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Raises ContractMistake for a key that is none; never with the key."""
        named_keys(self.keys, where="cursors.keys")


class Forged(Exception):
    """Sealed by nobody we know, for somebody else, for another place, or changed since."""


class CursorSeal:
    """keys  name -> key, newest first"""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys) or {_OF_THIS_PROCESS: urandom(KEY_BYTES)}
        self._newest = next(iter(self._keys))

    def __repr__(self) -> str:
        return f"<CursorSeal: {', '.join(self._keys)}>"

    def seal(self, token: str, bound_to: bytes) -> str:
        """What the client gets in place of the token."""
        raw = token.encode()
        mac = _mac(self._keys[self._newest], raw, bound_to)
        return f"{self._newest}.{encoded(raw)}.{encoded(mac)}"

    def open(self, sealed: str, bound_to: bytes) -> str:
        """The token. Raises Forged."""
        name, _, rest = sealed.partition(".")
        token, _, mac = rest.partition(".")
        key = self._keys.get(name)
        if key is None or not sealed.isascii():
            raise Forged
        try:
            raw, sent = decoded(token), decoded(mac)
        except ValueError:
            raise Forged from None
        if not compare_digest(sent, _mac(key, raw, bound_to)):
            raise Forged
        return raw.decode()


def place_of(where: str, ask: Ask, context: RequestContext, *, shared: bool) -> bytes:
    """What a token is bound to: an endpoint, what its path names, and who calls.

    shared  whoever calls: a page that all callers share must hold a token that they share
    """
    who = context.identity
    caller = () if shared else (who.issuer, who.subject)
    return digest_of((where, ask.values, caller), space="cursor")


def _mac(key: bytes, token: bytes, bound_to: bytes) -> bytes:
    return digest(key, bound_to + token, "sha256")[:MAC_BYTES]
