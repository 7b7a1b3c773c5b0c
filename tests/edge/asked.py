"""One GET of an ASGI app, and its answer as plain data: a double of a client.

Called by tests/edge/test_by_hand.py.
"""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came back."""

    status: int
    headers: httpx.Headers
    body: bytes
    json: Any


async def asked(app: Any, path: str) -> Asked:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://bff.test") as client:
        answer = await client.get(path)
    return Asked(
        status=answer.status_code,
        headers=answer.headers,
        body=answer.content,
        json=answer.json(),
    )
