"""F1: the service's process is killed; it was the only one, or one of three.

Called by network.py.
"""

from collections.abc import Sequence

from tests.faults.contract import ECHO
from tests.faults.oracle import Answer, Ask, Outcome, Verdict, judged
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site, calls_of

UNAVAILABLE = "503 upstream-unavailable"


def told_when(ask: Ask, answer: Answer | None) -> Verdict:
    """As always; and who is refused must be told when to come back."""
    verdict = judged(ask, answer)
    if answer is not None and answer.status == 503 and "retry-after" not in answer.headers:
        return Verdict(verdict.outcome, f"{verdict.why} without Retry-After")
    return verdict


async def one_of_one(site: Site) -> Sequence[Row]:
    (only,) = await site.replicas(1)
    bff = await site.bff({ECHO: only.address})
    load = site.load(bff, judge=told_when)
    acts = await site.acts(bff, load, fault=only.kill, mend=only.start)
    # the breaker needs its second: what came before is judged by status alone
    later = acts.during.where(lambda it: it.due_s > acts.began_s + 1.0)
    others = acts.during.bad.where(lambda it: it.why != UNAVAILABLE)
    checks = [
        counted("anything but 200 and 503 upstream-unavailable with Retry-After", len(others)),
        counted("lost", acts.faulty.count(Outcome.LOST)),
        Check(what="refused after 1 s", kept=len(later.bad) == len(later), measured=later.tell()),
        at_most("p99 after 1 s", later.latency.p99_ms, 20, unit="ms"),
        at_most("first good answer after return", _first_good_s(acts), 1.0, unit="s"),
    ]
    return [site.row_of(acts, checks, variant="1 of 1")]


async def one_of_three(site: Site) -> Sequence[Row]:
    members, bff = await site.three()
    calls = calls_of(members)
    acts = await site.acts(bff, site.load(bff), fault=members[0].kill, mend=members[0].start)
    attempts = (calls_of(members) - calls) / len(acts.all)
    in_flight = acts.all.where(lambda it: it.due_s <= acts.began_s <= it.ended_s)
    checks = [
        counted("failed reads", len(acts.faulty.bad), max(2, len(in_flight))),
        counted("lost", acts.faulty.count(Outcome.LOST)),
        at_most("last failure after the kill", acts.during.last_bad_after_s(acts.began_s), 1.0),
    ]
    return [site.row_of(acts, checks, variant="1 of 3", attempts=attempts)]


def _first_good_s(acts: Acts) -> float:
    found = acts.after.first_good_after_s(acts.healed_s)
    return float("inf") if found is None else found


SCENARIOS = (
    Scenario(
        id="F1a",
        title="killed, 1 of 1",
        promise="all 503, p99 <= 20 ms after 1 s; first good answer <= 1 s after return",
        run=one_of_one,
    ),
    Scenario(
        id="F1b",
        title="killed, 1 of 3",
        promise="lost reads <= those in flight; recovery <= 1 s",
        run=one_of_three,
    ),
)
