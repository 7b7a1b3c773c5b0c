""" "L": the open-loop rate that this machine holds, measured at the beginning of a run.

Called by __main__.py.
Source    docs/spec/reliability.md section 2: p99 <= 50 ms at 60 % of the processors. Here they
          carry the generator and the services, too: it is the machine that may be so busy.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from tests.faults.moment import passed
from tests.faults.row import Row
from tests.faults.scenario import Scenario
from tests.faults.site import Site

P99_MS, BUSY = 50.0, 0.6
FIRST_PER_S, STEP, MOST_PER_S = 100.0, 1.4, 3_000.0
STEP_S = 3.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


async def find(site: Site) -> Sequence[Row]:
    """One row, sent at the last rate that held."""
    _, bff = await site.three()
    rate, held = FIRST_PER_S, None
    while rate < MOST_PER_S:
        load = site.load(bff, rate=rate)
        load.start()
        await passed(1.0)
        busy_s, began_s = _busy_s(), asyncio.get_running_loop().time()
        await passed(STEP_S)
        elapsed_s = asyncio.get_running_loop().time() - began_s
        busy = (_busy_s() - busy_s) / elapsed_s / (os.cpu_count() or 1)
        await load.stop()
        tape = load.tape.between(began_s, float("inf"))
        if tape.bad.shots or tape.latency.p99_ms > P99_MS or (held and busy > BUSY):
            break
        note = f"{rate:.0f}"
        held = site.row(tape, [], variant=f"processors {100 * busy:.0f} % busy", notes=(note,))
        rate *= STEP
    assert held is not None, f"this machine does not even hold {FIRST_PER_S:.0f} requests a second"
    return [held]


def rate_of(rows: Sequence[Row]) -> float:
    return float(rows[0].notes[0])


def _busy_s() -> float:
    """Seconds that all processors together were not idle, ever."""
    first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0].split()[1:9]
    ticks = [int(it) for it in first]
    return (sum(ticks) - ticks[3] - ticks[4]) / _TICKS_PER_S


PEAK = Scenario(id="L", title="nothing is wrong", promise="p99 <= 50 ms", run=find)
