"""How many calls of one service may be out at once: as many as it answers without queueing.

Why       A service that slows down must not fill the BFF with calls that wait for it; what it can
          take, nobody knows but it. Its latency tells: once it rises above what is usual, calls
          queue over there, and fewer do better. By then it is late for those that are out: so
          the limit also stays near what has been seen to do well.
Classes   A call that may be shed finds the limit at three fifths, an ordinary one at seven tenths:
          the rest is for critical ones, for others that are out do not leave at their word.
Bursts    Who finds no room may wait for it a moment: no more than are likely to find some, and
          where nobody was refused of late. Who waits in a queue that stands is only refused late.
Called by calls/turnstile.py.
Never     falls below `least`.
Source    Netflix concurrency-limits, Gradient2Limit and WindowedLimit; RFC 7661, TCP's window when
          it is not used; Maurer, "Fail at Scale" (ACM Queue, 2015), controlled delay; Google SRE
          book, "Handling Overload"; docs/spec/reliability.md F3, F15.
"""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from bff.terms.criticality import Criticality

WINDOW = 50
"""So many answers are one sample."""
LOOK_S, LOOKS = 0.01, 10
"""Who waits for room looks for it so often: by turns of the loop, where these take longer."""
CALM_S = 1.0
_SHARES: Final[Mapping[Criticality, float]] = {"critical": 1.0, "normal": 0.7, "sheddable": 0.6}
_IN_USE = 0.45
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
_GROWS, _SINKS = 1.25, 0.9
_HEADROOM, _BURST_S = 3.0, 0.25
"""How much more than was in use may come at once: three times as many, or all that comes in a
quarter of a second, as after a pause of our own loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimiterPolicy:
    """How many calls of one service may be out at once.

    start      before anything is known; 0: there is no limit
    least      even when it is slow, or seldom asked
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
    """After one more sample: the average latency of some answers, with at most `out` calls out."""
    if not learnt.usual_s or not latency_s:
        return learnt._replace(usual_s=latency_s)
    limit, in_use = learnt.limit, out >= learnt.limit * _IN_USE
    may_queue = in_use and latency_s > learnt.usual_s
    step = _QUEUED_STEP if may_queue else _LONG_STEP
    usual_s = learnt.usual_s + (latency_s - learnt.usual_s) * step
    if usual_s > 2 * latency_s:  # it was slow for long, and is not any more
        usual_s *= _DRIFT
    borne_s = max(policy.tolerance * usual_s, usual_s + OWN_LAG_S)
    if not in_use:
        enough = max(policy.least, out * max(_HEADROOM, _BURST_S / latency_s))
        limit = min(limit, max(enough, limit * _SINKS))
    elif latency_s <= (usual_s + borne_s) / 2:
        limit *= _GROWS
    else:
        gradient = max(_STEEPEST, min(1.0, borne_s / latency_s))
        weight = _SMOOTHING if gradient >= 0.5 else _HASTE
        limit = limit * (1 - weight) + (limit * gradient + _QUEUE) * weight
    return Learnt(max(policy.least, min(policy.most, limit)), usual_s)


def rooms_of(limit: float) -> Mapping[Criticality, int]:
    """How many may be out when one of each class is let out.

    >>> rooms_of(100.0)
    {'critical': 100, 'normal': 70, 'sheddable': 60}
    """
    return {name: max(1, int(limit * share)) for name, share in _SHARES.items()}


def waits_of(learnt: Learnt) -> float:
    """How many may wait for room: as many as leave in half of the time, for not all look in turn.

    >>> waits_of(Learnt(limit=40.0, usual_s=0.1)), waits_of(Learnt(limit=40.0))
    (20.0, inf)
    """
    return learnt.limit * LOOKS * LOOK_S / 2 / learnt.usual_s if learnt.usual_s else math.inf


_NO_LIMIT: Final[Mapping[Criticality, int]] = dict.fromkeys(_SHARES, sys.maxsize)


class Limiter:
    """Counts one service's calls: whoever lets one out adds to `out`, where `rooms` allow.

    heard_at_s    when it last answered, or was first asked after a pause
    refused_at_s  when a call was refused last for want of room; both set by whoever counts
    waiting       so many look for room again in a moment; counted by them
    """

    __slots__ = (
        "_answers",
        "_learnt",
        "_most_out",
        "_policy",
        "_total_s",
        "heard_at_s",
        "out",
        "refused_at_s",
        "rooms",
        "waiting",
    )

    def __init__(self, policy: LimiterPolicy) -> None:
        self._policy = policy
        self._learnt = Learnt(policy.start)
        self._answers = self._most_out = 0
        self._total_s = 0.0
        self.rooms = rooms_of(policy.start) if policy.start else _NO_LIMIT
        self.out = self.waiting = 0
        self.heard_at_s = 0.0
        self.refused_at_s = -CALM_S

    def __repr__(self) -> str:
        return f"<Limiter {self.out} out of {self.rooms['critical']}>"

    def may_wait(self, looks: int, now_s: float) -> bool:
        """Whether a call that found no room, and looked so often before, may look again."""
        if looks:
            return looks < LOOKS
        return now_s - self.refused_at_s > CALM_S and self.waiting < waits_of(self._learnt)

    def answered(self, elapsed_s: float) -> None:
        """A call that is not out any more was answered, or its deadline passed: either tells how
        slow the service is.
        """
        if self.out >= self._most_out:
            self._most_out = self.out + 1
        self._total_s += elapsed_s
        self._answers += 1
        if self._answers >= WINDOW:
            self._learn()

    def _learn(self) -> None:
        latency_s, out = self._total_s / self._answers, self._most_out
        self._answers, self._total_s, self._most_out = 0, 0.0, 0
        if self._policy.start:
            self._learnt = updated(self._learnt, self._policy, latency_s=latency_s, out=out)
            self.rooms = rooms_of(self._learnt.limit)
