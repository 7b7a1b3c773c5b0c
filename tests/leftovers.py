"""What of ours only the collector finds: what lies in a cycle once it has ended.

Why       It lies there until the collector comes, which here is after tens of thousands of objects;
          then everybody waits while it looks.
Called by the tests that end things.
"""

import asyncio
import gc
from collections import Counter
from collections.abc import Awaitable, Callable

TIMES = 5


async def left_by(once: Callable[[], Awaitable[object]]) -> Counter[str]:
    """How many objects of which rooms, after that happened a few times."""
    await once()  # what is made at a first use stays
    gc.collect()
    gc.disable()
    try:
        for _ in range(TIMES):
            await once()
        await asyncio.sleep(0)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found = (type(one).__module__ for one in gc.garbage)
        return Counter(name for name in found if name.startswith("bff."))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
