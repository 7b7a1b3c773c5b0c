"""The command that runs services until it is told to end.

Called by cli.py.
Never     leaves its state file behind, unless it is killed; then the next reader removes it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import grpc

from fake_services import state_file
from fake_services.control import control_door
from fake_services.demo_keys import demo_keys
from fake_services.identity_provider_run import FIRST_PROVIDER_PORT, provider_running
from fake_services.server import FIRST_PORT, LOOPBACK, free_ports, running, started


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """`port_file` gets a copy of the state file; the others are as `running` has them."""

    systems: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    base_port: int = FIRST_PORT
    host: str = LOOPBACK
    port_file: Path | None = None


async def serve(options: ServeOptions) -> None:
    """Run until SIGINT or SIGTERM.  Raises KeyError for an unknown system."""
    ended = _end_signal()
    ports = free_ports(FIRST_PROVIDER_PORT if options.base_port else 0, LOOPBACK)
    async with (
        running(
            systems=options.systems,
            empty=options.empty,
            base_port=options.base_port,
            host=options.host,
        ) as services,
        provider_running(demo_keys(), ports=ports) as provider,
    ):
        control = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        control.add_generic_rpc_handlers((control_door(services),))
        port = await started(control, ports=(0 for _ in count()), host=LOOPBACK)
        state = state_file.State(
            pid=os.getpid(),
            control=f"{LOOPBACK}:{port}",
            services=services.addresses,
            provider=provider.issuer,
        )
        files = [state_file.path_of(state.pid, state_file.folder())]
        files += [options.port_file] if options.port_file else []
        try:
            for path in files:
                state_file.write(state, path)
            _announce([*services.addresses.items(), ("identity provider", provider.issuer)])
            await ended.wait()
        finally:
            for path in files:
                path.unlink(missing_ok=True)
            await control.stop(None)


def _announce(addresses: Iterable[tuple[str, str]]) -> None:
    for name, address in addresses:
        print(f"{name:<50} {address}", flush=True)
    print("Ctrl-C ends them.", flush=True)


def _end_signal() -> asyncio.Event:
    """Set at the first SIGINT or SIGTERM."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    return ended
