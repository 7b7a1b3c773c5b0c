"""Where one scenario takes place: starts what it asks for, ends it all afterwards, measures.

Called by run.py (makes one for each scenario), scenarios (use it).
Never     shares a process or a port with another scenario.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.bff import Bff, Figures, running_bff
from tests.faults.contract import ECHO
from tests.faults.load import Load, Make, reads
from tests.faults.moment import passed
from tests.faults.oracle import Judge, Outcome, judged
from tests.faults.proxy import ChaosProxy
from tests.faults.replica import Replica
from tests.faults.row import Check, Row, amid, counted, counts_of, leaks, sent_late
from tests.faults.scenario import Manner, Scenario
from tests.faults.tape import Tape

Act = Callable[[], Awaitable[None] | None]
WARMINGS = 3

CONFIG = """\
[contract]
descriptors = ["{descriptors}"]
[access]
default = "public"
{access}
[log]
level = "warning"
[metadata]
forward = ["x-identity", "authorization"]
[services]
{services}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """A run in three acts.

    before    the load while all was well
    during    from the fault's beginning to its end
    after     from then on
    healed_s  the moment between those two, on the loop's clock
    """

    before: Tape
    during: Tape
    after: Tape
    began_s: float
    healed_s: float
    base: Figures
    left: Figures

    @property
    def all(self) -> Tape:
        return Tape([*self.before, *self.during, *self.after])

    @property
    def faulty(self) -> Tape:
        return Tape([*self.during, *self.after])


