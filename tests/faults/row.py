"""A scenario's line in the table: its figures, and its promise with what was measured. Pure.

Called by site.py (makes them), report.py (prints them), the tests (look at what was not kept).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tests.faults.bff import Figures, spare_kib
from tests.faults.oracle import Outcome
from tests.faults.tape import Latency, Tape

MOMENT_MS = 5.0
"""Otherwise it is late by 1 to 3 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise, measured.

    what      the promise, with its bound: "all answers are 503"
    kept      whether it was
    measured  the figure: "412 of 412"
    is_timed  the bound is a time, or needs a load that a short run does not make: a test on a busy
              machine does not insist on it
    why       where it was not kept and the reason is known
    """

    what: str
    kept: bool
    measured: str
    is_timed: bool = False
    why: str = ""


def at_most(what: str, measured: float, limit: float, *, unit: str = "", why: str = "") -> Check:
    """A check of a measured time or share.

    >>> at_most("p99", 3.0, 20.0, unit="ms").measured
    '3 ms (at most 20 ms)'
    """
    tail = f" {unit}" if unit else ""
    told = f"{measured:.4g}{tail} (at most {limit:.4g}{tail})"
    return Check(what=what, kept=measured <= limit, measured=told, is_timed=True, why=why)


def counted(what: str, measured: int, limit: int = 0, *, why: str = "") -> Check:
    """A check of a number of requests, which holds on every machine.

    >>> counted("lost", 1).kept
    False
    """
    bound = "" if limit == 0 else f" (at most {limit})"
    return Check(what=what, kept=measured <= limit, measured=f"{measured}{bound}", why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """recovery_s  from the end of the fault to the last request that still went wrong, None where
                there is no such end
    attempts    calls that services got for each request, None where nobody counted
    grown       files and tasks beyond those before, and the memory's growth, None where nobody
                looked
    """

    id: str
    title: str
    sent: int
    counts: dict[Outcome, int]
    latency: Latency
    checks: tuple[Check, ...]
    recovery_s: float | None = None
    attempts: float | None = None
    grown: Figures | None = None
    notes: tuple[str, ...] = ()

    @property
    def wrong(self) -> int:
        return self.counts[Outcome.WRONG]

    @property
    def broken(self) -> list[Check]:
        return [check for check in self.checks if not check.kept]


def amid(checks: Iterable[Check], lateness: Latency) -> Iterator[Check]:
    """The same, with a reason where latencies were missed while the generator, which is a process
    of its own, could not even send in time.
    """
    for check in checks:
        is_ours = "p99" not in check.what or lateness.p99_ms < MOMENT_MS
        if check.kept or check.why or is_ours:
            yield check
        else:
            why = f"the machine: the generator itself was late, {lateness.p99_ms} ms (p99)"
            yield replace(check, why=why)


def sent_late(lateness: Latency) -> list[str]:
    """A row's note; none where nobody sent by a schedule."""
    if not lateness.max_ms:
        return []
    return [f"sent {lateness.p99_ms} ms late (p99), {lateness.max_ms} ms at most"]


def counts_of(tape: Tape) -> dict[Outcome, int]:
    return {outcome: tape.count(outcome) for outcome in Outcome}


def leaks(base: Figures, left: Figures, *, tasks: int = 0, short: bool = False) -> list[Check]:
    """What must be as it was: files, tasks, and memory within a twentieth (and 4 MiB)."""
    grown_kib = left.rss_kib - base.rss_kib
    checks = [
        counted("files left open", max(0, left.files - base.files)),
        counted("tasks left", max(0, left.tasks - base.tasks), tasks),
    ]
    if short:
        return checks
    return [*checks, at_most("memory", grown_kib, spare_kib(base), unit="KiB")]
