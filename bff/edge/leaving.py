"""Give up what nobody waits for any more: a read whose client hung up.

Why       A client that left must not keep services at work; impatient ones that ask again would
          make an overload of it.
How       Our own cycle calls back when its connection is lost: that costs a request an attribute.
          Under other servers somebody listens beside the work, which costs two tasks.
Called by edge/front.py, for endpoints that only read.
Never     gives up a write: it has its own deadline, and its client may ask what became of it.
Source    docs/spec/reliability.md section 2, "client disconnects", F13.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bff.edge.http1.cycle import Cycle
from bff.edge.request import Gone, Receive
from bff.edge.stream import while_connected

T = TypeVar("T")


async def while_wanted(work: Awaitable[T], receive: Receive) -> T:
    """What the work returns or raises; Gone, with the work cancelled, if the client is first."""
    cycle, task = getattr(receive, "__self__", None), asyncio.current_task()
    if task is None or not isinstance(cycle, Cycle):
        return await while_connected(work, receive)
    cycle.on_gone = task.cancel
    try:
        return await work
    except asyncio.CancelledError:
        if not cycle.disconnected:
            raise
        task.uncancel()
        raise Gone from None
    finally:
        cycle.on_gone = None
