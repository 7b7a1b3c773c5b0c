"""How many calls more than were asked for may go out: one account for each service.

Why       A number of retries bounds what one request costs; only a budget bounds what all of them
          cost a service that fails. Three layers that each retry twice are 27 calls otherwise.
How       Calls and extras of the last ten seconds are counted in two halves: what is older than
          the half before this one is forgotten.
Called by calls/attempts.py.
Never     lends: what one service may is no other's.
Source    twitter/finagle RetryBudget (20 % + 10/s over 10 s); Google SRE book, "Addressing
          Cascading Failures"; docs/spec/reliability.md F23.
"""

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

WINDOW_S = 10.0
_HALF_S = WINDOW_S / 2


class Tally(NamedTuple):
    """What went out in this half of the window, and in the one before it."""

    since_s: float
    calls: int = 0
    extras: int = 0
    calls_before: int = 0
    extras_before: int = 0


def turned(tally: Tally, now_s: float) -> Tally:
    """The tally at that time: a half that is over becomes the one before.

    >>> turned(Tally(100.0, calls=8, extras=1), 105.0)
    Tally(since_s=105.0, calls=0, extras=0, calls_before=8, extras_before=1)
    """
    age_s = now_s - tally.since_s
    if age_s < _HALF_S:
        return tally
    if age_s < WINDOW_S:
        return Tally(now_s, 0, 0, tally.calls, tally.extras)
    return Tally(now_s)


def allows(tally: Tally, *, share: float, per_s: float) -> bool:
    """May one more extra call go out?

    share  of the calls that were asked for
    per_s  beside those, for services that are seldom called
    """
    calls, extras = tally.calls + tally.calls_before, tally.extras + tally.extras_before
    return extras + 1 <= calls * share + per_s * WINDOW_S


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
        self.turns_at_s = self._tally.since_s + _HALF_S

    def __repr__(self) -> str:
        tally = self._now()
        calls, extras = tally.calls + tally.calls_before, tally.extras + tally.extras_before
        return f"<Allowance {extras} extra for {calls} calls>"

    def turn(self) -> None:
        """To be called with the first call after `turns_at_s`."""
        self._tally = turned(self._now(), self._clock())
        self.calls = self._tally.calls
        self.turns_at_s = self._tally.since_s + _HALF_S

    def spend(self) -> bool:
        """One extra call, where there may be one."""
        self.turn()
        if not allows(self._tally, share=self._share, per_s=self._per_s):
            return False
        self._tally = self._tally._replace(extras=self._tally.extras + 1)
        return True

    def _now(self) -> Tally:
        return self._tally._replace(calls=self.calls)
