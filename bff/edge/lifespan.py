"""Start and stop another ASGI app together with us.

Why       A team's app opens its database when it starts; the server knows only of ours.
Called by edge/by_hand.py.
Never     fails for an app without a lifespan: it ends at the question, and is well.
Source    ASGI "Lifespan protocol" 2.0.
"""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.types import ASGIApp, Message

_ENDED = "ended"


class NeverStarted(Exception):
    """What an app says that cannot start: its own traceback, as a rule."""


@asynccontextmanager
async def lifespan(app: ASGIApp, state: MutableMapping[str, object]) -> AsyncIterator[None]:
    """Between the app's start-up and its shutdown; it puts what its requests need into `state`.

    Raises NeverStarted
    """
    asked: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    scope: MutableMapping[str, Any] = {
        "type": "lifespan",
        "asgi": {"version": "3.0", "spec_version": "2.0"},
        "state": state,
    }

    async def live() -> None:
        with suppress(Exception):  # by the protocol: who knows no lifespan raises
            await app(scope, asked.get, told.put)
        await told.put({"type": _ENDED})

    living = asyncio.create_task(live())
    try:
        asked.put_nowait({"type": "lifespan.startup"})
        first = await told.get()
        if first["type"] == "lifespan.startup.failed":
            raise NeverStarted(first.get("message", ""))
        yield
        if first["type"] != _ENDED:
            asked.put_nowait({"type": "lifespan.shutdown"})
            await told.get()
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
