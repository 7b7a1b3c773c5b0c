"""Who is refused first when this process can't do everything, and when that is. Pure.

Why       What can wait is refused early, so that what cannot is answered in time: a refusal costs
          less than an answer, and a queue costs everybody.
Rule      A limit on the requests inside, found as TCP finds its window: while the event loop stands
          late it sinks by a quarter, otherwise it grows by a tenth. Standing is CoDel's word: the
          lesser of two samples, for one late turn of the loop is no queue.
Called by gate, for each request, before anything else is asked of it; serve, at each beat.
Never     refuses what is critical while anything else is let in; sinks where to refuse more would
          help nobody: few are inside, or what takes the time is the refusing.
Source    Google SRE book, "Handling Overload"; Chiu and Jain (1989), additive increase and
          multiplicative decrease; Netflix concurrency-limits, AIMDLimit; RFC 8289 (CoDel) 3;
          docs/spec/reliability.md section 2, "overload 10x", F15.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import uniform
from types import MappingProxyType
from typing import Final

from bff.terms.codes import Code
from bff.terms.criticality import Criticality
from bff.terms.crowd import Crowd
from bff.terms.errors import ServiceSilent

_WITHSTANDS: Mapping[Criticality, int] = MappingProxyType(
    {"sheddable": 0, "normal": 1, "critical": 2}
)
SPREAD_S = 2.0
"""Within this, in whole seconds: not all who were refused at once should come back at once."""
_SINKS: Final = 0.75
_GROWS: Final = 1.1
_GROWS_BY: Final = 16.0
_CHEAP: Final = 4
"""So many refusals cost about as much as one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheddingOptions:
    """How many requests may be inside at once.

    most    even when the loop is in time; 0: there is no limit
    least   even when it is late
    lag_ms  how late it may stand
    """

    most: int = 4_000
    least: int = 64
    lag_ms: int = 50


def shed(criticality: Criticality, pressure: int) -> None:
    """Raises ServiceSilent where the pressure is too high for this.

    pressure  0: none; 1: what can wait is refused; 2: only what is critical is not; 3: all is
    """
    if pressure > _WITHSTANDS[criticality]:
        raise ServiceSilent(
            "This server has too much to do: try again in a moment.",
            reason="overloaded",
            code=Code.UNAVAILABLE,
            retry_after_s=uniform(0.0, SPREAD_S),  # noqa: S311 - nobody gains by guessing it
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What happened since the one before.

    inside    requests that wait for their services now
    standing_s  how late the loop was, at this one and at the one before, whichever was less
    """

    inside: int
    standing_s: float
    entered: int
    refused: int


def limit_after(limit: float, beat: Beat, options: SheddingOptions) -> float:
    """How many requests may be inside from now on."""
    if beat.standing_s * 1000 > options.lag_ms:
        if beat.inside <= options.least or beat.refused > _CHEAP * beat.entered:
            return limit
        return max(options.least, min(limit, beat.inside) * _SINKS)
    return min(options.most, max(limit * _GROWS, limit + _GROWS_BY))


class Shedding:
    """Sets the limit of a crowd, a beat at a time."""

    def __init__(self, crowd: Crowd, options: SheddingOptions) -> None:
        self._crowd = crowd
        self._options = options
        self._limit = float(options.most)
        self._lag_s = 0.0
        self._entered = self._refused = 0
        if options.most:
            crowd.allow(options.most)

    def __repr__(self) -> str:
        return f"<Shedding from {self._limit:.0f} on, {self._lag_s * 1000:.0f} ms late>"

    def beat(self, lag_s: float) -> None:
        """The loop was so late."""
        crowd, standing_s = self._crowd, min(lag_s, self._lag_s)
        found = Beat(
            inside=crowd.inside,
            standing_s=standing_s,
            entered=crowd.entered - self._entered,
            refused=crowd.refused - self._refused,
        )
        self._lag_s, self._entered, self._refused = lag_s, crowd.entered, crowd.refused
        if self._options.most:
            self._limit = limit_after(self._limit, found, self._options)
            crowd.allow(int(self._limit))
