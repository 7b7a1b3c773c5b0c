"""The scenarios of what happens between the BFF and its services, in the plan's order.

Called by catalog.py.
"""

from tests.faults.scenario import Scenario
from tests.faults.scenarios import (
    bad_replica,
    flapping,
    frozen,
    goaway,
    half_open,
    killed,
    layers,
    names,
    overload,
    rolling,
    slow,
    stale,
    storm,
    unreachable,
    worker,
)

NETWORK: tuple[Scenario, ...] = (
    *killed.SCENARIOS,
    *unreachable.SCENARIOS,
    *slow.SCENARIOS,
    *frozen.SCENARIOS,
    *flapping.SCENARIOS,
    *half_open.SCENARIOS,
    *goaway.SCENARIOS,
    *names.SCENARIOS,
    *bad_replica.SCENARIOS,
    *stale.SCENARIOS,
    *overload.SCENARIOS,
    *rolling.SCENARIOS,
    *worker.SCENARIOS,
    *storm.SCENARIOS,
    *layers.SCENARIOS,
)