class Site:
    """scenario  what takes place here
    manner    how it is run; `times`, `rate`, `short` and `soak_s` are of it
    chance    from its seed
    folder    for its files
    """

    def __init__(self, scenario: Scenario, *, manner: Manner, folder: Path) -> None:
        self.scenario = scenario
        self.times, self.rate, self.short = manner.times, manner.rate, manner.is_short
        self.soak_s = manner.soak_s
        self.chance = random.Random(manner.seed)
        self.folder = folder
        self.descriptors = folder.parent / "faults.binpb"
        self.stack = contextlib.AsyncExitStack()
        self._made = 0

    def __repr__(self) -> str:
        return f"<Site of {self.scenario.id} in {self.folder}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stack.aclose()

    async def replicas(self, count: int = 1, *, max_age_ms: int = 0) -> list[Replica]:
        """So many scripted services, each a process, all listening."""
        made = [
            Replica(
                f"r{self._number()}",
                folder=self.folder,
                descriptors=self.descriptors,
                max_age_ms=max_age_ms,
            )
            for _ in range(count)
        ]
        for one in made:
            self.stack.push_async_callback(one.close)
        await asyncio.gather(*(one.start() for one in made))
        return made

    async def replica(self, host: str, port: int = 0) -> Replica:
        """One with an address of its own within loopback."""
        name = f"r{self._number()}"
        made = Replica(name, folder=self.folder, descriptors=self.descriptors, host=host, port=port)
        self.stack.push_async_callback(made.close)
        await made.start()
        return made

    async def proxy(self, target: str) -> ChaosProxy:
        """A TCP proxy to "host:port", in this process."""
        return await self.stack.enter_async_context(ChaosProxy(target))

    async def bff(
        self,
        services: Mapping[str, str],
        *,
        more: str = "",
        access: str = "",
        arguments: Sequence[str] = (),
        prefix: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        descriptors: Path | None = None,
        ports: tuple[int, int] = (0, 0),
    ) -> Bff:
        """A BFF of the echo contract: its [services], lines of [access], and `more` tables."""
        config = self.folder / f"bff{self._number()}" / "bff.toml"
        config.parent.mkdir()
        lines = "\n".join(f'"{name}" = "{address}"' for name, address in services.items())
        given = {"descriptors": descriptors or self.descriptors, "services": lines}
        config.write_text(CONFIG.format(**given, access=access) + more, encoding="utf-8")
        running = running_bff(config, arguments=arguments, prefix=prefix, env=env, ports=ports)
        return await self.stack.enter_async_context(running)

    async def three(self, *, more: str = "") -> tuple[list[Replica], Bff]:
        """Three replicas of Echo behind a BFF: what most faults befall."""
        members = await self.replicas(3)
        return members, await self.bff({ECHO: target_of(members)}, more=more)

    def load(
        self,
        bff: Bff,
        *others: Bff,
        rate: float | None = None,
        make: Make = reads,
        judge: Judge = judged,
        patience_s: float = 10.0,
    ) -> Load:
        """Not started; `others` are asked where the first can't be reached."""
        ports = [one.port for one in (bff, *others)]
        return Load(*ports, rate=rate or self.rate, make=make, judge=judge, patience_s=patience_s)

    async def acts(
        self,
        bff: Bff,
        load: Load,
        *,
        fault: Act,
        mend: Act,
        fault_s: float | None = None,
        tidy: Act | None = None,
    ) -> Acts:
        """Warm up, break it, mend it, under one load; figures while nothing is asked.

        fault, mend  functions or coroutine functions; they run beside the load
        tidy         ends what else the scenario has under way, before the figures are looked at
        """
        loop = asyncio.get_running_loop()
        before = await self._warmed(load)
        base = await bff.figures()
        load.start()
        began_s = loop.time()
        await _done(fault)
        await passed(began_s + (fault_s or self.times.fault_s) - loop.time())
        await _done(mend)
        healed_s = loop.time()
        await passed(self.times.heal_s)
        await load.stop()
        if tidy is not None:
            await _done(tidy)
        left = await bff.settled(base, within_s=self.times.settle_s)
        return Acts(
            before=before,
            during=load.tape.between(began_s - 1.0, healed_s),
            after=load.tape.between(healed_s, float("inf")),
            began_s=began_s,
            healed_s=healed_s,
            base=base,
            left=left,
        )

    async def _warmed(self, load: Load) -> Tape:
        """What came while nothing was broken; again where the machine had a bad moment."""
        for _ in range(WARMINGS):
            load.start()
            await passed(self.times.warm_s)
            await load.stop()
            before, load.tape = load.tape, Tape()
            if not before.bad:
                return before
        raise AssertionError(f"not well before anything was broken: {before.bad.tell()}")

    def row(
        self,
        tape: Tape,
        checks: Iterable[Check],
        *,
        latency_of: Tape | None = None,
        variant: str = "",
        base: Figures | None = None,
        left: Figures | None = None,
        tasks: int = 0,
        recovery_s: float | None = None,
        attempts: float | None = None,
        notes: Iterable[str] = (),
    ) -> Row:
        """The row of everything on `tape`; that nothing was wrong and nothing leaked is added."""
        title = f"{self.scenario.title}: {variant}" if variant else self.scenario.title
        always, grown = [counted("wrong", tape.count(Outcome.WRONG))], None
        if base is not None and left is not None:
            always += leaks(base, left, tasks=tasks, short=self.short)
            grown = Figures(*(now - then for now, then in zip(left, base, strict=True)))
        timed = latency_of if latency_of is not None else tape
        return Row(
            id=self.scenario.id,
            title=title,
            sent=len(tape),
            counts=counts_of(tape),
            latency=timed.latency,
            checks=tuple(amid((*checks, *always), timed.lateness)),
            recovery_s=recovery_s,
            attempts=attempts,
            grown=grown,
            notes=(*notes, *sent_late(timed.lateness)),
        )

    def row_of(
        self,
        acts: Acts,
        checks: Iterable[Check],
        *,
        variant: str = "",
        attempts: float | None = None,
        tasks: int = 0,
        notes: Iterable[str] = (),
    ) -> Row:
        """The row of a run in three acts; its latency is that of the fault.

        tasks  how many more there may be afterwards
        """
        return self.row(
            acts.faulty,
            checks,
            latency_of=acts.during,
            variant=variant,
            base=acts.base,
            left=acts.left,
            tasks=tasks,
            recovery_s=acts.after.last_bad_after_s(acts.healed_s),
            attempts=attempts,
            notes=notes,
        )

    def _number(self) -> int:
        self._made += 1
        return self._made


def target_of(members: Iterable[Replica]) -> str:
    """As [services] has it: all addresses with commas between."""
    return ",".join(one.address for one in members)


def calls_of(members: Iterable[Replica]) -> int:
    """How many calls reached these so far."""
    return sum(one.counts.calls for one in members)


async def _done(act: Act) -> None:
    waiting = act()
    if waiting is not None:
        await waiting
