"""Run one scenario from nothing to its rows.

Called by __main__.py, the tests beside it.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults.contract import write_descriptors
from tests.faults.row import Row
from tests.faults.scenario import Manner, Scenario
from tests.faults.site import Site

QUICK = Manner()


async def run(scenario: Scenario, *, folder: Path, manner: Manner = QUICK) -> Sequence[Row]:
    """The scenario's rows; `folder` has the compiled contract (`write_descriptors`)."""
    place = Path(tempfile.mkdtemp(prefix=f"{scenario.id}-", dir=folder))
    async with Site(scenario, manner=manner, folder=place) as site:
        return await scenario.run(site)


async def run_short(scenario: Scenario, folder: Path) -> Sequence[Row]:
    """What a test does: each scenario once, in seconds. Compiles the contract into `folder`."""
    write_descriptors(folder)
    return await run(scenario, folder=folder)


def broken(rows: Sequence[Row]) -> list[str]:
    """The promises that do not depend on a machine's speed and were not kept."""
    return [
        f"{row.id} {row.title}: {check.what}: {check.measured}"
        for row in rows
        for check in row.broken
        if not check.is_timed
    ]
