"""The replicas of a service: who may get a call, who gets the next one, who must go.

Called by balancer.py, which makes them, and gives them calls.
Never     waits, connects, or changes a replica's standing.
"""

from collections.abc import Callable

from bff.transport.balancer_replica import Replica, Standing
from bff.transport.balancer_rules import is_outlier, is_slower, may_eject, two_of
from bff.transport.http2.address import Address


class Roster:
    """`fit` are in and connected; `untried` are connected and wait for the call that decides
    whether they come back. Both are as of the last `review`.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self.replicas: dict[Address, Replica] = {}
        self.fit: list[Replica] = []
        self.untried: list[Replica] = []

    def __repr__(self) -> str:
        return " ".join(map(repr, self.replicas.values()))

    def has(self, replica: Replica) -> bool:
        """Is it still one of these? Calls may outlast their replica's address."""
        return self.replicas.get(replica.address) is replica

    def review(self) -> None:
        """A standing or a connection has changed."""
        ready = [it for it in self.replicas.values() if it.pool.is_ready]
        self.fit = [it for it in ready if it.is_in]
        self.untried = [it for it in ready if it.standing is Standing.ON_TRIAL and it.trial is None]

    def fittest(self) -> Replica | None:
        """Of two that are fit for it, the one with less to do, unless it is much slower."""
        fit = self.fit
        if len(fit) < 2:
            return fit[0] if fit else None
        one, other = two_of(len(fit), self._chance(), self._chance())
        first, second = fit[one], fit[other]
        if is_slower(first.latency_s, second.latency_s):
            return _quicker(second, first)
        if is_slower(second.latency_s, first.latency_s):
            return _quicker(first, second)
        return first if first.pool.load <= second.pool.load else second

    def last_resort(self) -> Replica | None:
        """None is fit: one that is still connecting, or else one that was put out, or is down."""
        known = tuple(self.replicas.values())
        hopeful = [it for it in known if it.pool.is_hopeful]
        for group in ([it for it in hopeful if it.is_in], hopeful, known):
            if group:
                return group[int(self._chance() * len(group))]
        return None

    def must_go(self, replica: Replica) -> bool:
        """Does it fail so much more than the others that it is to be put out, and may it be?"""
        others = [it for it in self.fit if it is not replica]
        well_calls = sum(it.well_calls for it in others)
        if replica.history.bit_count() == 1:
            replica.well_elsewhere = well_calls
        out = sum(not it.is_in for it in self.replicas.values())
        return may_eject(
            replicas=len(self.replicas), out=out, others_ready=len(others)
        ) and is_outlier(
            replica.history,
            [it.history for it in others],
            well_elsewhere=well_calls - replica.well_elsewhere,
        )


def _quicker(quick: Replica, slow: Replica) -> Replica:
    """The quick one, unless so many calls are there that the slow one would be done first. What
    was heard of the slow one fades: in the end it is tried again.
    """
    latency_s = slow.latency_now_s()
    if is_slower(latency_s, quick.latency_s):
        slow_s, quick_s = (slow.pool.load + 1) * latency_s, (quick.pool.load + 1) * quick.latency_s
        return slow if slow_s < quick_s else quick
    return slow if slow.pool.load <= quick.pool.load else quick
