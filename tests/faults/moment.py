"""Time as the subject of a run: a fault lasts, a load goes on, a process takes a moment to end.

Why       The house has no sleeping tests, because a test's time is an accident. Here it is the
          plan: ten seconds of a dead service are the fault.
Called by everything in tests/faults that lets time pass.
"""

import asyncio
from collections.abc import Callable

LOOK_S = 0.01


async def passed(seconds: float) -> None:
    """Returns when so many seconds have gone by."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    timer = loop.call_later(seconds, lambda: over.done() or over.set_result(None))
    try:
        await over
    finally:
        timer.cancel()


async def until(
    condition: Callable[[], object], *, within_s: float, look_s: float = LOOK_S
) -> bool:
    """True as soon as it is; False when it was not in time."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + within_s
    while not condition():
        if loop.time() >= end_s:
            return False
        await passed(look_s)
    return True
