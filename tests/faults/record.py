"""What was measured, kept as figures in docs/reliability.json: the page is put together from many
runs, a scenario's newest one each.

Called by __main__.py (adds its results), report.py (prints them).
Never     keeps a commit or a machine's name; a short run is not kept at all.
"""

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.bff import Figures
from tests.faults.oracle import Outcome
from tests.faults.row import Check, Row
from tests.faults.scenario import Manner, Scenario
from tests.faults.tape import Latency

FIGURES = Path(__file__).parents[2] / "docs" / "reliability.json"
NOT_YET = "not measured yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """When, how and on what a scenario was measured. Those with equal ones share a line.

    acts_s  before, during and after its fault
    """

    when: str
    acts_s: tuple[float, ...]
    rate: float
    seed: int
    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of one scenario: rows, or the words on why there are none."""

    scenario: Scenario
    rows: Sequence[Row] = ()
    why_not: str = ""
    facts: Facts | None = None
    took_s: float = 0.0


def facts(manner: Manner) -> Facts:
    """Of a run that ends now, here."""
    system = f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    times = manner.times
    return Facts(
        when=datetime.now(UTC).date().isoformat(),
        acts_s=(times.warm_s, times.fault_s, times.heal_s),
        rate=round(manner.rate),
        seed=manner.seed,
        machine=f"{os.cpu_count()} cores, {system}",
    )


def keep(ran: Iterable[Ran], *, path: Path = FIGURES) -> None:
    """Put these in the place of the same scenarios' older ones."""
    kept = {**_read(path), **{one.scenario.id: _told(one) for one in ran}}
    lines = (f"{json.dumps(name)}: {json.dumps(kept[name])}" for name in sorted(kept))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def kept(scenarios: Iterable[Scenario], *, path: Path = FIGURES) -> list[Ran]:
    """What is known of these; what was never measured says so."""
    known = _read(path)
    return [
        _ran(scenario, known[scenario.id])
        if scenario.id in known
        else Ran(scenario=scenario, why_not=NOT_YET)
        for scenario in scenarios
    ]


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _told(ran: Ran) -> dict[str, Any]:
    return {
        "facts": asdict(ran.facts) if ran.facts else None,
        "took_s": round(ran.took_s),
        "why_not": ran.why_not,
        "rows": [_row_told(row) for row in ran.rows],
    }


def _row_told(row: Row) -> dict[str, Any]:
    told = asdict(row)
    del told["id"]
    told["checks"] = [_check_told(check) for check in row.checks]
    told["recovery_s"] = None if row.recovery_s is None else round(row.recovery_s, 3)
    told["attempts"] = None if row.attempts is None else round(row.attempts, 3)
    return told


def _check_told(check: Check) -> dict[str, Any]:
    told = asdict(check)
    del told["is_timed"]
    return {name: value for name, value in told.items() if value != ""}


def _ran(scenario: Scenario, told: Mapping[str, Any]) -> Ran:
    given = told["facts"]
    return Ran(
        scenario=scenario,
        rows=[_row(scenario.id, row) for row in told["rows"]],
        why_not=told["why_not"],
        facts=Facts(**{**given, "acts_s": tuple(given["acts_s"])}) if given else None,
        took_s=told["took_s"],
    )


def _row(name: str, told: Mapping[str, Any]) -> Row:
    made = {
        "id": name,
        "counts": {Outcome(it): count for it, count in told["counts"].items()},
        "latency": Latency(*told["latency"]),
        "checks": tuple(Check(**check) for check in told["checks"]),
        "grown": Figures(*told["grown"]) if told["grown"] else None,
        "notes": tuple(told["notes"]),
    }
    return Row(**{**told, **made})
