"""Wait for a condition instead of a time: the test's own timeout ends a wait that never ends."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object]) -> None:
    """Returns as soon as `condition()` is true; lets everything else run meanwhile."""
    while not condition():  # noqa: ASYNC110 - what is waited for is in another task or process
        await asyncio.sleep(0)
