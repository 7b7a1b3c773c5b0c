"""F14: clients that send or read a byte a second, or say nothing, beside normal users.

Called by hostile.py.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.faults.attackers import READS, SILENT, WRITES, Attackers, give_way
from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff
from tests.faults.contract import ECHO, OTHER
from tests.faults.load import Load
from tests.faults.moment import passed
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Impossible, Scenario
from tests.faults.scenarios.gone import by_others
from tests.faults.site import Site
from tests.faults.tape import Tape

MOST_KIB = 256
LARGE_BYTES = 300_000
"""More than the BFF and a small window hold together, so that it waits for its reader."""
SLACK_S = 3.0
"""Connections are looked at twice a second, and the kernel gives up what it was told to a little
later than it was told."""
AFTERMATH_S = 2.0
"""What attackers leave behind is put away at their cost: it counts as the attack."""
QUICK = """
[connections]
per_address = 4000
head_s = 0.8
body_s = 1.2
body_grace_s = 0.5
write_s = 1.0
"""
PATIENT = "\n[connections]\nper_address = 4000\n"
"""Attackers and users have one address here, so that only the limits of time are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """begins    what each attacker says first
    does      what it does each second from then on
    within_s  when it is to be cut at the latest
    quick_s   the same in a short run
    """

    name: str
    begins: bytes
    does: str
    within_s: float
    quick_s: float
    count: int = 100


HEAD = b"GET /v1/other/slow HTTP/1.1\r\nHost: h\r\nX-Slow: "
BODY = b"POST /v1/echo/slow HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
LONG = b"GET /v1/echo/slow HTTP/1.1\r\nHost: h\r\n\r\n"
ATTACKS = (
    Attack(name="500 idle sockets", begins=b"", does=SILENT, within_s=10, quick_s=0.8, count=500),
    Attack(name="a head at 1 B/s", begins=HEAD, does=WRITES, within_s=10, quick_s=0.8),
    Attack(name="a body at 1 B/s", begins=BODY, does=WRITES, within_s=30, quick_s=1.2),
    Attack(name="300 KB read at 1 B/s", begins=LONG, does=READS, within_s=30, quick_s=1.0),
)


class Normal(NamedTuple):
    """share  of a core, what the BFF used"""

    p99_ms: float
    share: float


@dataclass(slots=True, eq=False)
class Street:
    """A BFF with a service of large answers, and normal users of another one."""

    bff: Bff
    load: Load
    since: tuple[float, float] = (0.0, 0.0)

    @classmethod
    async def of(cls, site: Site) -> "Street":
        large, other = await site.replicas(2)
        await large.behave(Behaviour(size_bytes=LARGE_BYTES))
        _elsewhere(site, large.pid)  # only attackers ask it
        more = QUICK if site.short else PATIENT
        bff = await site.bff({ECHO: large.address, OTHER: other.address}, more=more)
        load = site.load(bff, make=by_others)
        load.start()
        await passed(site.times.warm_s)
        load.tape = Tape()
        return cls(bff, load)

    async def look(self, seconds: float) -> Normal:
        """How users fare while nobody attacks."""
        self.taken()
        self.share()
        await passed(seconds)
        return Normal(self.taken().latency.p99_ms, self.share())

    async def after(self, before: Normal, seconds: float) -> tuple[Tape, Check]:
        """What became of users since `before`, when all attackers have ended; how they fared."""
        await passed(AFTERMATH_S)
        tape, share = self.taken(), self.share()
        return tape, fared(tape, share, before, await self.look(seconds))

    def taken(self) -> Tape:
        """What happened since it was asked last."""
        found, self.load.tape = self.load.tape, Tape()
        return found

    def share(self) -> float:
        """Of a core, what the BFF used since this was asked last."""
        (spent_s, at_s), now = self.since, (self.bff.cpu_s(), time.monotonic())
        self.since = now
        return (now[0] - spent_s) / (now[1] - at_s)


def _elsewhere(site: Site, pid: int) -> None:
    """As if it had processors of its own. Beside other tests it would have none at all."""
    if not site.short:
        give_way(pid)


def fared(tape: Tape, share: float, before: Normal, after: Normal) -> Check:
    """Normal users under attack. This machine has its moments, too: of two stretches of 10 s
    without any attack the later was over 1.2x in four cases of nine, of three the middle one in
    none of eight.
    """
    normal_ms = max(before.p99_ms, after.p99_ms)
    used = f"{before.share:.0%} of a core before, {share:.0%} meanwhile, {after.share:.0%} after"
    return at_most(
        f"normal users' p99 against {normal_ms} ms before or after",
        tape.latency.p99_ms / (normal_ms or 1.0),
        1.2,
        why=f"the BFF used {used}",
    )


