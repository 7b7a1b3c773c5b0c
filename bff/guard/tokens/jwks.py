"""Public keys out of a JSON Web Key Set, and which of them a token may mean.

Why       One broken or foreign key in a set must not spoil the others, and a key must fit the
          algorithm: an RSA public key is never an HMAC secret, as no symmetric key exists here.
Called by guard/tokens/key_set (parse, pick) and guard/tokens/jwt (verify).
Never     keeps a private or symmetric key, or one that says it is for encryption.
Source    RFC 7517 sections 4 and 5; RFC 8725 section 3.2; NIST SP 800-131A (2048-bit RSA).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from bff.guard.tokens.header import KeyName
from bff.guard.tokens.issuer import KEY_SHAPES

if TYPE_CHECKING:  # PyJWT and cryptography are 9 MB, which a BFF without issuers does not need
    from jwt import PyJWK

MAX_KEYS = 200
MIN_RSA_BITS = 2_048


class UnusableKeys(ValueError):
    """The set as a whole is of no use; the text says why, in one line, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One public key. `kid` is None when the set gives none; `algorithm` "" when it allows any."""

    kid: str | None
    shape: tuple[str, str]
    algorithm: str
    public: "PyJWK" = field(repr=False, compare=False)

    def fits(self, algorithm: str) -> bool:
        return KEY_SHAPES.get(algorithm) == self.shape and self.algorithm in ("", algorithm)

    def verifies(self, *, algorithm: str, signed: bytes, signature: bytes) -> bool:
        if not self.fits(algorithm):
            return False
        from jwt.algorithms import get_default_algorithms

        return get_default_algorithms()[algorithm].verify(signed, self.public.key, signature)


def parse_keys(body: bytes, algorithms: Collection[str]) -> tuple[Key, ...]:
    """The usable keys of a set, in its order; at most MAX_KEYS entries are looked at.

    Raises UnusableKeys when it is not a key set, or none of its keys can be used with `algorithms`
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnusableKeys("the key set is not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UnusableKeys('the key set has no list "keys"')
    found = tuple(key for key in map(_key, entries[:MAX_KEYS]) if key and _wanted(key, algorithms))
    if not found:
        raise UnusableKeys(f"the key set has no key for {', '.join(algorithms)}")
    return found


def pick(keys: Iterable[Key], name: KeyName) -> Key | None:
    """The key that the token means: by `kid`; else the only key without `kid`; None if unclear.

    A token without `kid` means the only key that fits its algorithm.
    """
    fitting = [key for key in keys if key.fits(name.algorithm)]
    if name.kid is not None:
        named = [key for key in fitting if key.kid == name.kid]
        if named:
            return named[0]
        fitting = [key for key in fitting if key.kid is None]
    return fitting[0] if len(fitting) == 1 else None


def _wanted(key: Key, algorithms: Collection[str]) -> bool:
    return any(key.fits(algorithm) for algorithm in algorithms)


def _key(entry: object) -> Key | None:
    if not isinstance(entry, dict) or not _for_verifying(entry):
        return None
    shape = (entry.get("kty"), entry.get("crv", ""))
    algorithm = next((name for name, fits in KEY_SHAPES.items() if fits == shape), None)
    if algorithm is None:
        return None
    from jwt import PyJWK

    try:
        public = PyJWK(entry, algorithm)
        if shape[0] == "RSA" and public.key.key_size < MIN_RSA_BITS:
            return None
    # Foreign data through two libraries: whatever breaks, it is this key alone.
    except Exception:  # noqa: BLE001
        return None
    return Key(
        kid=entry.get("kid"),
        shape=KEY_SHAPES[algorithm],
        algorithm=entry.get("alg", ""),
        public=public,
    )


def _for_verifying(entry: Mapping[str, object]) -> bool:
    """`d` marks a private key: once published, what it signs proves nothing."""
    operations = entry.get("key_ops", ["verify"])
    return (
        "d" not in entry
        and entry.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and isinstance(entry.get("kid", ""), str)
        and isinstance(entry.get("alg", ""), str)
    )
