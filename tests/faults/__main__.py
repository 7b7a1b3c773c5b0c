"""Run the fault plan, or a part of it, and write docs/reliability.md from all that is known.

Called by `make faults`, as `python -m tests.faults`.
Never     keeps what a short run measured. A run that is broken off keeps what it has so far.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults import record, report
from tests.faults.catalog import catalog, chosen
from tests.faults.contract import write_descriptors
from tests.faults.peak import PEAK, rate_of
from tests.faults.record import Ran
from tests.faults.row import Row
from tests.faults.run import run
from tests.faults.scenario import (
    FULL,
    LONG,
    SEED,
    SHORT,
    SHORT_RATE,
    Impossible,
    Manner,
    Scenario,
    Times,
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        scenarios = chosen(options.only, catalog())
    except ValueError as unknown:
        parser.error(str(unknown))
    if options.render:
        return _render()
    times = SHORT if options.short else LONG if options.long else FULL
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        write_descriptors(Path(folder))
        ran = asyncio.run(_all(scenarios, Path(folder), times, options))
    _say(f"\n{report.table(ran)}\n\n{report.summary(ran)}")
    if times is not SHORT:
        _render()
    return 1 if any(row.wrong for one in ran for row in one.rows) else 0


def _render() -> int:
    ran = record.kept(catalog())
    for line in report.unexplained(ran):
        _say(f"{report.NOT_EXPLAINED}: {line}")
    _say(f"{report.write(ran)}: written")
    return 0


async def _all(
    scenarios: Sequence[Scenario], folder: Path, times: Times, options: argparse.Namespace
) -> list[Ran]:
    task = asyncio.current_task()
    assert task is not None
    # whoever ends us ends what we started, too
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    rate = options.rate
    if not rate:
        rate = SHORT_RATE
        if times is not SHORT:
            rate = rate_of(await run(PEAK, folder=folder, manner=Manner(times=times)))
            _say(f"L = {rate:.0f} requests a second")
    manner = Manner(times=times, rate=rate, soak_s=options.soak, seed=options.seed)
    ran = []
    for scenario in scenarios:
        ran.append(await _one(scenario, folder, manner))
        if not manner.is_short:
            record.keep(ran[-1:])
    return ran


async def _one(scenario: Scenario, folder: Path, manner: Manner) -> Ran:
    began_s = time.monotonic()
    rows: Sequence[Row] = ()
    why_not = ""
    try:
        rows = await run(scenario, folder=folder, manner=manner)
    except Impossible as lacking:
        why_not = str(lacking)
    except Exception as wrong:  # noqa: BLE001 - the others still run
        why_not = f"it broke off: {wrong!r}"
    took_s = time.monotonic() - began_s
    _say(f"{scenario.id}: {scenario.title} ({took_s:.0f} s){f': {why_not}' if why_not else ''}")
    for check in (check for row in rows for check in row.checks):
        _say(f"    {'kept  ' if check.kept else 'MISSED'} {check.what}: {check.measured}")
    return Ran(
        scenario=scenario, rows=rows, why_not=why_not, facts=record.facts(manner), took_s=took_s
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make faults ARGS=...", description=__doc__)
    parser.add_argument("--only", default="", help="ids with commas between, such as F1,F4")
    parser.add_argument("--render", action="store_true", help="run nothing, write the page anew")
    lengths = parser.add_mutually_exclusive_group()
    lengths.add_argument("--short", action="store_true", help="seconds: what the tests run")
    lengths.add_argument("--long", action="store_true", help="phases of 10, 20 and 20 s")
    parser.add_argument("--rate", type=float, default=0.0, help="instead of measuring L")
    parser.add_argument("--soak", type=float, default=0.0, help="seconds of F28's random faults")
    parser.add_argument("--seed", type=int, default=SEED, help="of all that is left to chance")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
