"""How many calls more than were asked for may go out: one account for each service.

Why       A number of retries bounds what one request costs; only a budget bounds what all of them
          cost a service that fails. Three layers that each retry twice are 27 calls otherwise.
How       Calls and extras are counted by the second. An extra is remembered for a second longer
          than a call: so in no ten seconds are there more than the share of the calls in them.
Called by calls/attempts.py.
Never     lends: what one service may is no other's.
Source    twitter/finagle RetryBudget (20 % + 10/s over 10 s); Google SRE book, "Addressing
          Cascading Failures"; docs/spec/reliability.md F23.
"""

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

WINDOW_S = 10


class Tally(NamedTuple):
    """What went out in each second, the one that began at `since_s` first."""

    since_s: float
    calls: tuple[int, ...] = (0,)
    extras: tuple[int, ...] = (0,)


def turned(tally: Tally, now_s: float) -> Tally:
    """The tally at that time.

    >>> turned(Tally(100.0, calls=(8,), extras=(1,)), 102.5)
    Tally(since_s=102.0, calls=(0, 0, 8), extras=(0, 0, 1))
    """
    over = int(now_s - tally.since_s)
    if over < 1:
        return tally
    empty = (0,) * min(over, WINDOW_S + 1)
    return Tally(
        tally.since_s + over,
        (*empty, *tally.calls)[:WINDOW_S],
        (*empty, *tally.extras)[: WINDOW_S + 1],
    )


def allows(tally: Tally, *, share: float, per_s: float) -> bool:
    """May one more extra call go out?

    share  of the calls that were asked for
    per_s  beside those, for services that are seldom called
    """
    return sum(tally.extras) + 1 <= sum(tally.calls) * share + per_s * WINDOW_S


class Allowance:
    """One service's account of one kind of extra call. Whoever begins a call adds to `calls`."""

    __slots__ = ("_clock", "_per_s", "_share", "_tally", "calls", "turns_at_s")

    def __init__(
        self, *, share: float, per_s: float = 0.0, clock: Callable[[], float] = monotonic
    ) -> None:
        self._share = share
        self._per_s = per_s
        self._clock = clock
        self._tally = Tally(clock())
        self.calls = 0
        self.turns_at_s = self._tally.since_s + 1

    def __repr__(self) -> str:
        tally = self._now()
        return f"<Allowance {sum(tally.extras)} extra for {sum(tally.calls)} calls>"

    def turn(self) -> None:
        """To be called with the first call after `turns_at_s`."""
        self._tally = turned(self._now(), self._clock())
        self.calls = self._tally.calls[0]
        self.turns_at_s = self._tally.since_s + 1

    def spend(self) -> bool:
        """One extra call, where there may be one."""
        self.turn()
        tally = self._tally
        if not allows(tally, share=self._share, per_s=self._per_s):
            return False
        self._tally = tally._replace(extras=(tally.extras[0] + 1, *tally.extras[1:]))
        return True

    def _now(self) -> Tally:
        return self._tally._replace(calls=(self.calls, *self._tally.calls[1:]))
