"""Rounds of load, in turn over all servers, so that a slow minute of the machine is everybody's.

Called by stages.py, quick.py.
Never     compares or judges: it reads.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.cases import Case
from bench.figures import Reading
from bench.loads import Load
from bench.process import Process
from bench.servers import Server

Running = Sequence[tuple[Server, Process]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to look: `rounds` of `seconds` for each case, after `warm_up_s` for each server."""

    rounds: int
    seconds: float
    warm_up_s: float = 1.0


def warm_up(running: Running, case: Case, *, load: Load, effort: Effort) -> None:
    """Let every server open its connections and fill its caches before anything counts."""
    for server, process in _able(running, case):
        load.run(case, server.port, connections=32, seconds=effort.warm_up_s)
        process.forget_log()


def readings(
    running: Running,
    case: Case,
    *,
    connections: int,
    load: Load,
    effort: Effort,
    say: Callable[[str], None],
) -> Iterator[Reading]:
    """`effort.rounds` readings of each server that can serve the case."""
    able = _able(running, case)
    for turn in range(effort.rounds):
        say(f"{case.title}, c={connections}, round {turn + 1} of {effort.rounds}")
        for server, process in able:
            before_s = process.cpu_s()
            heard = load.run(case, server.port, connections=connections, seconds=effort.seconds)
            yield Reading(
                server=server.name,
                case=case.name,
                connections=connections,
                requests=heard.requests,
                elapsed_s=heard.elapsed_s,
                p50_us=heard.p50_us,
                p99_us=heard.p99_us,
                errors=heard.errors,
                cpu_s=process.cpu_s() - before_s,
                rss_mb=process.rss_mb(),
            )
            process.forget_log()


def _able(running: Running, case: Case) -> Running:
    return [(server, process) for server, process in running if server.serves(case)]
