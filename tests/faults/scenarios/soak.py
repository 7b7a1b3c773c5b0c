"""F28: for a long time, one fault after the other, chosen by chance from a seed: of services, of
clients, of the network, and of the store (F19's), where there is one.

Called by hostile.py. `python -m tests.faults --only F28 --soak 1800` is the whole of it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import linear_regression

from tests.faults.behaviour import Behaviour
from tests.faults.bff import Bff, Figures
from tests.faults.callers import crowd
from tests.faults.contract import ECHO
from tests.faults.load import reads
from tests.faults.moment import passed
from tests.faults.oracle import Answer, Ask, Outcome, Verdict
from tests.faults.proxy import ChaosProxy
from tests.faults.replica import Replica
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Impossible, Scenario
from tests.faults.scenarios.cut import NDJSON, READERS, slug_of
from tests.faults.site import Site
from tests.faults.store import CLOSED, Household, household
from tests.faults.store import judge as judge_of_store
from tests.faults.store_faults import CASES
from tests.faults.store_faults import Fault as StoreFault
from tests.faults.tape import Tape

SHORT_S, USUAL_S = 3.0, 60.0
MOST_LOST = 0.001
LOOKS = 60
"""At the process's figures, during a soak."""
TELLING_S = 200.0
"""A shorter stretch says nothing of an hour."""
MESSAGES = 3
STREAMS_EVERY = 10
HEALTHY = Behaviour(messages=MESSAGES, gap_ms=5)


@dataclass(frozen=True, slots=True)
class Stage:
    """Three replicas, the third behind a proxy."""

    members: Sequence[Replica]
    proxy: ChaosProxy
    bff: Bff
    chance: random.Random
    home: Household | None

    def one(self) -> Replica:
        return self.chance.choice(self.members)


Fault = Callable[[Stage], Awaitable[None]]
Look = tuple[float, Figures]
"""When, and what a process had then."""


async def killed(stage: Stage) -> None:
    victim = stage.one()
    await victim.kill()
    await passed(stage.chance.uniform(0.2, 2.0))
    await victim.start()
    await victim.behave(HEALTHY)


async def flapping(stage: Stage) -> None:
    victim = stage.one()
    for _ in range(3):
        await victim.kill()
        await passed(0.3)
        await victim.start()
        await victim.behave(HEALTHY)


async def frozen(stage: Stage) -> None:
    victim = stage.one()
    victim.freeze()
    await passed(stage.chance.uniform(0.2, 4.0))
    victim.thaw()


async def slow(stage: Stage) -> None:
    await _behaving(stage, Behaviour(delay_ms=300, messages=MESSAGES, gap_ms=5))


async def failing(stage: Stage) -> None:
    await _behaving(stage, Behaviour(status="UNAVAILABLE", every=2, messages=MESSAGES, gap_ms=5))


async def cutting(stage: Stage) -> None:
    """Streams end after their second message."""
    cut = Behaviour(abort_after=2, messages=MESSAGES, gap_ms=5)
    await _behaving(stage, cut)


async def reset(stage: Stage) -> None:
    stage.proxy.reset()


async def stalled(stage: Stage) -> None:
    stage.proxy.turn(stalled="down")
    await passed(stage.chance.uniform(0.2, 4.0))
    stage.proxy.turn(stalled="")


async def left(stage: Stage) -> None:
    """Many ask and go at once."""
    async with crowd(stage.bff.port, 50) as callers:
        for number, one in enumerate(callers):
            one.ask(Ask(id=f"gone-{number}", path=f"/v1/echo/gone-{number}"))
        await passed(stage.chance.uniform(0.0, 0.05))


async def store_ill(stage: Stage) -> None:
    """One of F19's faults; not the one that puts back what was there before."""
    assert stage.home is not None
    case = stage.chance.choice([it for it in CASES if it.begins is not StoreFault.mistype])
    fault = StoreFault(stage.home, stage.chance.uniform(0.3, 2.0))
    await case.begins(fault)
    await passed(fault.seconds)
    await case.ends(fault)


FAULTS: tuple[Fault, ...] = (
    *(killed, flapping, frozen, slow, failing),
    *(cutting, reset, stalled, left),
)


async def _behaving(stage: Stage, behaviour: Behaviour) -> None:
    victim = stage.one()
    await victim.behave(behaviour)
    await passed(stage.chance.uniform(0.3, 2.0))
    await victim.behave(HEALTHY)


