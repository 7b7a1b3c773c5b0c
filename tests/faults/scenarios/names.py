"""F11: what a name leads to changes, gets more, or is no longer told.

Called by network.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.bff import Bff
from tests.faults.contract import ECHO
from tests.faults.dns import NXDOMAIN, SERVFAIL, Names, asking_only, dns_server
from tests.faults.oracle import Outcome
from tests.faults.replica import Replica
from tests.faults.row import Check, Row, at_most, counted
from tests.faults.scenario import Scenario
from tests.faults.site import Acts, Site

NAME = "echo.faults.test"
SWAPPED_S, SCALED_S = 3.0, 60.0
RESOLVE_S = 30.0
"""[transport] resolve_s, as it is by itself; a short run has another."""


@dataclass(frozen=True, slots=True)
class Town:
    """Two replicas with a port in common, and a name that leads to the first."""

    first: Replica
    second: Replica
    names: Names
    bff: Bff


async def _town(site: Site) -> Town:
    first = await site.replica("127.0.0.2")
    second = await site.replica("127.0.0.3", first.port)
    names = Names(NAME, (first.host,))
    server = await site.stack.enter_async_context(dns_server(names))
    prefix = await asking_only(server, site.folder)
    target = f"{NAME}:{first.port}"
    more = f'[security."{ECHO}"]\ninsecure = true\n'
    more += "[transport]\nresolve_s = 1.0\n" if site.short else ""
    return Town(first, second, names, await site.bff({ECHO: target}, prefix=prefix, more=more))


async def swapped(site: Site) -> Sequence[Row]:
    """The old address dies as the name leads to the new one; then back again."""
    town = await _town(site)

    async def fault() -> None:
        town.names.addresses = (town.second.host,)
        await town.first.kill()

    async def mend() -> None:
        await town.first.start()
        town.names.addresses = (town.first.host,)

    acts = await site.acts(
        town.bff, site.load(town.bff), fault=fault, mend=mend, fault_s=site.times.fault_s + 3.0
    )
    last_s = acts.during.last_bad_after_s(acts.began_s)
    checks = [
        *_never(acts),
        at_most("until the last failure", last_s, SWAPPED_S, unit="s"),
        Check(
            what="then the new address answers",
            kept=_answered(acts, town.second) > 0,
            measured=f"{_answered(acts, town.second)} answers",
        ),
    ]
    return [site.row_of(acts, checks, variant="its address dies, another is told")]


async def scaled(site: Site) -> Sequence[Row]:
    town = await _town(site)

    def fault() -> None:
        town.names.addresses = (town.first.host, town.second.host)

    def mend() -> None:
        town.names.addresses = (town.first.host,)

    fault_s = 3.0 if site.short else RESOLVE_S + 5.0
    acts = await site.acts(town.bff, site.load(town.bff), fault=fault, mend=mend, fault_s=fault_s)
    firsts = [it.due_s - acts.began_s for it in acts.during if it.replica == town.second.name]
    checks = [
        *_never(acts),
        counted("failed", len(acts.faulty.bad)),
        at_most("until the new address answers", min(firsts, default=1e9), SCALED_S, unit="s"),
    ]
    return [site.row_of(acts, checks, variant="one more address")]


async def untold(site: Site) -> Sequence[Row]:
    """The name's server says no, breaks, or tells of no address; the service itself is well."""
    rows: list[Row] = []
    for variant, code in (("NXDOMAIN", NXDOMAIN), ("SERVFAIL", SERVFAIL), ("no address", 0)):
        if not rows or not site.short:
            rows.append(await _untold(site, variant, code))
    return rows


async def _untold(site: Site, variant: str, code: int) -> Row:
    town = await _town(site)

    def fault() -> None:
        town.names.code, town.names.addresses = code, ()

    def mend() -> None:
        town.names.code, town.names.addresses = 0, (town.first.host,)

    fault_s = 3.0 if site.short else RESOLVE_S + 5.0
    acts = await site.acts(town.bff, site.load(town.bff), fault=fault, mend=mend, fault_s=fault_s)
    checks = [*_never(acts), counted("failed", len(acts.faulty.bad))]
    row = site.row_of(acts, checks, variant=variant)
    await town.first.kill()
    await town.second.kill()
    return row


def _never(acts: Acts) -> list[Check]:
    return [counted("lost", acts.faulty.count(Outcome.LOST))]


def _answered(acts: Acts, member: Replica) -> int:
    return len(acts.faulty.where(lambda it: it.replica == member.name))


SCENARIOS = (
    Scenario(
        id="F11a",
        title="DNS",
        promise="dead old address <= 3 s",
        run=swapped,
    ),
    Scenario(
        id="F11b",
        title="DNS",
        promise="scale-out picked up <= 60 s; 0 lost",
        run=scaled,
    ),
    Scenario(
        id="F11c",
        title="DNS",
        promise="keeps the last good address",
        run=untold,
    ),
)
