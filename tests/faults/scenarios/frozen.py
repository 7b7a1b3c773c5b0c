"""F4: one of three replicas is frozen: its connections stay open, nobody answers on them.

Called by network.py.
"""

from collections.abc import Sequence

from tests.faults.oracle import Outcome
from tests.faults.row import Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site, calls_of

SEEN_WITHIN_S = 3.0


async def one_of_three(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    victim, calls = members[0], calls_of(members)
    fault_s = max(site.times.fault_s, SEEN_WITHIN_S + 1.0)
    acts = await site.acts(
        bff, site.load(bff), fault=victim.freeze, mend=victim.thaw, fault_s=fault_s
    )
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
    row = site.row_of(acts, checks, variant="1 of 3", attempts=attempts)
    return [row]


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
)
