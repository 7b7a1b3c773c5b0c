"""F14: clients that send or read a byte a second, or say nothing, beside normal users.

Called by hostile.py.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff
from tests.faults.callers import SMALL_BYTES, Caller, crowd
from tests.faults.contract import ECHO, OTHER
from tests.faults.load import Load
from tests.faults.moment import passed
from tests.faults.oracle import Outcome
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Impossible, Scenario
from tests.faults.scenarios.gone import by_others
from tests.faults.site import Site
from tests.faults.tape import Tape

MOST_KIB = 256
LARGE_BYTES = 300_000
"""More than the BFF and a small window hold together, so that it waits for its reader."""
LOOK_S = 0.1
SLACK_S = 3.0
"""Connections are looked at twice a second, and the kernel gives up what it was told to a little
later than it was told."""
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

_HELD = ("01", "08")
"""ESTABLISHED and CLOSE_WAIT, as /proc/net/tcp has them."""

Trickle = Callable[[Caller], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """begins  what each attacker says first
    goes_on  what it does each second from then on
    within_s  when it is to be cut at the latest
    quick_s   the same in a short run
    """

    name: str
    begins: bytes
    goes_on: Trickle
    within_s: float
    quick_s: float
    count: int = 100


async def _nothing(_caller: Caller) -> None:
    pass


async def _writes(caller: Caller) -> None:
    caller.writer.write(b"x")


async def _reads(caller: Caller) -> None:
    await caller.reader.read(1)


HEAD = b"GET /v1/other/slow HTTP/1.1\r\nHost: h\r\nX-Slow: "
BODY = b"POST /v1/echo/slow HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
LONG = b"GET /v1/echo/slow HTTP/1.1\r\nHost: h\r\n\r\n"
ATTACKS = (
    Attack(
        name="500 idle sockets", begins=b"", goes_on=_nothing, within_s=10, quick_s=0.8, count=500
    ),
    Attack(name="a head at 1 B/s", begins=HEAD, goes_on=_writes, within_s=10, quick_s=0.8),
    Attack(name="a body at 1 B/s", begins=BODY, goes_on=_writes, within_s=30, quick_s=1.2),
    Attack(name="300 KB read at 1 B/s", begins=LONG, goes_on=_reads, within_s=30, quick_s=1.0),
)


@dataclass(slots=True, eq=False)
class Street:
    """A BFF with a service of large answers, and normal users of another one.

    normal        how they fared just before the attack
    normal_share  of a core, what the BFF used meanwhile
    """

    bff: Bff
    load: Load
    normal: Tape
    normal_share: float = 0.0
    since: tuple[float, float] = (0.0, 0.0)

    @classmethod
    async def of(cls, site: Site) -> "Street":
        large, other = await site.replicas(2)
        await large.behave(Behaviour(size_bytes=LARGE_BYTES))
        more = QUICK if site.short else PATIENT
        bff = await site.bff({ECHO: large.address, OTHER: other.address}, more=more)
        load = site.load(bff, make=by_others)
        load.start()
        await passed(site.times.warm_s)
        load.tape = Tape()
        return cls(bff, load, Tape())

    async def look(self, seconds: float) -> None:
        """How normal users fare just now: what comes next is held against that, for a machine has
        its hours, too.
        """
        self.taken()
        self.share()
        await passed(seconds)
        self.normal, self.normal_share = self.taken(), self.share()

    def taken(self) -> Tape:
        """What happened since it was asked last."""
        found, self.load.tape = self.load.tape, Tape()
        return found

    def share(self) -> float:
        """Of a core, what the BFF used since this was asked last."""
        (spent_s, at_s), now = self.since, (self.bff.cpu_s(), time.monotonic())
        self.since = now
        return (now[0] - spent_s) / (now[1] - at_s)

    def fared(self, tape: Tape) -> Check:
        """Normal users under attack. Attackers have the same processors here, so what the BFF used
        itself is told.
        """
        ratio = tape.latency.p99_ms / (self.normal.latency.p99_ms or 1.0)
        used = f"{self.normal_share:.0%} of a core before, {self.share():.0%} meanwhile"
        why = f"the BFF used {used}; the rest of both is the attackers' and the users' own"
        return at_most("normal users' p99 against before", ratio, 1.2, why=why)


async def attacks(site: Site) -> Sequence[Row]:
    street = await Street.of(site)
    rows = [await _attacked(site, street, one) for one in ATTACKS]
    await street.load.stop()
    return rows


async def _attacked(site: Site, street: Street, attack: Attack) -> Row:
    bff = street.bff
    within_s = attack.quick_s if site.short else attack.within_s
    count = attack.count // 5 if site.short else attack.count
    loop = asyncio.get_running_loop()
    rss_kib = bff.rss_kib()
    await street.look(site.times.fault_s)
    async with crowd(bff.port, count, receives_bytes=SMALL_BYTES) as callers:
        began_s = loop.time()
        trickling = asyncio.gather(*(_trickle(one, attack) for one in callers))
        await passed(within_s * 0.8)
        under_attack = street.taken()
        fared = street.fared(under_attack)
        each_kib = (bff.rss_kib() - rss_kib) / count
        left = len(callers)
        while left and loop.time() < began_s + within_s + SLACK_S:
            await passed(LOOK_S)
            left = held(bff.port, callers)
        cut_s = loop.time() - began_s
        tape = Tape([*under_attack, *street.taken()])
        trickling.cancel()
        await asyncio.gather(trickling, return_exceptions=True)
    checks = [
        counted("normal users that were not served", len(tape.bad)),
        counted("attackers that could not even connect", count - len(callers)),
        counted(f"attackers not cut within {within_s:g} + {SLACK_S:g} s", left),
        fared,
        at_most("memory for each attacker", each_kib, MOST_KIB, unit="KiB"),
    ]
    notes = [
        f"{count} attackers, cut after {cut_s:.1f} s; normal p99 {street.normal.latency.p99_ms} ms"
    ]
    return site.row(tape, checks, latency_of=under_attack, variant=attack.name, notes=notes)


def held(port: int, callers: Sequence[Caller]) -> int:
    """How many of these the server still has, by the kernel's account: they read nothing, and so
    would not know.
    """
    theirs = {one.port for one in callers}
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows = (line.split() for line in lines)
    return sum(
        _port(row[1]) == port and _port(row[2]) in theirs and row[3] in _HELD for row in rows
    )


def _port(address: str) -> int:
    """
    >>> _port("0100007F:1F90")
    8080
    """
    return int(address.rpartition(":")[2], 16)


async def _trickle(caller: Caller, attack: Attack) -> None:
    try:
        caller.writer.write(attack.begins)
        while not caller.is_cut:
            await passed(1.0)
            await attack.goes_on(caller)
    except OSError:
        return


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
    rate = "100" if "-X" in command else "400"  # each is a long answer of a service in Python
    url = f"http://127.0.0.1:{street.bff.port}{path}"
    sized = ("-c", str(connections), "-r", rate, "-l", str(seconds), "-u", url, "-v", "0")
    await street.look(site.times.fault_s)
    began = os.times()
    process = await asyncio.create_subprocess_exec(
        *(*command, *sized),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=site.folder,
    )
    try:
        await asyncio.wait_for(process.wait(), seconds + 20)
    except TimeoutError:
        process.kill()
        await process.wait()
    tape, ended = street.taken(), os.times()
    tool_s = sum(ended[2:4]) - sum(began[2:4])  # of children that have ended: no other has
    checks = [
        counted("normal users that were not served", len(tape.bad)),
        counted("normal users that were lost", tape.count(Outcome.LOST)),
        street.fared(tape),
    ]
    share = tool_s / (ended.elapsed - began.elapsed)
    notes = [f"{connections} connections for {seconds} s; {TOOL} itself used {share:.0%} of a core"]
    return site.row(tape, checks, variant=f"{TOOL} {name}", notes=notes)


PROMISE = (
    "normal users' p99 <= 1.2x; attackers cut: head 10 s, body 30 s, write 30 s; "
    "<= 256 KiB of memory each"
)
SCENARIOS = (
    Scenario(id="F14a", title="slow clients", promise=PROMISE, run=attacks),
    Scenario(id="F14b", title="slow clients", promise=PROMISE, run=by_tool),
)
