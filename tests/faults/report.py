"""docs/reliability.md: the template's prose, this run's figures.

Called by __main__.py.
Never     names the machine: how many cores it has is all that a reader can use.
"""

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.faults.oracle import Outcome
from tests.faults.row import Check, Row
from tests.faults.scenario import Scenario, Times

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reliability.md"
HEAD = (
    "| # | fault | sent | ok | partial | clean error | lost | **wrong** | p50 / p99 / max ms "
    "| recovery s | attempts | fds / tasks / RSS MiB | promise |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|"
)
SHOWN = (Outcome.OK, Outcome.PARTIAL, Outcome.CLEAN, Outcome.LOST, Outcome.WRONG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of one scenario: rows, or the words on why there are none."""

    scenario: Scenario
    rows: Sequence[Row] = ()
    why_not: str = ""


def write(ran: Sequence[Ran], *, times: Times, rate: float) -> Path:
    """Write the page; returns its path."""
    PAGE.write_text(page(ran, times=times, rate=rate), encoding="utf-8")
    return PAGE


def page(ran: Sequence[Ran], *, times: Times, rate: float) -> str:
    """The whole text of it."""
    template = Template((HERE / "reliability.template.md").read_text(encoding="utf-8"))
    return template.substitute(
        summary=summary(ran),
        table=table(ran),
        promises="\n".join(promises(ran)),
        conditions="\n".join(f"- {one}" for one in conditions(times, rate)),
    )


def table(ran: Iterable[Ran]) -> str:
    lines = [_line(row) for one in ran for row in one.rows]
    missing = [
        f"| {one.scenario.id} | {one.scenario.title} | | | | | | | | | | | not run: {one.why_not} |"
        for one in ran
        if one.why_not
    ]
    return "\n".join((HEAD, *lines, *missing))


def summary(ran: Sequence[Ran]) -> str:
    """How much of it was kept, in a sentence or two."""
    rows = [row for one in ran for row in one.rows]
    checks = [check for row in rows for check in row.checks]
    missed = sum(not check.kept for check in checks)
    sent, wrong = sum(row.sent for row in rows), sum(row.wrong for row in rows)
    lost = sum(row.counts[Outcome.LOST] for row in rows)
    return (
        f"{sent:,} requests in {len(rows)} runs: **{wrong} wrong**, {lost} lost. "
        f"{len(checks) - missed} of {len(checks)} promises were kept"
        + (f"; {missed} were not, and say below by how much." if missed else ".")
    )


def promises(ran: Iterable[Ran]) -> Iterator[str]:
    """Each scenario's promise, and each check with what was measured."""
    for one in ran:
        yield f"### {one.scenario.id}: {one.scenario.title}\n"
        yield f"Promised: {one.scenario.promise}.\n"
        if one.why_not:
            yield f"Not run: {one.why_not}.\n"
        for row in one.rows:
            yield f"*{row.title}*" + "".join(f"; {note}" for note in row.notes) + "\n"
            yield from (_told(check) for check in row.checks)
            yield ""


def conditions(times: Times, rate: float) -> Iterator[str]:
    yield f"{os.cpu_count()} cores, Linux {platform.release().partition('-')[0]}"
    yield f"Python {platform.python_version()}"
    yield f"L = {rate:.0f} requests a second"
    yield (
        f"{times.warm_s:g} s before, {times.fault_s:g} s during and {times.heal_s:g} s after each "
        "fault, unless its subject needs more"
    )


def _told(check: Check) -> str:
    """One line of a list."""
    mark = "kept" if check.kept else "**missed**"
    why = f" ({check.why})" if check.why and not check.kept else ""
    return f"- {check.what}: {check.measured}, {mark}{why}"


def _line(row: Row) -> str:
    missed = row.broken
    mark = "kept" if not missed else f"{len(missed)} missed"
    latency = " / ".join(f"{it:.3g}" if it < 1000 else f"{it:.0f}" for it in row.latency)
    counts = " | ".join(str(row.counts[it]) for it in SHOWN)
    cells = (row.id, row.title, str(row.sent), counts, latency, _number(row.recovery_s))
    return f"| {' | '.join((*cells, _number(row.attempts), _grown(row), mark))} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _grown(row: Row) -> str:
    """
    >>> from tests.faults.bff import Figures
    >>> from tests.faults.tape import Latency
    >>> def of(*figures): return Row(id="", title="", sent=0, counts={}, latency=Latency(),
    ...     checks=(), base=Figures(*figures), left=Figures(9, 9, 2048))
    >>> _grown(of(8, 9, 1024))
    '+1 / +0 / +1.0'
    """
    if row.base is None or row.left is None:
        return ""
    files, tasks, kib = (now - then for now, then in zip(row.left, row.base, strict=True))
    return f"{files:+d} / {tasks:+d} / {kib / 1024:+.1f}"
