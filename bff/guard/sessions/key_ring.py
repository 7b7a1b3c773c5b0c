"""Seal what leaves this process, so that only this server reads it: a ring of keys, newest first.

Why       A store that others can read, or a cookie that its owner can change, must give nothing
          away. With a ring, a key is changed without signing anybody out: the first key seals, all
          of them open.
Called by guard/sessions/vault (sessions), guard/login/transaction (a sign-in under way).
Never     shows a key; never says why something could not be opened.
Source    NIST SP 800-38D (AES-GCM); docs/spec/threats.md "secrets and keys"; bad-input row 94.
"""

from collections.abc import Mapping
from os import urandom

from bff.terms.named_keys import KEY_BYTES

NONCE_BYTES = 12


class Unreadable(Exception):
    """Sealed by nobody we know, for something else, or changed since."""


class KeyRing:
    """Raises ContractMistake for two keys of one name.

    keys  name -> 32 bytes, newest first; {} makes one that ends with this process
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        given = dict(keys) or {"of-this-process": urandom(KEY_BYTES)}
        self._lasting = bool(keys)
        self._newest = next(iter(given)).encode()
        self._keys: Mapping[bytes, AESGCM] = {
            name.encode(): AESGCM(key) for name, key in given.items()
        }

    def __repr__(self) -> str:
        names = ", ".join(name.decode() for name in self._keys)
        return f"<KeyRing: {names}>"

    @property
    def outlives_us(self) -> bool:
        """Whether another process, or the next one, could open what this one sealed."""
        return self._lasting

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Encrypted with the newest key; opened only by who names `bound_to` again."""
        nonce = urandom(NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, plain, bound_to)
        return self._newest + b":" + nonce + sealed

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Raises Unreadable."""
        from cryptography.exceptions import InvalidTag

        name, _, rest = sealed.partition(b":")
        key = self._keys.get(name)
        if key is None or len(rest) <= NONCE_BYTES:
            raise Unreadable
        try:
            return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound_to)
        except InvalidTag:
            raise Unreadable from None
