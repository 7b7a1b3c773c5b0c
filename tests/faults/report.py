"""docs/reliability.md: the template's prose, the figures that are kept.

Called by __main__.py, the tests beside it.
Never     names the machine: how many cores it has is all that a reader can use.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from string import Template
from types import MappingProxyType

from tests.faults.oracle import Outcome
from tests.faults.record import Facts, Ran
from tests.faults.row import Check, Row
from tests.faults.scenario import Scenario

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reliability.md"
HEAD = (
    "| # | fault | sent | ok | partial | clean error | lost | **wrong** | p50 / p99 / max ms "
    "| recovery s | attempts | fds / tasks / RSS MiB | promise |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|"
)
SHOWN = (Outcome.OK, Outcome.PARTIAL, Outcome.CLEAN, Outcome.LOST, Outcome.WRONG)
NOT_EXPLAINED = "not explained"
EVERYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "memory": "what a peak took of Python's arenas, which the next one fills first; that it "
        "does not grow, the slope of the soak tells"
    }
)
"""Why a check is missed, wherever it is made."""


def write(ran: Sequence[Ran]) -> Path:
    """Write the page; returns its path."""
    PAGE.write_text(page(ran), encoding="utf-8")
    return PAGE


def page(ran: Sequence[Ran]) -> str:
    """The whole text of it."""
    template = Template((HERE / "reliability.template.md").read_text(encoding="utf-8"))
    return template.substitute(
        summary=summary(ran),
        table=table(ran),
        promises="\n".join(promises(ran)),
        conditions="\n".join(f"- {one}" for one in conditions(ran)),
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
    missed, open_ones = sum(not check.kept for check in checks), len(unexplained(ran))
    sent, wrong = sum(row.sent for row in rows), sum(row.wrong for row in rows)
    lost = sum(row.counts[Outcome.LOST] for row in rows)
    return (
        f"{sent:,} requests in {len(rows)} runs: **{wrong} wrong**, {lost} lost. "
        f"{len(checks) - missed} of {len(checks)} promises were kept"
        + (f"; {missed} were not, and say below by how much and why" if missed else "")
        + (f", but for {open_ones} that are {NOT_EXPLAINED}." if open_ones else ".")
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
            yield from (_told(one.scenario, check) for check in row.checks)
            yield ""


def unexplained(ran: Iterable[Ran]) -> list[str]:
    """The missed promises of which nobody says why."""
    return [
        f"{row.id} {row.title}: {check.what}: {check.measured}"
        for one in ran
        for row in one.rows
        for check in row.broken
        if not _why(one.scenario, check)
    ]


def conditions(ran: Iterable[Ran]) -> Iterator[str]:
    """A line for all that were measured on one day, in one way."""
    measured = [(_condition(one.facts), one) for one in ran if one.facts]
    for told, group in groupby(sorted(measured, key=lambda it: it[0]), key=lambda it: it[0]):
        ones = [one for _, one in group]
        names = ", ".join(one.scenario.id for one in ones)
        yield f"{told}; {sum(one.took_s for one in ones) / 60:.0f} minutes: {names}"


def _condition(facts: Facts) -> str:
    before_s, during_s, after_s = facts.acts_s
    return (
        f"{facts.when}: {facts.machine}; L = {facts.rate:g} requests a second; {before_s:g} s "
        f"before, {during_s:g} s during and {after_s:g} s after each fault, unless its subject "
        f"needs more; seed {facts.seed}"
    )


def _why(scenario: Scenario, check: Check) -> str:
    """What the run itself says of it, else what the scenario says of such ones."""
    reasons = {**EVERYWHERE, **scenario.why}
    known = (why for what, why in reasons.items() if check.what.startswith(what))
    return check.why or next(known, "")


def _told(scenario: Scenario, check: Check) -> str:
    """One line of a list."""
    told = f"- {check.what}: {check.measured}, "
    if check.kept:
        return f"{told}kept"
    return f"{told}**missed** ({_why(scenario, check) or NOT_EXPLAINED})"


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
    if row.grown is None:
        return ""
    files, tasks, kib = row.grown
    return f"{files:+d} / {tasks:+d} / {kib / 1024:+.1f}"