async def soaked(site: Site) -> Sequence[Row]:
    stage, notes = await _stage(site)
    bff, home = stage.bff, stage.home
    load = site.load(bff, make=lambda number: asked(number, home), judge=judge)
    load.start()
    await passed(site.times.warm_s)
    await load.stop()
    base = await bff.figures()
    load.start()
    looks: list[Look] = []
    watching = asyncio.create_task(_watched(bff, looks, every_s=_seconds(site) / LOOKS))
    done = await _faults(stage, _seconds(site))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await passed(site.times.heal_s)
    await load.stop()
    if home is not None:
        home.proxy.reset()  # how many connections it has is the last moment's affair
    after = await bff.settled(base, within_s=site.times.settle_s)
    named = ", ".join(f"{count} x {name}" for name, count in sorted(done.items()))
    notes += [f"{_seconds(site):.0f} s: {named}", slopes(looks)]
    notes += [f"{count} x {why}" for why, count in load.tape.whys.most_common(5)]
    # whoever was put out is asked how it is, in a task, until a live call comes
    row = site.row(load.tape, _checks(load.tape, bff), base=base, left=after, tasks=1, notes=notes)
    return [row]


async def _stage(site: Site) -> tuple[Stage, list[str]]:
    """Where it takes place, and what had to be left out."""
    members = await site.replicas(3)
    await asyncio.gather(*(one.behave(HEALTHY) for one in members))
    proxy = await site.proxy(members[2].address)
    target = ",".join([members[0].address, members[1].address, proxy.address])
    try:
        home = await household(site, target)
    except Impossible as lacking:
        bff = await site.bff({ECHO: target})
        return Stage(members, proxy, bff, site.chance, None), [f"without a store: {lacking}"]
    return Stage(members, proxy, home.bff, site.chance, home), []


def _checks(tape: Tape, bff: Bff) -> list[Check]:
    others = tape.where(lambda it: it.kind not in CLOSED)
    failed = 100 * others.share_bad()
    return [
        counted("lost", tape.count(Outcome.LOST), round(len(tape) * MOST_LOST)),
        counted("crashes", len(bff.events("crashed"))),
        at_most("errors of all kinds, cut streams among them", failed, 2.0, unit="%"),
        counted("sessions that a fault ended", tape.of("session").whys["401 session-expired"]),
    ]


def _seconds(site: Site) -> float:
    return site.soak_s or (SHORT_S if site.short else USUAL_S)


async def _faults(stage: Stage, seconds: float) -> Counter[str]:
    """One after the other, until the time is up; how often each came."""
    loop, done = asyncio.get_running_loop(), Counter[str]()
    end_s = loop.time() + seconds
    faults = (*FAULTS, *(() if stage.home is None else (store_ill, store_ill)))
    while loop.time() < end_s:
        fault = stage.chance.choice(faults)
        done[fault.__name__] += 1
        await fault(stage)
        await passed(stage.chance.uniform(0.1, 1.0))
    return done


async def _watched(bff: Bff, looks: list[Look], *, every_s: float) -> None:
    while True:
        looks.append((asyncio.get_running_loop().time(), await bff.figures()))
        await passed(every_s)


def slopes(looks: Sequence[Look]) -> str:
    """How figures grew an hour, over the second half: in the first a process finds its size.

    >>> slopes([(it * 60.0, Figures(9, 5, 1024 * it)) for it in range(10)])
    'an hour: files +0.0, tasks +0.0, RSS +60.0 MiB'
    """
    half = looks[len(looks) // 2 :]
    at_s = [at for at, _ in half]
    if not half or at_s[-1] - at_s[0] < TELLING_S:
        return "too short for slopes"
    files, tasks, kib = (
        linear_regression(at_s, [it[which] for _, it in half]).slope * 3_600 for which in range(3)
    )
    return f"an hour: files {files:+.1f}, tasks {tasks:+.1f}, RSS {kib / 1024:+.1f} MiB"


def asked(number: int, home: Household | None) -> Ask:
    """Reads, or all that a store is needed for, and a stream now and then."""
    if number % STREAMS_EVERY:
        return home.asked(number) if home else reads(number)
    plain = reads(number)
    return Ask(
        id=plain.id,
        path=f"{plain.path}:watch",
        identity=plain.identity,
        headers={"Accept": NDJSON},
        kind="stream",
    )


def judge(ask: Ask, answer: Answer | None) -> Verdict:
    """A stream is whole with all its messages, or has a typed last word."""
    if ask.kind != "stream" or answer is None or answer.status >= 300:
        return judge_of_store(ask, answer)
    try:
        messages, error = READERS[NDJSON](answer.body.decode())
        if error:
            return Verdict(Outcome.CLEAN, f"stream: {slug_of(error)}")
    except (ValueError, KeyError):
        return Verdict(Outcome.LOST, "a stream that ends with half a line")
    whose = {(one["id"], one["identity"]) for one in messages}
    if whose - {(ask.id, ask.identity)} or len(messages) != MESSAGES:
        return Verdict(Outcome.WRONG, f"stream: {len(messages)} messages of {whose}")
    return Verdict(Outcome.OK)


SCENARIOS = (
    Scenario(
        id="F28",
        title="soak",
        promise="lost <= 0.1 %, wrong 0, leaks 0",
        run=soaked,
    ),
)
