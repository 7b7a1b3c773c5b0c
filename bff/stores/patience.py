"""Wait so long, and not for nothing: what is there already when the time is up still counts.

Why       A loop that was busy for a moment finds answers and run-out timers at once. To believe
          the timers would make a store seem dead whenever this process is busy, and then send all
          its load to the services.
Called by stores/redis_client.py.
Source    libuv runs timers before it looks at sockets, asyncio after that: a second, short timer
          has sockets looked at in between with either.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_LAST_LOOK_S: Final = 0.001


@asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[None]:
    """Raises TimeoutError where what is inside takes longer."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as limit:
        timers: list[asyncio.TimerHandle] = []

        def last_look() -> None:
            timers.append(loop.call_later(_LAST_LOOK_S, limit.reschedule, 0.0))

        timers.append(loop.call_later(seconds, last_look))
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()
