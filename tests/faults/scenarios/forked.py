"""F27: several processes, and one that was forked after the BFF was made.

Called by hostile.py.
"""

import asyncio
import sys
from collections.abc import Sequence

from tests.faults.bff import ROOT
from tests.faults.contract import ECHO
from tests.faults.moment import passed, until
from tests.faults.oracle import Ask
from tests.faults.preloaded import WORKERS
from tests.faults.row import Check, Row, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import volley


async def workers(site: Site) -> Sequence[Row]:
    """Each is an interpreter of its own: what one holds, such as a connection, no other has."""
    (only,) = await site.replicas()
    wanted = 2 if site.short else WORKERS
    bff = await site.bff({ECHO: only.address}, arguments=("--workers", str(wanted)))
    await until(lambda: len(bff.workers()) == wanted, within_s=30)
    count = 40 if site.short else 2_000
    asks = [
        Ask(id=f"k-{it}", path=f"/v1/echo/k-{it}", identity=f"Bearer {it}") for it in range(count)
    ]
    await passed(site.times.warm_s)
    tape = await volley(bff.port, asks)
    started = len(bff.workers())
    checks = [
        counted("not served", len(tape.bad)),
        Check(what="workers", kept=started == wanted, measured=str(started)),
    ]
    return [site.row(tape, checks, variant=f"{wanted} workers")]


async def preloaded(site: Site) -> Sequence[Row]:
    """As a server does that loads the app once and then forks."""
    await site.bff({ECHO: "127.0.0.1:1"})  # its config is theirs
    before = await _lines(site, "before")
    after = await _lines(site, "after")
    refused = [line for line in before if "assembled before this process was forked" in line]
    checks = [
        counted("children that ran what was made before the fork", WORKERS - len(refused)),
        counted("children that could not run their own", WORKERS - after.count("ran")),
    ]
    return [site.row(Tape(), checks, variant=f"made before a fork, {WORKERS} children")]


async def _lines(site: Site, when: str) -> list[str]:
    config = next(site.folder.glob("*/bff.toml"))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.preloaded", str(config), when),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    return told.decode().splitlines()


PROMISE = "every worker serves; a BFF that was made before a fork refuses to start after it"
SCENARIOS = (
    Scenario(id="F27a", title="fork", promise=PROMISE, run=workers),
    Scenario(id="F27b", title="fork", promise=PROMISE, run=preloaded),
)
