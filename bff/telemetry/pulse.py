"""Is this process well: does its loop turn in time, is there memory left?

Why       A loop that is blocked answers nobody and tells nobody; a process without memory is
          killed. Both are seen by asking four times a second how late one is asked.
Called by serve, which tells the connections and /readyz.
Never     costs more than some 50 us a second.
Source    docs/spec/reliability.md section 2, "memory pressure", F16, F25.
"""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bff.terms.events import Emit, Pressed, silence

BEAT_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseLimits:
    """lag_told_s   a beat that is later is told
    lag_ready_s  after one that is later, this process is not ready for `remembered_s`
    lag_shed_s   where two beats in a row are later, what can wait is refused
    lag_most_s   and here all that is not critical
    shed         share of the memory from which what can wait is refused
    refuse       share of the memory from which all is refused
    """

    lag_told_s: float = 0.1
    lag_ready_s: float = 1.0
    remembered_s: float = 5.0
    lag_shed_s: float = 0.1
    lag_most_s: float = 0.3
    shed: float = 0.85
    refuse: float = 0.95


class Strain(NamedTuple):
    """How this process does.

    lag_s     how late the last beat was; one block of the loop is one late beat
    memory    0.0 where no limit is known
    room      the share that may be filled until nothing is let in
    pressure  0: none; 1: what can wait is refused; 2: only what is critical is not
    refuses   nothing is let in
    """

    lag_s: float = 0.0
    lagged_at_s: float | None = None
    memory: float = 0.0
    room: float = 1.0
    pressure: int = 0
    refuses: bool = False


def strain_of(
    before: Strain, now_s: float, *, lag_s: float, memory: float, limits: PulseLimits
) -> Strain:
    """The strain after a beat that was `lag_s` late.

    What came since the last beat may come again before the next one: whoever refuses only at the
    mark is killed a little above it.
    """
    grown = max(0.0, memory - before.memory) if before.memory else 0.0
    steady_s = min(lag_s, before.lag_s)
    pressure = int(memory >= limits.shed or steady_s > limits.lag_shed_s)
    return Strain(
        lag_s=lag_s,
        lagged_at_s=now_s if lag_s > limits.lag_ready_s else before.lagged_at_s,
        memory=memory,
        room=max(0.0, limits.refuse - memory),
        pressure=2 if steady_s > limits.lag_most_s else pressure,
        refuses=memory + grown >= limits.refuse,
    )


def ailment_of(strain: Strain, now_s: float, limits: PulseLimits) -> str:
    """Why no traffic should come, "" where it may."""
    lagged_at_s = strain.lagged_at_s
    if lagged_at_s is not None and now_s - lagged_at_s < limits.remembered_s:
        return "too slow"
    return "out of memory" if strain.refuses else ""


class Pulse:
    """Beats four times a second between `start` and `stop`.

    memory  the share in use; None where there is no limit
    hear    told after every beat
    """

    def __init__(
        self,
        *,
        memory: Callable[[], float] | None,
        hear: Callable[[Strain], None] = lambda _strain: None,
        emit: Emit = silence,
        limits: PulseLimits | None = None,
    ) -> None:
        self.strain = Strain()
        self.worst_lag_s = 0.0
        self._memory = memory
        self.hear = hear
        self._emit = emit
        self._limits = limits or PulseLimits()
        self._loop: AbstractEventLoop | None = None
        self._timer: TimerHandle | None = None
        self._due_s = 0.0

    def __repr__(self) -> str:
        return f"<Pulse {self.strain.lag_s * 1000:.0f} ms late, memory {self.strain.memory:.0%}>"

    def start(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._next(loop)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    @property
    def ailment(self) -> str:
        """For /readyz: why no traffic should come, "" where it may."""
        now_s = self._loop.time() if self._loop else 0.0
        return ailment_of(self.strain, now_s, self._limits)

    def take_lag_s(self) -> float:
        """The worst since this was asked last."""
        worst_s, self.worst_lag_s = self.worst_lag_s, 0.0
        return worst_s

    def _next(self, loop: AbstractEventLoop) -> None:
        self._due_s = loop.time() + BEAT_S
        self._timer = loop.call_at(self._due_s, self._beat, loop)

    def _beat(self, loop: AbstractEventLoop) -> None:
        now_s, before = loop.time(), self.strain
        memory = self._memory() if self._memory else 0.0
        lag_s = max(0.0, now_s - self._due_s)
        self.strain = strain_of(before, now_s, lag_s=lag_s, memory=memory, limits=self._limits)
        told = lag_s > self._limits.lag_told_s
        turned = before[-2:] != self.strain[-2:]
        if told or turned:
            pressure, refuses = self.strain[-2:]
            self._emit(Pressed(lag_s, memory, pressure=pressure, refuses=refuses))
        self.worst_lag_s = max(self.worst_lag_s, lag_s)
        self.hear(self.strain)
        self._next(loop)
