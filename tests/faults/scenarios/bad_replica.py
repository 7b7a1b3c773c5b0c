"""F12: one of three replicas answers everything, half or a twentieth with an error; or ten times
slower than the others.

Called by network.py.
"""

from collections.abc import Sequence

from tests.faults.behaviour import Behaviour
from tests.faults.oracle import Outcome
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site, calls_of

MOST_FAILED = 10
NORMAL_MS = 10


async def erring(site: Site) -> Sequence[Row]:
    shares = (1,) if site.short else (1, 2, 20)
    return [await _erring(site, every) for every in shares]


async def _erring(site: Site, every: int) -> Row:
    members, bff = await site.three()
    calls = calls_of(members)
    sick = Behaviour(status="INTERNAL", every=every)
    acts = await site.acts(
        bff,
        site.load(bff),
        fault=lambda: members[0].behave(sick),
        mend=lambda: members[0].behave(Behaviour()),
        fault_s=max(site.times.fault_s, 2.0),
    )
    attempts = (calls_of(members) - calls) / len(acts.all)
    ejected = _ejections(await bff.metrics())
    checks = [counted("lost", acts.faulty.count(Outcome.LOST))]
    if every == 1:
        checks += [counted("failed calls until it is out", len(acts.faulty.bad), MOST_FAILED)]
    if every > 2:
        checks += [counted("ejections", ejected)]
    # whoever was put out is asked how it is, in a task, until a live call comes
    variant = f"{100 / every:.0f} % errors from 1 of 3"
    row = site.row_of(acts, checks, variant=variant, attempts=attempts, tasks=1)
    for one in members:
        await one.kill()
    return row


async def slower(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    for one in members:
        await one.behave(Behaviour(delay_ms=NORMAL_MS))
    acts = await site.acts(
        bff,
        site.load(bff),
        fault=lambda: members[0].behave(Behaviour(delay_ms=10 * NORMAL_MS)),
        mend=lambda: members[0].behave(Behaviour(delay_ms=NORMAL_MS)),
    )
    at_it = acts.during.where(lambda it: it.replica == members[0].name)
    checks = [
        counted("failed reads", len(acts.faulty.bad)),
        at_most("calls that it still gets", _share(acts, len(at_it)), 33.4, unit="%"),
    ]
    return [site.row_of(acts, checks, variant="1 of 3 is 10 times slower")]


def _share(acts: Acts, some: int) -> float:
    return 100 * some / max(1, len(acts.during))


def _ejections(metrics: dict[str, float]) -> int:
    found = (
        value
        for name, value in metrics.items()
        if name.startswith("bff_replica_turns") and 'state="ejected"' in name
    )
    return int(sum(found))


SCENARIOS = (
    Scenario(
        id="F12a",
        title="bad replica",
        promise="<= 10 failed calls at 100 %, then 0; no ejection below one in two",
        run=erring,
    ),
    Scenario(
        id="F12b",
        title="bad replica",
        promise="no failure; fewer calls for the slow one",
        run=slower,
    ),
)
