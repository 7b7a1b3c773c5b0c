"""F17: two processes behind HAProxy are ended and started again, one after the other.

Called by network.py.
"""

import asyncio
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff, ask
from tests.faults.contract import ECHO, OTHER
from tests.faults.listening import Listening, listen_at
from tests.faults.load import Load
from tests.faults.moment import LOOK_S, passed, until
from tests.faults.oracle import Outcome
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site

EXIT_S = 30.0
STREAMS, SLOW = 10, 3
LARGE_BYTES = 3_000_000
HAPROXY = """
defaults
  mode http
  timeout connect 1s
  timeout check 1s
  timeout client 90s
  timeout server 90s
  option redispatch
frontend front
  bind 127.0.0.1:{port}
  default_backend back
backend back
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 200ms fall 1 rise 1
{servers}
"""


@asynccontextmanager
async def haproxy(folder: Path, *ports: int) -> AsyncIterator[int]:
    """HAProxy before these; its port, or 0 where it is not installed."""
    program = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        yield 0
        return
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    lines = "\n".join(f"  server s{it} 127.0.0.1:{it}" for it in ports)
    config = folder / "haproxy.cfg"
    config.write_text(HAPROXY.format(port=port, servers=lines), encoding="ascii")
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *(program, "-db", "-f", str(config)), stdout=quiet, stderr=quiet
    )
    try:
        yield port
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def rolling(site: Site) -> Sequence[Row]:
    small, large = await site.replicas(2)
    await large.behave(Behaviour(size_bytes=LARGE_BYTES))
    services = {ECHO: small.address, OTHER: large.address}
    more = "[server]\nlame_duck_s = 1.0\ndrain_s = 3.0\n" if site.short else ""
    both = [await site.bff(services, more=more) for _ in range(2)]
    front = await site.stack.enter_async_context(haproxy(site.folder, *(it.port for it in both)))
    ports = (front,) if front else tuple(it.port for it in both)
    await until_well(ports[0])
    load = Load(*ports, rate=site.rate)
    load.start()
    streams = [listen_at(ports[0], f"s-{number}") for number in range(STREAMS)]
    await passed(site.times.warm_s)
    exits_s = []
    for old in both:
        readers = [_slow_reader(old.port) for _ in range(SLOW)]
        exits_s.append(await _ended(old))
        for one in readers:
            one.close()
        new = await site.bff(services, more=more, ports=(old.port, old.admin_port))
        await until_well(new.port)
        await passed(1.0)
    await passed(site.times.heal_s)
    await load.stop()
    await asyncio.gather(*(it.close() for it in streams))
    checks = [
        counted("lost", load.tape.count(Outcome.LOST)),
        counted("failed", len(load.tape.bad)),
        counted("streams without a last event", _untold(streams)),
        at_most("slowest exit", max(exits_s), EXIT_S, unit="s"),
    ]
    return [site.row(load.tape, checks, variant="behind HAProxy" if front else "two ports")]


async def until_well(port: int) -> None:
    """Whoever listens there answers well."""
    while True:
        try:
            status, _ = await ask(port, "/readyz")
        except (OSError, IndexError):
            status = 0
        if status == 200:
            return
        await passed(LOOK_S)


async def _ended(old: Bff) -> float:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    old.signal(signal.SIGTERM)
    await until(lambda: old.process.returncode is not None, within_s=2 * EXIT_S)
    return loop.time() - began_s


def _slow_reader(port: int) -> socket.socket:
    """Has asked for something large, and reads nothing of it."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", port))
    made.sendall(b"GET /v1/other/slow HTTP/1.1\r\nHost: faults.test\r\n\r\n")
    return made


def _untold(streams: list[Listening]) -> int:
    return sum(not it.is_typed for it in streams)


SCENARIOS = (
    Scenario(
        id="F17",
        title="SIGTERM, rolling, with slow readers and streams",
        promise="lost 0; exit <= 30 s; streams get a last event",
        run=rolling,
    ),
)
