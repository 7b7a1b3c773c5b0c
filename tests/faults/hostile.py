"""The scenarios of services and clients that mean ill, in the plan's order.

Called by catalog.py.
"""

from tests.faults.scenario import Scenario
from tests.faults.scenarios import (
    clocks,
    cut,
    drift,
    fan_out,
    files,
    forked,
    garbage,
    gone,
    huge,
    issuer_ill,
    memory,
    slow_clients,
    soak,
    starved,
    store_down,
)

HOSTILE: tuple[Scenario, ...] = (
    *garbage.SCENARIOS,
    *huge.SCENARIOS,
    *cut.SCENARIOS,
    *gone.SCENARIOS,
    *slow_clients.SCENARIOS,
    *memory.SCENARIOS,
    *store_down.SCENARIOS,
    *issuer_ill.SCENARIOS,
    *clocks.SCENARIOS,
    *drift.SCENARIOS,
    *fan_out.SCENARIOS,
    *starved.SCENARIOS,
    *files.SCENARIOS,
    *forked.SCENARIOS,
    *soak.SCENARIOS,
)
