"""The fastest event loop at hand, for the benchmark's own processes.

Called by canned.py, load.py.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run to the end, or to Ctrl-C: on uvloop where there is one."""
    with suppress(KeyboardInterrupt):
        try:
            from uvloop import new_event_loop
        except ImportError:
            asyncio.run(main)
        else:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(main)
