"""The deployed Envoy, moved to loopback: other ports and addresses, and every other line as it is.

Called by conftest.py, test_front.py.
Never     changes what the file says of requests, retries, health or time.
"""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.faults.bff import Bff
from tests.faults.contract import ECHO, write_descriptors
from tests.faults.replica import Replica
from tests.faults.scenarios.rolling import until_well
from tests.faults.site import Site

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "deploy" / "kubernetes" / "envoy.yaml"
QUOTA = 300
MORE = f"""
[server]
trusted_proxies = ["0.0.0.0/0"]  # clients may be of the trusted network: any hop could be forged
lame_duck_s = 3.0
drain_s = 3.0
[quotas.address]
limit = {QUOTA}
window_s = 600
"""


@dataclass(slots=True, eq=False)
class Front:
    """port  Envoy's, in plaintext; bffs  those behind it, one of which may be `renewed`"""

    port: int
    admin_port: int
    bffs: list[Bff]
    services: Sequence[Replica]
    site: Site

    async def renewed(self, place: int) -> Bff:
        """A new BFF at the ports of one that has ended."""
        old = self.bffs[place]
        self.bffs[place] = await _bff(self.site, self.services, (old.port, old.admin_port))
        return self.bffs[place]


def moved(config: Any, *, port: int, admin_port: int, bffs: Sequence[int]) -> Any:
    """The deployed file with our ports. Plaintext: TLS is Envoy's own affair."""
    config["admin"]["address"]["socket_address"]["port_value"] = admin_port
    [listener] = config["static_resources"]["listeners"]
    listener["address"] = _at(port)
    del listener["filter_chains"][0]["transport_socket"]
    [cluster] = config["static_resources"]["clusters"]
    cluster["type"] = "STATIC"
    del cluster["dns_refresh_rate"]
    cluster["load_assignment"]["endpoints"] = [
        {"lb_endpoints": [{"endpoint": {"address": _at(one)}} for one in bffs]}
    ]
    return config


@asynccontextmanager
async def front(program: Path, site: Site) -> AsyncIterator[Front]:
    """Two BFFs over one service, and Envoy once it has found them well."""
    site.folder.mkdir(parents=True)
    write_descriptors(site.folder.parent)
    services = await site.replicas(1)
    bffs = [await _bff(site, services, (0, 0)) for _ in range(2)]
    async with envoy(program, site.folder, [one.port for one in bffs]) as (port, admin_port):
        yield Front(port, admin_port, bffs, services, site)


@asynccontextmanager
async def envoy(
    program: Path, folder: Path, behind: Sequence[int]
) -> AsyncIterator[tuple[int, int]]:
    """Envoy's ports, once it has found those behind it well."""
    port, admin_port = _free_ports()
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    file = folder / "envoy.yaml"
    file.write_text(
        yaml.safe_dump(moved(config, port=port, admin_port=admin_port, bffs=behind)),
        encoding="utf-8",
    )
    words = ("-c", str(file), "--concurrency", "1", "--log-level", "error", "--disable-hot-restart")
    process = await asyncio.create_subprocess_exec(str(program), *words, stderr=subprocess.PIPE)
    try:
        async with asyncio.timeout(20):
            await until_well(port)
        yield port, admin_port
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _bff(site: Site, services: Sequence[Replica], ports: tuple[int, int]) -> Bff:
    return await site.bff({ECHO: services[0].address}, more=MORE, ports=ports)


def _at(port: int) -> dict[str, object]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]
