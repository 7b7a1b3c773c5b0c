"""An app by hand that blocks the loop for as long as it is asked to: what a team's own code may do.

Called by the BFF of scenarios/starved.py, as `[server] handlers = "tests.faults.blocking:app"`.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """GET /block?MILLISECONDS"""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"].endswith("shutdown"):
                return
    end_s = time.monotonic() + int(scope["query_string"]) / 1000
    while time.monotonic() < end_s:
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"blocked"})
