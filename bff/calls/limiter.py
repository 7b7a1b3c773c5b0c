"""How many calls of one service may be out at once: as many as it answers without queueing.

Why       A service that slows down must not fill the BFF with calls that wait for it; what it can
          take, nobody knows but it. Its latency tells: once it rises above what is usual, calls
          queue over there, and fewer do better.
Classes   A call that may be shed finds the limit at three fifths, an ordinary one at nine tenths:
          what is critical is refused last.
Called by calls/turnstile.py.
Never     falls below `least`, nor changes while less than half of the room is in use.
Source    Netflix concurrency-limits, Gradient2Limit and WindowedLimit; Google SRE book, "Handling
          Overload"; docs/spec/reliability.md F3, F15.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from bff.terms.criticality import Criticality

WINDOW = 50
"""So many answers are one sample."""
_SHARES: Final[Mapping[Criticality, float]] = {"critical": 1.0, "normal": 0.9, "sheddable": 0.6}
_SMOOTHING = 0.2
_LONG_STEP = 0.02
_QUEUE = 4.0
_DRIFT = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class LimiterPolicy:
    """How many calls of one service may be out at once.

    start      before anything is known; 0: there is no limit
    least      even when it is slow
    most       even when it is fast
    tolerance  how much slower than usual is still no queue
    """

    start: int = 1_000
    least: int = 32
    most: int = 4_000
    tolerance: float = 2.0


class Learnt(NamedTuple):
    """`usual_s` is the latency of late, a long average; 0.0: nothing is known."""

    limit: float
    usual_s: float = 0.0


def updated(learnt: Learnt, policy: LimiterPolicy, *, latency_s: float, out: int) -> Learnt:
    """After one more sample: the average latency of some answers, with `out` calls out."""
    if not learnt.usual_s or not latency_s:
        return learnt._replace(usual_s=latency_s)
    usual_s = learnt.usual_s + (latency_s - learnt.usual_s) * _LONG_STEP
    if usual_s > 2 * latency_s:  # it was slow for long, and is not any more
        usual_s *= _DRIFT
    if out < learnt.limit / 2:
        return learnt._replace(usual_s=usual_s)
    gradient = max(0.5, min(1.0, policy.tolerance * usual_s / latency_s))
    limit = learnt.limit * (1 - _SMOOTHING) + (learnt.limit * gradient + _QUEUE) * _SMOOTHING
    return Learnt(max(policy.least, min(policy.most, limit)), usual_s)


def rooms_of(limit: float) -> Mapping[Criticality, int]:
    """How many may be out when one of each class is let out.

    >>> rooms_of(100.0)
    {'critical': 100, 'normal': 90, 'sheddable': 60}
    """
    return {name: max(1, int(limit * share)) for name, share in _SHARES.items()}


_NO_LIMIT: Final[Mapping[Criticality, int]] = dict.fromkeys(_SHARES, sys.maxsize)


class Limiter:
    """Counts one service's calls: whoever lets one out adds to `out`, where `rooms` allow."""

    __slots__ = ("_answers", "_learnt", "_policy", "_total_s", "out", "rooms")

    def __init__(self, policy: LimiterPolicy) -> None:
        self._policy = policy
        self._learnt = Learnt(policy.start)
        self._answers = 0
        self._total_s = 0.0
        self.rooms = rooms_of(policy.start) if policy.start else _NO_LIMIT
        self.out = 0

    def __repr__(self) -> str:
        return f"<Limiter {self.out} out of {self.rooms['critical']}>"

    def answered(self, elapsed_s: float) -> None:
        """A call was answered, or its deadline passed: either tells how slow the service is."""
        self._total_s += elapsed_s
        self._answers += 1
        if self._answers >= WINDOW:
            self._learn()

    def _learn(self) -> None:
        latency_s = self._total_s / self._answers
        self._answers, self._total_s = 0, 0.0
        if self._policy.start:
            self._learnt = updated(self._learnt, self._policy, latency_s=latency_s, out=self.out)
            self.rooms = rooms_of(self._learnt.limit)
