"""A real listening socket in front of a BFF: what `bff serve` listens with.

Called by conftest.py and echo.py.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bff.app import Bff
from bff.edge.http1.overdue import ConnectionOptions
from bff.listening import connections_of, listener
from bff.terms.events import Emit
from tests.conditions import until


@asynccontextmanager
async def serving(bff: Bff, options: ConnectionOptions, *, emit: Emit) -> AsyncIterator[int]:
    """The port; times are looked at 50 times a second."""
    settings = replace(bff.settings, connections=options)
    settings = replace(settings, server=replace(settings.server, drain_s=1.0, lame_duck_s=0.0))
    here = connections_of(settings, emit=emit, blueprint=lambda: bff.blueprint, public=True)
    here.sweep_s = 0.02
    server = listener(bff.public, settings, here)
    accepting = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve([accepting]))
    await until(lambda: server.started)
    try:
        yield accepting.getsockname()[1]
    finally:
        server.should_exit = True
        await running
