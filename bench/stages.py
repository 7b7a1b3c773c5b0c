"""A stage: services and servers, all up and checked, for as long as cases are measured on them.

Called by whole.py, quick.py.
Never     measures a server before its answers were compared with the expected ones.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from bench.answers import check, wait_for
from bench.cases import USER, Case
from bench.places import LOOPBACK, SAMPLES, Cores, environment, free_ports
from bench.process import Process, started
from bench.servers import PORTS, Server, all_servers
from bench.workshop import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is up. `startup_s` is from the start of the process to its first 200, by server.

    targets  "host:port" of the services
    """

    running: tuple[tuple[Server, Process], ...]
    targets: Sequence[str] = ()
    startup_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """How the services behave: each answer late by `delay_us`, or with headers of its own."""

    samples: tuple[str, ...] = ("user", "links", "items")
    delay_us: int = 0
    unique: bool = False


@contextmanager
def services(tools: Tools, cores: Cores, behave: Services) -> Iterator[list[str]]:
    """The canned services; yields their addresses, in the order of `behave.samples`."""
    ports = free_ports(len(behave.samples))
    arguments = [
        f"{port},{SAMPLES / sample}.bin,{behave.delay_us},{int(behave.unique)}"
        for port, sample in zip(ports, behave.samples, strict=True)
    ]
    own = (sys.executable, "-m", "bench.canned")
    command = [str(tools.downstream)] if tools.downstream else [*own]
    with started("services", [*command, *arguments], core=cores.rest, env=environment()):
        yield [f"{LOOPBACK}:{port}" for port in ports]


@contextmanager
def staged(
    tools: Tools,
    cores: Cores,
    *,
    behave: Services,
    only: Callable[[str], bool],
    cases: Sequence[Case],
) -> Iterator[Stage]:
    """The services and every server that `only` lets in. Raises Wrong."""
    with services(tools, cores, behave) as targets:
        found = all_servers(tools, ports=free_ports(PORTS), targets=targets)
        with up([one for one in found if only(one.name)], cores, cases=cases) as stage:
            yield replace(stage, targets=targets)


@contextmanager
def up(servers: Sequence[Server], cores: Cores, *, cases: Sequence[Case]) -> Iterator[Stage]:
    """The servers, started one after the other: none starts up slowly for another's sake."""
    first = cases[0] if cases else USER
    startup_s: dict[str, float] = {}
    running: list[tuple[Server, Process]] = []
    with ExitStack() as stack:
        for server in servers:
            began_s = time.perf_counter()
            process = stack.enter_context(
                started(server.name, server.command, core=cores.server, env=server.env)
            )
            startup_s[server.name] = wait_for(
                process, server.port, USER if first.screen else first, began_s=began_s
            )
            for case in cases:
                if server.serves(case):
                    check(process, server.port, case, sample=server.sample_of(case))
            running.append((server, process))
        yield Stage(running=tuple(running), startup_s=startup_s)
