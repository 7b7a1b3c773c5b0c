"""Run the BFF: two listeners in one process, until SIGTERM or Ctrl-C.

Called by cli.py.
Never     leaves a socket or a task behind; never cuts a request that can end within `drain_s`.
Source    uvicorn "Programmatically"; the admin listener stays apart so that metrics are never
          public.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from bff.app import Bff, assemble
from bff.edge.front import App
from bff.settings import ServerOptions, Settings
from bff.telemetry.log import JsonLog
from bff.telemetry.metrics import Metrics
from bff.telemetry.tell import tell
from bff.terms.events import Emit, Lifecycle


class _Listener(uvicorn.Server):
    """A uvicorn server that leaves signals to us: two servers cannot both own them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings) -> int:
    """Serve until a signal; returns the exit status. Raises ContractMistakes before any port is
    opened.
    """
    metrics = Metrics()
    emit = tell(JsonLog(sys.stdout).listen, metrics.listen)
    bff = assemble(settings, emit=emit, metrics=metrics)
    async with bff.running():
        return await _listen(bff, emit)


async def _listen(bff: Bff, emit: Emit) -> int:
    options = bff.settings.server
    listeners = [
        _listener(bff.public, options.host, options.port, options),
        _listener(bff.admin, options.admin_host, options.admin_port, options),
    ]
    _on_signal(listeners)
    # what was built at boot lives as long as the process: the collector need not look at it again
    gc.collect()
    gc.freeze()
    emit(Lifecycle(state="started", detail=f"http://{options.host}:{options.port}"))
    try:
        await asyncio.gather(*(one.serve() for one in listeners))
    except SystemExit:
        emit(Lifecycle(state="stopped", detail="a port could not be opened"))
        return 1
    emit(Lifecycle(state="stopped"))
    return 0


def _listener(app: App, host: str, port: int, options: ServerOptions) -> _Listener:
    return _Listener(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            lifespan="off",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=int(options.drain_s),
        )
    )


def _on_signal(listeners: list[_Listener]) -> None:
    def stop() -> None:
        for one in listeners:
            one.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
