"""F4: one of three replicas is frozen: its connections stay open, nobody answers on them.

Called by network.py.
"""

from collections.abc import Sequence

from tests.faults.bff import Bff
from tests.faults.groups import freezer
from tests.faults.oracle import Outcome
from tests.faults.replica import Replica
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Act, Acts, Site, calls_of

SEEN_WITHIN_S = 3.0


async def one_of_three(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    return [await _frozen(site, members, bff, (members[0].freeze, members[0].thaw))]


async def by_cgroup(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    with freezer("faults-frozen", members[0].pid) as turns:
        return [await _frozen(site, members, bff, (turns.freeze, turns.thaw))]


async def _frozen(site: Site, members: list[Replica], bff: Bff, turns: tuple[Act, Act]) -> Row:
    freeze, thaw = turns
    calls = calls_of(members)
    fault_s = max(site.times.fault_s, SEEN_WITHIN_S + 1.0)
    acts = await site.acts(bff, site.load(bff), fault=freeze, mend=thaw, fault_s=fault_s)
    late = acts.during.where(lambda it: it.due_s >= acts.began_s + SEEN_WITHIN_S)
    checks = [
        counted("lost", acts.faulty.count(Outcome.LOST)),
        counted("failures after second 3", len(late.bad)),
        at_most("failed reads", 100 * acts.faulty.share_bad(), 0.5, unit="%"),
        at_most(
            "last failure after CONT", acts.after.last_bad_after_s(acts.healed_s), 1.0, unit="s"
        ),
    ]
    attempts = (calls_of(members) - calls) / len(acts.all)
    note = f"failures by second: {by_second(acts)}"
    return site.row_of(acts, checks, variant="1 of 3", attempts=attempts, notes=[note])


def by_second(acts: Acts) -> list[int]:
    """Failures in each second of the fault."""
    bad = [int(it.due_s - acts.began_s) for it in acts.during.bad]
    return [bad.count(second) for second in range(int(acts.healed_s - acts.began_s) + 1)]


SCENARIOS = (
    Scenario(
        id="F4",
        title="frozen (SIGSTOP)",
        promise="0 errors after second 3; idempotent reads <= 0.5 % lost; recovery <= 1 s",
        run=one_of_three,
    ),
    Scenario(
        id="F4b",
        title="frozen (freezer cgroup)",
        promise="0 errors after second 3; idempotent reads <= 0.5 % lost; recovery <= 1 s",
        run=by_cgroup,
        tested=False,
    ),
)
