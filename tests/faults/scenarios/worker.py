"""F18: one of two workers is killed.

Called by network.py.
"""

import asyncio
import os
import signal
from collections.abc import Sequence

from tests.faults.bff import Bff
from tests.faults.contract import ECHO
from tests.faults.moment import passed, until
from tests.faults.oracle import Outcome
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site

RESPAWN_S, NOTICED_S = 2.0, 0.1
WORKERS = 2


async def killed(site: Site) -> Sequence[Row]:
    (only,) = await site.replicas(1)
    bff = await site.bff({ECHO: only.address}, arguments=("--workers", str(WORKERS)))
    await until(lambda: len(bff.workers()) == WORKERS, within_s=10)
    load = site.load(bff)
    load.start()
    await passed(site.times.warm_s)
    loop = asyncio.get_running_loop()
    killed_s = loop.time()
    respawn_s = await _killed(bff)
    await passed(site.times.heal_s)
    await load.stop()
    # a client knows of a connection's end a moment later, and sends on it until then
    known_s = killed_s + NOTICED_S
    under_way = load.tape.where(lambda it: it.due_s <= known_s and it.ended_s >= killed_s)
    checks = [
        counted("lost, of those under way", load.tape.count(Outcome.LOST), max(2, len(under_way))),
        counted("failed but not lost", len(load.tape.bad) - load.tape.count(Outcome.LOST)),
        at_most("until there are two again", respawn_s, RESPAWN_S, unit="s"),
        at_most("last failure", load.tape.last_bad_after_s(killed_s), RESPAWN_S, unit="s"),
    ]
    return [site.row(load.tape, checks, recovery_s=load.tape.last_bad_after_s(killed_s))]


async def _killed(bff: Bff) -> float:
    """Kills one; how long it takes until another is in its place."""
    loop = asyncio.get_running_loop()
    victim, began_s = bff.workers()[0], loop.time()
    os.kill(victim, signal.SIGKILL)
    await until(lambda: len(bff.workers()) == WORKERS and victim not in bff.workers(), within_s=10)
    return loop.time() - began_s


SCENARIOS = (
    Scenario(
        id="F18",
        title="SIGKILL of 1 of 2 workers",
        promise="lost <= in flight there; respawn <= 2 s",
        run=killed,
    ),
)
