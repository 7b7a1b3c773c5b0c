"""Run the fault plan and write docs/reliability.md.

Called by `make faults`, as `python -m tests.faults`.
Never     writes the page from a part of the plan, or from a short run.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults import report
from tests.faults.catalog import catalog, chosen
from tests.faults.contract import write_descriptors
from tests.faults.peak import PEAK, rate_of
from tests.faults.report import Ran
from tests.faults.run import SHORT_RATE, run
from tests.faults.scenario import FULL, LONG, SHORT, Impossible, Scenario, Times


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        scenarios = chosen(options.only, catalog())
    except ValueError as unknown:
        parser.error(str(unknown))
    times = SHORT if options.short else LONG if options.long else FULL
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        write_descriptors(Path(folder))
        ran, rate = asyncio.run(_all(scenarios, Path(folder), times, options))
    _say(f"\n{report.table(ran)}\n\n{report.summary(ran)}")
    if not options.only and times is not SHORT:
        _say(f"{report.write(ran, times=times, rate=rate)}: written")
    return 1 if any(row.wrong for one in ran for row in one.rows) else 0


async def _all(
    scenarios: Sequence[Scenario], folder: Path, times: Times, options: argparse.Namespace
) -> tuple[list[Ran], float]:
    task = asyncio.current_task()
    assert task is not None
    # whoever ends us ends what we started, too
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    rate = options.rate
    if not rate:
        rate = SHORT_RATE
        if times is not SHORT:
            rate = rate_of(await run(PEAK, folder=folder, times=times))
            _say(f"L = {rate:.0f} requests a second")
    soak_s = options.soak
    done = [
        await _one(scenario, folder, times=times, rate=rate, soak_s=soak_s)
        for scenario in scenarios
    ]
    return done, rate


async def _one(
    scenario: Scenario, folder: Path, *, times: Times, rate: float, soak_s: float
) -> Ran:
    began_s = time.monotonic()
    try:
        rows = await run(scenario, folder=folder, times=times, rate=rate, soak_s=soak_s)
        made = Ran(scenario=scenario, rows=rows)
    except Impossible as lacking:
        made = Ran(scenario=scenario, why_not=str(lacking))
    except (AssertionError, OSError, LookupError, ValueError) as wrong:  # the others still run
        made = Ran(scenario=scenario, why_not=f"it broke off: {wrong!r}")
    _say(f"{scenario.id}: {scenario.title} ({time.monotonic() - began_s:.0f} s)")
    for row in made.rows:
        for check in row.checks:
            _say(f"    {'kept  ' if check.kept else 'MISSED'} {check.what}: {check.measured}")
    return made


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make faults ARGS=...", description=__doc__)
    parser.add_argument("--only", default="", help="ids with commas between, such as F1,F4")
    lengths = parser.add_mutually_exclusive_group()
    lengths.add_argument("--short", action="store_true", help="seconds: what the tests run")
    lengths.add_argument("--long", action="store_true", help="phases of 10, 20 and 20 s")
    parser.add_argument("--rate", type=float, default=0.0, help="instead of measuring L")
    parser.add_argument("--soak", type=float, default=0.0, help="seconds of F28's random faults")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
