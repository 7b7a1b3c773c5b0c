"""One request to both, and where their answers differ.

Called by conftest.py, test_agreement.py.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.interop.gateway.zoo import Zoo

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request. `target` is the path and query, byte for byte as they go on the wire.

    ids       what it is about, ids of docs/spec/transcoding.md
    statuses  (grpc-gateway's, ours), where the specification wants another answer than
              grpc-gateway's; None where both must say the same
    because   then: the line that wants it, and what it says
    chance    how much the service hears of it is chance: a part was on its way already
    """

    ids: str
    method: str
    target: str
    body: str | bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    statuses: tuple[int, int] | None = None
    because: str = ""
    chance: bool = False

    def __str__(self) -> str:
        body = self.body.decode("latin-1") if isinstance(self.body, bytes) else self.body
        return f"{self.ids}: {self.method} {self.target} {body}"[:100].strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of them said. `heard` is what the service heard."""

    status: int
    media_type: str
    body: bytes
    heard: tuple[tuple[str, str], ...]

    @property
    def value(self) -> Any:
        """The body as a client reads it; of a failure, what it may rely on.

        The text of a failure that no service made is ours (QP25), and a service's own text is not
        shown where the fault is not the client's (ER5).
        """
        if "json" not in self.media_type or not self.body:
            return self.body
        lines = [json.loads(line) for line in self.body.splitlines() if line]
        if self.status >= 400:
            lines = [self._relied_on(line.get("error", line)) for line in lines]
        return lines[0] if len(lines) == 1 else lines

    def _relied_on(self, status: Any) -> Any:
        spoken = self.heard and self.status < 500
        return status if spoken else status["code"]

    def __str__(self) -> str:
        return f"{self.status} {self.media_type} {self.body!r}"


@dataclass(frozen=True, slots=True)
class Both:
    """`bare` is a grpc-gateway whose ServeMux has no option."""

    zoo: Zoo
    bff: httpx.AsyncClient
    gateway: httpx.AsyncClient
    bare: httpx.AsyncClient

    @classmethod
    @asynccontextmanager
    async def asking(
        cls, zoo: Zoo, bff: httpx.AsyncClient, urls: Sequence[str]
    ) -> "AsyncIterator[Both]":
        async with (
            httpx.AsyncClient(base_url=urls[0]) as emitting,
            httpx.AsyncClient(base_url=urls[1]) as bare,
        ):
            yield cls(zoo, bff, emitting, bare)

    async def ask(self, case: Case) -> tuple[Answer, Answer]:
        """(grpc-gateway's answer, ours)."""
        return await self.said(self.gateway, case), await self.said(self.bff, case)

    async def said(self, client: httpx.AsyncClient, case: Case) -> Answer:
        self.zoo.heard.clear()
        body = case.body.encode() if isinstance(case.body, str) else case.body
        headers = dict(case.headers)
        if body:
            headers.setdefault("content-type", JSON)
        request = client.build_request(
            case.method,
            "/",
            content=body or None,
            headers=headers,
            extensions={"target": case.target.encode("latin-1")},
        )
        answer = await client.send(request)
        media_type = answer.headers.get("content-type", "")
        heard = () if case.chance else tuple(self.zoo.heard)
        return Answer(answer.status_code, media_type, answer.content, heard)
