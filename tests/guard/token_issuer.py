"""An issuer as far as it is asked over HTTP: what it was asked, and one answer for all of it.

Called by tests/guard, tests/sessions.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from bff.guard.outbound import Answered, Pairs
from bff.terms.events import Event


class Asked(NamedTuple):
    """One question."""

    url: str
    form: Mapping[str, str]
    headers: Mapping[str, str]
    timeout_s: float


class TokenIssuer:
    """answer  what each question gets, or what is raised in its place; None: a token of its number
    gate    cleared, it lets everybody wait
    """

    def __init__(self, answer: Answered | Exception | None = None) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.events: list[Event] = []

    async def ask(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Pairs = (),
        timeout_s: float = 5.0,
        max_bytes: int = 0,
    ) -> Answered:
        self.asked.append(Asked(url, dict(form or {}), dict(headers), timeout_s))
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or tokens(f"token-{len(self.asked)}")


def answered(told: object, status: int = 200) -> Answered:
    """JSON."""
    return Answered(status, "application/json", orjson.dumps(told))


def tokens(text: str, **more: object) -> Answered:
    """A good answer of a token endpoint."""
    return answered({"access_token": text, "token_type": "Bearer", "expires_in": 100, **more})
