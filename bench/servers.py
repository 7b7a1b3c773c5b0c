"""What is measured: our own server in its variants, and the peers, each as one command.

Called by stages.py, quick.py.
Never     starts anything.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from bench.cases import Case
from bench.places import BENCH, BUILD, DESCRIPTORS, LOOPBACK, PLAIN_STUBS, environment
from bench.workshop import Tools

SERVICES = ("bench.v1.UserService", "bench.v1.LinkService", "bench.v1.ItemService")

RPCS = tuple(
    f"/{service}/{rpc}"
    for service, rpc in zip(SERVICES, ("GetUser", "ListLinks", "ListItems"), strict=True)
)
"""What the screen asks, one of each service."""

OURS_NATIVE = "ours, native"
OURS_LOGGING = "ours, access log"
OURS_PURE = "ours, pure"
FASTAPI = "FastAPI"
FASTAPI_DICTS = "FastAPI, dicts"
ENVOY = "Envoy"
GATEWAY = "grpc-gateway"

_QUIET = ("--set", "log.level=warning", "--set", "log.audit=false")
"""None of the peers writes an access log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One gateway, ready to be started.

    screens  whether it can serve the answer of three calls
    ours     it is the product
    """

    name: str
    command: tuple[str, ...]
    port: int
    screens: bool = True
    ours: bool = False
    env: Mapping[str, str] = field(default_factory=environment)

    def serves(self, case: Case) -> bool:
        return (self.screens or not case.screen) and (self.ours or not case.ours)

    def sample_of(self, case: Case) -> str:
        """What it must answer."""
        return (case.as_view if self.ours else "") or case.answer


def all_servers(tools: Tools, *, ports: Sequence[int], targets: Sequence[str]) -> list[Server]:
    """Everything that can be measured here; the first one is `leading(tools)`.

    ports    free ones, two for each of ours: at least `PORTS`
    targets  "host:port" of the three services
    """
    left = iter(ports)
    served = _ours_with(targets)
    engines: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        (OURS_NATIVE, "native", _QUIET),
        (OURS_LOGGING, "native", ()),
        (OURS_PURE, "pure", _QUIET),
    )
    found = [
        ours(name, (*served, *more), ports=(next(left), next(left)), engine=engine)
        for name, engine, more in (engines if tools.native else _pure_only(engines))
    ]
    found += [
        _fastapi(FASTAPI, "tuned", port=next(left), targets=targets),
        _fastapi(FASTAPI_DICTS, "tutorial", port=next(left), targets=targets),
    ]
    if tools.envoy:
        found.append(_envoy(tools.envoy, port=next(left), targets=targets))
    if tools.gateway:
        found.append(_gateway(tools.gateway, port=next(left), targets=targets))
    return found


PORTS = 10


def leading(tools: Tools) -> str:
    """The name of our own server that peers are compared with."""
    return OURS_NATIVE if tools.native else OURS_PURE


def ours(
    name: str, arguments: Sequence[str], *, ports: tuple[int, int], engine: str = ""
) -> Server:
    """`python -m bff serve`. `engine` is "" where only one is built."""
    listening = ("--port", str(ports[0]), "--admin-port", str(ports[1]))
    chosen = {"BFF_CODEC": engine} if engine else {}
    return Server(
        name=name,
        command=(sys.executable, "-m", "bff", "serve", *arguments, *listening),
        port=ports[0],
        ours=True,
        env={**environment(), **chosen},
    )


def _pure_only(
    engines: Sequence[tuple[str, str, tuple[str, ...]]],
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Where no native codec was built: the pure one without its access log, and with it."""
    _, logging, pure = engines
    return [(pure[0], "", pure[2]), (logging[0], "", logging[2])]


def _ours_with(targets: Sequence[str]) -> tuple[str, ...]:
    addresses = zip(SERVICES, targets, strict=True)
    pairs = (("--service", f"{name}={target}") for name, target in addresses)
    return ("--config", str(BENCH / "bff.toml"), *(word for pair in pairs for word in pair))


def _fastapi(name: str, factory: str, *, port: int, targets: Sequence[str]) -> Server:
    app = f"bench.peers.fastapi_peer:{factory}"
    options = ("--loop", "uvloop", "--http", "httptools", "--no-access-log")
    quiet = ("--log-level", "warning", "--port", str(port))
    return Server(
        name=name,
        command=(sys.executable, "-m", "uvicorn", "--factory", app, *options, *quiet),
        port=port,
        env={**environment(BENCH.parent, PLAIN_STUBS), "BENCH_TARGETS": ",".join(targets)},
    )


def _gateway(program: Path, *, port: int, targets: Sequence[str]) -> Server:
    return Server(
        name=GATEWAY,
        command=(str(program), f"{LOOPBACK}:{port}", *targets),
        port=port,
        env={**os.environ, "GOMAXPROCS": "1"},
    )


def _envoy(program: Path, *, port: int, targets: Sequence[str]) -> Server:
    template = Template(Path(BENCH, "peers", "envoy.yaml").read_text(encoding="utf-8"))
    users, links, items = (target.rpartition(":")[2] for target in targets)
    config = BUILD / f"envoy-{port}.yaml"
    text = template.substitute(
        port=port, users=users, links=links, items=items, descriptors=DESCRIPTORS
    )
    config.write_text(text, encoding="utf-8")
    options = ("--concurrency", "1", "--disable-hot-restart", "--log-level", "error")
    return Server(
        name=ENVOY, command=(str(program), "-c", str(config), *options), port=port, screens=False
    )
