"""A look in less than a minute: three cases, one line of ratios, no file.

Called by __main__.py (`--quick`), which `make check` runs as information.
Never     judges a figure, nor downloads a peer.
"""

from collections.abc import Callable

from bench.cases import HOME, ITEMS, USER
from bench.figures import Figures, figures_of, ratio
from bench.loads import Load
from bench.measure import Effort, readings, warm_up
from bench.places import Cores
from bench.servers import ENVOY, FASTAPI, GATEWAY, leading
from bench.stages import Services, staged
from bench.tables import times
from bench.workshop import Tools

CASES = (USER, ITEMS, HOME)
CONNECTIONS = 32
EFFORT = Effort(rounds=1, seconds=1.0)


def look(tools: Tools, cores: Cores, say: Callable[[str], None]) -> str:
    """The line. Raises Wrong for a server that does not start or answers wrongly."""
    wanted = (leading(tools), FASTAPI, ENVOY, GATEWAY)
    load = Load(wrk=tools.wrk, cores=cores)
    with staged(
        tools, cores, behave=Services(), only=lambda name: name in wanted, cases=CASES
    ) as stage:
        warm_up(stage.running, USER, load=load, effort=EFFORT)
        taken = [
            reading
            for case in CASES
            for reading in readings(
                stage.running, case, connections=CONNECTIONS, load=load, effort=EFFORT, say=say
            )
        ]
    return line(figures_of(taken), leading(tools))


def line(figures: Figures, ours: str) -> str:
    """Ratios to each peer that was there."""
    told = [
        f"{peer}: "
        + ", ".join(
            f"{case.title} {times(found)}"
            for case in CASES
            if (found := ratio(figures, (ours, case.name, CONNECTIONS), to=peer)) is not None
        )
        for peer in (FASTAPI, GATEWAY, ENVOY)
        if any(key[0] == peer for key in figures)
    ]
    return f"req/s of {ours} at c={CONNECTIONS}, in a quick look, against " + "; ".join(told)
