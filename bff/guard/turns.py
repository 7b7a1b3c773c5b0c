"""Questions to an issuer: each within its time, so many at once; and how we prove who asks.

Why       Whoever makes us ask must not make us ask more than an issuer can bear, nor hold up those
          who ask for another reason.
Called by guard/provider, guard/apps/renewal, guard/services/exchanged.
Source    RFC 6749 section 2.3.1; docs/spec/reliability.md F20.
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Mapping
from typing import Protocol
from urllib.parse import quote_plus

from bff.guard.outbound import (
    MAX_ANSWER_BYTES,
    TIMEOUT_S,
    Answered,
    Pairs,
    Unreachable,
    ask,
    shown,
)

MOST_AT_ONCE = 64
"""Questions under way; who comes later waits in line, and gives up with the others."""


class Ask(Protocol):
    """As outbound.ask."""

    def __call__(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Pairs = (),
        timeout_s: float = TIMEOUT_S,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Awaitable[Answered]: ...


class Turns:
    """One line, for one reason to ask."""

    def __init__(self, ask: Ask = ask) -> None:
        self._ask = ask
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)

    def __repr__(self) -> str:
        return f"<Turns {self._turns!r}>"

    async def ask(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Pairs = (),
        timeout_s: float,
    ) -> Answered:
        """The whole answer, the time in the line included. Raises Unreachable, which says whose the
        time was: the answer's, or the line's, where others wait for theirs.
        """
        slow = f"no turn in {timeout_s:g} s: {MOST_AT_ONCE} others wait for its answers"
        try:
            async with asyncio.timeout(timeout_s), self._turns:
                slow = f"slow: no answer in {timeout_s:g} s"
                return await self._ask(url, form=form, headers=headers, timeout_s=timeout_s)
        except TimeoutError:
            raise Unreachable(f"{shown(url)}: {slow}") from None


def basic(client_id: str, client_secret: str) -> tuple[str, str]:
    """The header that says so. Both are form-encoded first, or a colon could end the name."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return "authorization", f"Basic {b64encode(pair.encode()).decode()}"
