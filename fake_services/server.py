"""Run the services: one port and one gRPC server each, with health and reflection.

Why       Each service has its own address, as in real life, so that one can be slow or gone alone.
Called by serve.py (the command), and by tests: `async with running(systems=("todos",)) as it`.
Never     listens on anything but loopback, unless told so; never shares a port.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio
from grpc_reflection.v1alpha import reflection

from fake_services.doors import open_door, rpc_names
from fake_services.faults import Faults
from fake_services.record import Record
from fake_services.systems import services_of

LOOPBACK = "127.0.0.1"
FIRST_PORT = 50_051
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Running:
    """Services that run now.

    addresses  "pkg.Service" -> "host:port"
    faults     make an rpc ill: `services.faults.set("pkg.Service/Method", delay_ms=100)`
    record     what was called: `services.record.calls`
    """

    addresses: dict[str, str]
    faults: Faults
    record: Record


@asynccontextmanager
async def running(
    *,
    systems: Iterable[str] = (),
    empty: Iterable[str] = (),
    base_port: int = 0,
    host: str = LOOPBACK,
) -> AsyncIterator[Running]:
    """Start the systems (none named: all); stop them at the end, whatever is in flight.

    empty      services ("pkg.Service") that answer UNIMPLEMENTED to whatever they are asked
    base_port  where to look for free ports upwards; 0 takes any free ones
    """
    services = [start() for start in services_of(systems)]
    names = (name for service in services for name in rpc_names(service.DESCRIPTOR))
    faults, record = Faults(names), Record()
    doors = {
        service.DESCRIPTOR.full_name: [open_door(service, faults=faults, record=record)]
        for service in services
    }
    addresses: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        ports = free_ports(base_port, host)
        for name, handlers in {**{one: [] for one in empty}, **doors}.items():
            server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
            server.add_generic_rpc_handlers(tuple(handlers))
            await _add_health_and_reflection(server, name)
            addresses[name] = f"{host}:{await started(server, ports=ports, host=host)}"
            stack.push_async_callback(server.stop, None)
        yield Running(addresses, faults, record)


async def started(server: grpc.aio.Server, *, ports: Iterator[int], host: str) -> int:
    """Start the server on the first port that it gets."""
    for port in ports:
        try:
            bound = server.add_insecure_port(f"{host}:{port}")
        except RuntimeError:
            # Somebody else took it since it was looked at.
            continue
        await server.start()
        return bound
    raise OSError(errno.EADDRINUSE, f"no free port on {host}")


def free_ports(base_port: int, host: str) -> Iterator[int]:
    """Ports that are free when looked at, from `base_port` upwards; 0, for any, again and again."""
    if not base_port:
        while True:
            yield 0
    for port in range(base_port, _LAST_PORT + 1):
        if is_free(port, host):
            yield port


def is_free(port: int, host: str) -> bool:
    """True when nobody listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


async def _add_health_and_reflection(server: grpc.aio.Server, name: str) -> None:
    health = health_aio.HealthServicer()
    await health.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    served = (name, "grpc.health.v1.Health", reflection.SERVICE_NAME)
    reflection.enable_server_reflection(served, server)
