"""How many calls of one service may be out at once: as many as it answers without queueing.

Why       A service that slows down must not fill the BFF with calls that wait for it; what it can
          take, nobody knows but it. Its latency tells: once it rises above what is usual, calls
          queue over there, and fewer do better.
Classes   A call that may be shed finds the limit at three fifths, an ordinary one at nine tenths.
          Where a critical one is refused all the same, the others get less room, until it is not.
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
_HASTE = 0.5
"""How much a sample counts that shows a long queue: each second of it is a second for all."""
_STEEPEST = 0.1
OWN_LAG_S = 0.025
"""So much later than usual is still no queue over there: a loop that is busy is as late itself."""
_LONG_STEP = 0.02
_QUEUED_STEP = 0.0005
"""What is usual is learnt where nothing can queue; else a queue that lasts would soon be usual."""
_QUEUE = 4.0
_DRIFT = 0.95
_MOST_KEPT, _STEP_KEPT = 0.7, 0.1
_RELEASED_IN_USE, _RELEASED = 0.98, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class LimiterPolicy:
    """How many calls of one service may be out at once.

    start      before anything is known; 0: there is no limit
    least      even when it is slow
    most       even when it is fast
    tolerance  how much slower than usual is still no queue
    """

    start: int = 200
    least: int = 32
    most: int = 4_000
    tolerance: float = 1.5


class Learnt(NamedTuple):
    """`usual_s` is the latency of late, a long average; 0.0: nothing is known."""

    limit: float
    usual_s: float = 0.0


def updated(learnt: Learnt, policy: LimiterPolicy, *, latency_s: float, out: int) -> Learnt:
    """After one more sample: the average latency of some answers, with `out` calls out."""
    if not learnt.usual_s or not latency_s:
        return learnt._replace(usual_s=latency_s)
    in_use = out >= learnt.limit / 2
    may_queue = in_use and latency_s > learnt.usual_s
    step = _QUEUED_STEP if may_queue else _LONG_STEP
    usual_s = learnt.usual_s + (latency_s - learnt.usual_s) * step
    if usual_s > 2 * latency_s:  # it was slow for long, and is not any more
        usual_s *= _DRIFT
    if not in_use:
        return learnt._replace(usual_s=usual_s)
    borne_s = max(policy.tolerance * usual_s, usual_s + OWN_LAG_S)
    gradient = max(_STEEPEST, min(1.0, borne_s / latency_s))
    weight = _SMOOTHING if gradient >= 0.5 else _HASTE
    limit = learnt.limit * (1 - weight) + (learnt.limit * gradient + _QUEUE) * weight
    return Learnt(max(policy.least, min(policy.most, limit)), usual_s)


def rooms_of(limit: float, kept: float = 0.0) -> Mapping[Criticality, int]:
    """How many may be out when one of each class is let out.

    kept  places that only critical calls get, beside a tenth of the limit

    >>> rooms_of(100.0)
    {'critical': 100, 'normal': 90, 'sheddable': 60}
    >>> rooms_of(100.0, 30.0)
    {'critical': 100, 'normal': 60, 'sheddable': 40}
    """
    normal = limit * _SHARES["normal"]
    left = max(0.0, normal - kept) / normal if normal else 0.0
    return {
        name: max(1, int(limit * share * (1.0 if name == "critical" else left)))
        for name, share in _SHARES.items()
    }


def kept_for(kept: float, *, refused: int, is_used: bool, limit: float) -> float:
    """How many places are for critical calls after one more window.

    refused  critical calls that found none in it
    is_used  whether some of these places were taken at its end

    >>> kept_for(10.0, refused=4, is_used=True, limit=100.0)
    14.0
    >>> kept_for(10.0, refused=40, is_used=True, limit=100.0)
    20.0
    >>> [kept_for(10.0, refused=0, is_used=it, limit=100.0) for it in (True, False)]
    [9.8, 9.0]
    """
    if refused:
        return min(limit * _MOST_KEPT, kept + min(refused, limit * _STEP_KEPT))
    left = kept * (_RELEASED_IN_USE if is_used else _RELEASED)
    return left if left >= 0.5 else 0.0


_NO_LIMIT: Final[Mapping[Criticality, int]] = dict.fromkeys(_SHARES, sys.maxsize)


class Limiter:
    """Counts one service's calls: whoever lets one out adds to `out`, where `rooms` allow."""

    __slots__ = (
        "_answers",
        "_kept",
        "_learnt",
        "_policy",
        "_refused",
        "_total_s",
        "out",
        "rooms",
    )

    def __init__(self, policy: LimiterPolicy) -> None:
        self._policy = policy
        self._learnt = Learnt(policy.start)
        self._answers = self._refused = 0
        self._kept = self._total_s = 0.0
        self.rooms = rooms_of(policy.start) if policy.start else _NO_LIMIT
        self.out = 0

    def __repr__(self) -> str:
        return f"<Limiter {self.out} out of {self.rooms['critical']}>"

    def refused(self, criticality: Criticality) -> None:
        """A call of this class found no room."""
        if criticality == "critical":
            self._refused += 1

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
            limit = self._learnt.limit
            is_used = self.out > self.rooms["normal"]
            refused, self._refused = self._refused, 0
            self._kept = kept_for(self._kept, refused=refused, is_used=is_used, limit=limit)
            self.rooms = rooms_of(limit, self._kept)