async def attacks(site: Site) -> Sequence[Row]:
    street = await Street.of(site)
    rows = [await _attacked(site, street, one) for one in ATTACKS]
    await street.load.stop()
    return rows


async def _attacked(site: Site, street: Street, attack: Attack) -> Row:
    bff = street.bff
    within_s = attack.quick_s if site.short else attack.within_s
    count = attack.count // 5 if site.short else attack.count
    attackers = await Attackers.ready(
        bff.port,
        count=count,
        begins=attack.begins,
        does=attack.does,
        end_s=within_s + SLACK_S,
    )
    _elsewhere(site, attackers.pid)
    before = await street.look(within_s)
    rss_kib = bff.rss_kib()
    attacking = asyncio.create_task(attackers.attack())
    await passed(within_s * 0.3)  # all have come, none is cut
    each_kib = (bff.rss_kib() - rss_kib) / count
    ended = await attacking
    tape, fared = await street.after(before, within_s)
    checks = [
        counted("normal users that were not served", len(tape.bad)),
        counted("attackers that could not even connect", count - ended.dialled),
        counted(f"attackers not cut within {within_s:g} + {SLACK_S:g} s", ended.left),
        fared,
        at_most("memory for each attacker", each_kib, MOST_KIB, unit="KiB"),
    ]
    notes = [f"{count} attackers, the last cut after {ended.took_s:.1f} s"]
    return site.row(tape, checks, variant=attack.name, notes=notes)


TOOL = "slowhttptest"
MODES = (
    ("-H, slow headers", ("-H", "-i", "1")),
    ("-B, slow bodies", ("-B", "-i", "1", "-s", "8192")),
    ("-R, ranges", ("-R", "-a", "10", "-b", "3000")),
    ("-X, slow reads", ("-X", "-w", "64", "-y", "512", "-n", "1", "-z", "32")),
)


async def by_tool(site: Site) -> Sequence[Row]:
    """slowhttptest in its four modes, where it is installed."""
    found = shutil.which(TOOL)
    if found is None:
        raise Impossible(f"{TOOL} is not installed")
    street = await Street.of(site)
    rows = [await _tooled(site, street, name, (found, *options)) for name, options in MODES]
    await street.load.stop()
    return rows


async def _tooled(site: Site, street: Street, name: str, command: Sequence[str]) -> Row:
    seconds = 1 if site.short else max(15, int(site.times.fault_s))
    connections = 50 if site.short else 800
    path = "/v1/echo/slow" if "-X" in command or "-B" in command else "/v1/other/slow"
    rate = "50" if "-X" in command else "400"  # its own rate, where each asks for a long answer
    url = f"http://127.0.0.1:{street.bff.port}{path}"
    sized = ("-c", str(connections), "-r", rate, "-l", str(seconds), "-u", url, "-v", "0")
    before = await street.look(seconds)
    began = os.times()
    process = await asyncio.create_subprocess_exec(
        *(*command, *sized),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=site.folder,
    )
    _elsewhere(site, process.pid)
    try:
        await asyncio.wait_for(process.wait(), seconds + 20)
    except TimeoutError:
        process.kill()
        await process.wait()
    ended = os.times()
    tape, fared = await street.after(before, seconds)
    tool_s = sum(ended[2:4]) - sum(began[2:4])  # of children that have ended: no other has
    checks = [
        counted("normal users that were not served", len(tape.bad)),
        fared,
    ]
    tool_share = tool_s / (ended.elapsed - began.elapsed)
    sizes = f"{connections} connections, {rate} new ones a second, for {seconds} s"
    notes = [f"{sizes}; {TOOL} itself used {tool_share:.0%} of a core"]
    return site.row(tape, checks, variant=f"{TOOL} {name}", notes=notes)


PROMISE = (
    "normal users' p99 <= 1.2x; attackers cut: head 10 s, body 30 s, write 30 s; "
    "<= 256 KiB of memory each"
)
SCENARIOS = (
    Scenario(id="F14a", title="slow clients", promise=PROMISE, run=attacks),
    Scenario(id="F14b", title="slow clients", promise=PROMISE, run=by_tool),
)
