"""Remember proved tokens, so that a busy client costs one signature check and not a thousand.

Called by guard/tokens/bearer, which empties it when an issuer's keys change.
Never     remembers a refusal; never holds a token's text: a dump must not be a bunch of keys.
"""

from collections import OrderedDict
from hashlib import sha256

from bff.guard.tokens.claims import Verdict
from bff.terms.context import Identity


class ProvedTokens:
    """Least recently used of `capacity` tokens goes first."""

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._verdicts: OrderedDict[bytes, Verdict] = OrderedDict()

    def __repr__(self) -> str:
        return f"<ProvedTokens {len(self._verdicts)} of {self._capacity}>"

    def __len__(self) -> int:
        return len(self._verdicts)

    def find(self, token: str, now_s: float) -> Identity | None:
        """Who that token proved to be; None when never seen, forgotten or expired."""
        name = _digest(token)
        verdict = self._verdicts.get(name)
        if verdict is None:
            return None
        if now_s > verdict.good_until_s:
            del self._verdicts[name]
            return None
        self._verdicts.move_to_end(name)
        return verdict.identity

    def remember(self, token: str, verdict: Verdict) -> None:
        self._verdicts[_digest(token)] = verdict
        if len(self._verdicts) > self._capacity:
            self._verdicts.popitem(last=False)

    def clear(self) -> None:
        self._verdicts.clear()


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
