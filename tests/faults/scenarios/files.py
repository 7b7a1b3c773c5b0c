"""F26: more clients than the process may have files: nobody spins, and it ends when they go.

Called by hostile.py.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

from tests.faults.bff import ask
from tests.faults.callers import Caller, crowd
from tests.faults.contract import ECHO
from tests.faults.moment import passed
from tests.faults.oracle import Ask, Outcome, judged
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.volley import answer_of, volley

FILES = 256
CLIENTS = 400
CONFIG = "\n[connections]\nper_address = 4000\n"
HELD_S = 1.0


async def exhausted(site: Site) -> Sequence[Row]:
    (only,) = await site.replicas()
    limited = ("sh", "-c", f'ulimit -n {FILES} && exec "$@"', "sh")
    bff = await site.bff({ECHO: only.address}, more=CONFIG, prefix=limited)
    tape = await volley(bff.port, [_read(it) for it in range(50)])
    base, loop = await bff.figures(), asyncio.get_running_loop()
    async with crowd(bff.port, CLIENTS) as callers:
        for number, one in enumerate(callers):
            one.ask(_read(number))
        told = Counter(await asyncio.gather(*(_status(one) for one in callers)))
        cpu_s = bff.cpu_s()
        await passed(HELD_S)
        spent = (bff.cpu_s() - cpu_s) / HELD_S
        most_files = bff.files()
        alive, _ = await ask(bff.admin_port, "/livez")
    left_s, began_s = loop.time(), 0.0
    first = _read(999)
    while judged(first, await answer_of(bff.port, first)).outcome is not Outcome.OK:
        began_s = loop.time() - left_s
        await passed(0.02)
    tape.shots.extend(await volley(bff.port, [_read(it) for it in range(50)]))
    left = await bff.settled(base, within_s=site.times.settle_s)
    others = sum(count for status, count in told.items() if status not in (200, 503, 0))
    checks = [
        counted("answers but 200, 503 and a closed connection", others),
        Check(what="some are served", kept=told[200] > FILES // 2, measured=f"{told[200]}"),
        Check(what="health while it lasts", kept=alive == 200, measured=str(alive)),
        counted("open files beyond the limit", max(0, most_files - FILES)),
        Check(what="no spin: CPU while it lasts", kept=spent < 0.5, measured=f"{spent:.0%}"),
        at_most("served again once they left", began_s, 1.0, unit="s"),
    ]
    notes = [f"{told[200]} answered, {told[503]} refused, {told[0]} closed"]
    return [site.row(tape, checks, base=base, left=left, notes=notes)]


async def _status(caller: Caller) -> int:
    """Of its answer; 0 where the connection was closed without one."""
    try:
        async with asyncio.timeout(5):
            head = await caller.reader.readuntil(b"\r\n")
    except (asyncio.IncompleteReadError, OSError, TimeoutError):
        return 0
    return int(head.split()[1])


def _read(number: int) -> Ask:
    return Ask(id=f"f-{number}", path=f"/v1/echo/f-{number}", identity=f"Bearer u-{number}")


SCENARIOS = (
    Scenario(
        id="F26",
        title=f"{CLIENTS} clients, {FILES} open files",
        promise="no spin, 503 or a pause of accept; recovery <= 1 s",
        run=exhausted,
    ),
)
