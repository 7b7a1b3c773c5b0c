"""Keys as an operator writes them, with names so that they can be changed one after the other.

Called by guard/sessions/key_ring, guard/sessions/session, compose/cursor_seal.
Never     quotes a key.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping

from bff.terms.mistakes import ContractMistake

KEY_BYTES = 32


def named_keys(texts: Iterable[str], *, where: str) -> Mapping[str, bytes]:
    """Each is "name:base64 of 32 bytes", newest first, by name. Raises ContractMistake.

    >>> list(named_keys(["may:" + "A" * 43 + "="], where="cursors.keys"))
    ['may']
    """
    found: dict[str, bytes] = {}
    for text in texts:
        name, _, encoded = text.partition(":")
        try:
            key = b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES or not (name.isascii() and name.isalnum()):
            what = 'each must be "name:key": letters and digits, then 32 random bytes in base64'
            raise ContractMistake(what, where=where)
        if name in found:
            raise ContractMistake(f"two keys are called {name}", where=where)
        found[name] = key
    return found
