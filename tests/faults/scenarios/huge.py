"""F8: answers that are bombs, or far too large; memory and the loop must not feel them.

Called by hostile.py.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from tests.faults.bff import Bff
from tests.faults.contract import ECHO
from tests.faults.huge_modes import Mode, modes
from tests.faults.moment import passed
from tests.faults.oracle import Answer, Ask, Judge, Outcome, Verdict, judged
from tests.faults.rogue import Rogue
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Site
from tests.faults.tape import Tape
from tests.faults.volley import volley

AT_ONCE = 20
LIMIT_KIB = 4_096
"""[transport] max_reply_bytes, unless set."""
MOST_KIB = 2 * LIMIT_KIB * AT_ONCE
LAG_METRIC = "bff_loop_lag_seconds"
WATCH_S = 0.02


@dataclass(slots=True)
class Watch:
    """The most memory that a process was seen with, while inside."""

    bff: Bff
    most_kib: int = 0
    _task: "asyncio.Task[None] | None" = field(default=None)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            self.most_kib = max(self.most_kib, self.bff.rss_kib())
            await passed(WATCH_S)


async def every_mode(site: Site) -> Sequence[Row]:
    rogue = await site.stack.enter_async_context(Rogue(site.descriptors).running())
    bff = await site.bff({ECHO: rogue.address}, more="[breaker]\ncalls = 0\n")
    found = modes()
    await _all_of(bff, rogue, found[:1], count=AT_ONCE)
    await _good(bff, rogue)
    base = await bff.figures()
    count = AT_ONCE if site.short else 10 * AT_ONCE
    async with Watch(bff) as watch:
        tape = await _all_of(bff, rogue, found, count=count)
    lag_s = (await bff.metrics())[LAG_METRIC]
    good = await _good(bff, rogue)
    left = await bff.settled(base, within_s=site.times.settle_s)
    checks = [
        counted("answers other than 502", len(tape) - tape.count(Outcome.CLEAN)),
        counted("good calls after it that failed", len(good.bad)),
        counted(
            "memory beyond twice the limit of each, KiB", watch.most_kib - base.rss_kib, MOST_KIB
        ),
        at_most("loop lag", lag_s * 1000, 100, unit="ms"),
    ]
    notes = [f"{AT_ONCE} at once: {one.name}" for one in found]
    whole = Tape([*tape, *good])
    return [site.row(whole, checks, latency_of=tape, base=base, left=left, notes=notes)]


async def _all_of(bff: Bff, rogue: Rogue, found: Sequence[Mode], *, count: int) -> Tape:
    tape = Tape()
    for mode in found:
        rogue.misdeed = mode.misdeed
        asks = [Ask(id=f"h-{it}", path=f"/v1/echo/h-{it}", kind=mode.name) for it in range(count)]
        tape.shots.extend(await volley(bff.port, asks, judge=_told(mode.told), at_once=AT_ONCE))
    rogue.misdeed = None
    return tape


async def _good(bff: Bff, rogue: Rogue) -> Tape:
    rogue.misdeed = None
    return await volley(bff.port, [Ask(id=f"o-{it}", path=f"/v1/echo/o-{it}") for it in range(20)])


def _told(promised: str) -> Judge:
    def judge(ask: Ask, answer: Answer | None) -> Verdict:
        found = judged(ask, answer)
        if found.outcome is Outcome.CLEAN and found.why != promised:
            return Verdict(Outcome.LOST, f"{ask.kind}: {found.why}")
        return found

    return judge


SCENARIOS = (
    Scenario(
        id="F8",
        title="bombs and huge replies",
        promise="502; memory grows by 2x the limit per request at most; loop lag <= 100 ms",
        run=every_mode,
    ),
)
