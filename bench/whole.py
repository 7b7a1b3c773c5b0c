"""The whole benchmark: every case on every server, then what only concerns us.

Called by __main__.py.
Never     keeps figures of two runs together.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from bench.answers import Wrong
from bench.cases import (
    BY_HAND,
    HEADERS,
    HOME,
    ITEMS,
    LINKS,
    POST,
    UNIQUE,
    USER,
    Case,
)
from bench.figures import Figure, Figures, Reading, figures_of
from bench.late import awake, direct_us
from bench.loads import Load
from bench.measure import Effort, readings, warm_up
from bench.places import BUILD, DESCRIPTORS, Cores, free_ports, pinned
from bench.servers import RPCS, leading, ours
from bench.stages import Services, Stage, services, staged, up
from bench.widened import Size, package, path, widened
from bench.workshop import Tools

DELAY_US = 5_000
CONNECTIONS = (1, 32, 128)
USUAL = 32
ASKED_ROUTES = 50
SIZES = (
    (Size(services=1, rpcs_each=10), False),
    (Size(services=1, rpcs_each=1_000), False),
    (Size(services=100, rpcs_each=10), False),
    (Size(services=100, rpcs_each=10), True),
    (Size(services=1_000, rpcs_each=10), False),
)
"""What is grown: (contract, whether each service has an address of its own)."""


def _any(_name: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """How to run. `only` says which servers, `wanted` which cases, both by name."""

    tools: Tools
    cores: Cores
    effort: Effort
    say: Callable[[str], None]
    only: Callable[[str], bool] = field(default=_any)
    wanted: Callable[[str], bool] = field(default=_any)

    @property
    def load(self) -> Load:
        return Load(wrk=self.tools.wrk, cores=self.cores)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Our server with a larger contract. `addresses` is how many connections it needs."""

    rpcs: int
    services: int
    addresses: int
    startup_s: float
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One run.

    startup_s   by server, to the first 200
    late_us     by server: p50 of the screen at c=1, over services that take DELAY_US, less what the
                slowest of them takes without any server
    failures    what could not be measured, and why: figures of an hour survive a last bad minute
    """

    figures: Figures
    startup_s: dict[str, float]
    late_us: dict[str, float]
    growth: tuple[Growth, ...]
    failures: tuple[str, ...] = ()


def run(bench: Bench) -> Results:
    """Raises Wrong where not even the plain cases can be measured; later failures are told."""
    every = (USER, LINKS, ITEMS, POST, HEADERS, HOME, BY_HAND)
    plain = [one for one in every if bench.wanted(one.name)]
    taken: list[Reading] = []
    startup_s: dict[str, float] = {}
    if plain:
        with _staged(bench, Services(), plain) as stage:
            startup_s = stage.startup_s
            taken += _measured(bench, stage, plain)
    failures: list[str] = []
    late_us: dict[str, float] = {}
    growth: list[Growth] = []
    with _told(failures):
        taken += _unique(bench) if bench.wanted(UNIQUE.name) else []
    with _told(failures):
        late_us = _late(bench) if bench.wanted("late") else {}
    for size, apart in SIZES if bench.wanted("routes") else ():
        with _told(failures):
            growth.append(_grown(bench, size, apart))
    return Results(
        figures=figures_of(taken),
        startup_s=startup_s,
        late_us=late_us,
        growth=tuple(growth),
        failures=tuple(failures),
    )


@contextmanager
def _told(failures: list[str]) -> Iterator[None]:
    try:
        yield
    except Wrong as wrong:
        failures.append(str(wrong))


def _unique(bench: Bench) -> list[Reading]:
    with _staged(bench, Services(unique=True), [UNIQUE]) as stage:
        return _measured(bench, stage, [UNIQUE])


def _staged(bench: Bench, behave: Services, cases: Sequence[Case]) -> AbstractContextManager[Stage]:
    return staged(bench.tools, bench.cores, behave=behave, only=bench.only, cases=cases)


def _measured(bench: Bench, stage: Stage, cases: Sequence[Case]) -> list[Reading]:
    """The small answer and the screen at all numbers of connections, the others at the usual."""
    found: list[Reading] = []
    warm_up(stage.running, cases[0], load=bench.load, effort=bench.effort)
    for case in cases:
        for connections in CONNECTIONS if case in (USER, HOME) else (USUAL,):
            found += readings(
                stage.running,
                case,
                connections=connections,
                load=bench.load,
                effort=bench.effort,
                say=bench.say,
            )
    return found


def _late(bench: Bench) -> dict[str, float]:
    """What each server adds to the slowest of three services that take their time, in us."""
    late = Services(delay_us=DELAY_US)
    with awake(bench.cores), _staged(bench, late, [HOME]) as stage:
        warm_up(stage.running, USER, load=bench.load, effort=bench.effort)
        taken = readings(
            stage.running,
            HOME,
            connections=1,
            load=bench.load,
            effort=bench.effort,
            say=bench.say,
        )
        with pinned(bench.cores.rest):
            slowest_us = max(
                direct_us(target, path, b"", seconds=bench.effort.seconds)
                for target, path in zip(stage.targets, RPCS, strict=True)
            )
        return {key[0]: one.p50_us - slowest_us for key, one in figures_of(taken).items()}


def _grown(bench: Bench, size: Size, apart: bool) -> Growth:
    """Our leading server with a contract of that size."""
    count = size.services if apart else 1
    file = BUILD / f"wide-{size.services}x{size.rpcs_each}.binpb"
    file.write_bytes(widened(DESCRIPTORS.read_bytes(), size))
    case = replace(USER, name=f"rpcs-{size.rpcs}", title=f"{size.rpcs} rpcs", paths=_paths(size))
    with services(bench.tools, bench.cores, Services(samples=("user",) * count)) as targets:
        addresses = _addresses(size, targets) if apart else ["--service", f"*={targets[0]}"]
        first, second = free_ports(2)
        line = ("--descriptors", str(file), "--auth", "none", *addresses)
        engine = "native" if bench.tools.native else ""
        server = ours(leading(bench.tools), line, ports=(first, second), engine=engine)
        with up([server], bench.cores, cases=[case]) as stage:
            warm_up(stage.running, case, load=bench.load, effort=bench.effort)
            taken = readings(
                stage.running,
                case,
                connections=USUAL,
                load=bench.load,
                effort=bench.effort,
                say=bench.say,
            )
            (figure,) = figures_of(taken).values()
    return Growth(
        rpcs=size.rpcs,
        services=size.services,
        addresses=count,
        startup_s=stage.startup_s[server.name],
        figure=figure,
    )


def _addresses(size: Size, targets: Sequence[str]) -> list[str]:
    pairs = (
        f"{package(number)}.Things={target}"
        for number, target in zip(range(size.services), targets, strict=True)
    )
    return [word for pair in pairs for word in ("--service", pair)]


def _paths(size: Size) -> tuple[str, ...]:
    """Some routes of all, as far apart as they can be."""
    step = max(1, size.rpcs // ASKED_ROUTES)
    chosen = range(0, size.rpcs, step)
    return tuple(path(one // size.rpcs_each, one % size.rpcs_each) for one in chosen)
