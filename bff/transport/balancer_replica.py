"""One replica of a service: its pool, and how its calls fared lately.

Called by balancer.py (gives it calls); a call tells it, as its judge, how it ended.
States    in -> out (ejected) -> on trial (it answers; one live call decides) -> in, or out again.
Never     decides: balancer_rules.py does; what follows from it is the balancer's.
"""

import asyncio
from collections.abc import Callable
from enum import Enum
from time import monotonic
from typing import Protocol

from bff.terms.errors import Failure
from bff.terms.silence import LATE
from bff.transport.balancer_rules import ejections_now, faded, latency_after, noted, verdict
from bff.transport.http2.address import Address
from bff.transport.http2.pool import Pool
from bff.transport.http2.stream import Stream


class Standing(Enum):
    """Whether it gets calls."""

    IN = "in"
    OUT = "out"
    ON_TRIAL = "on trial"


class Bench(Protocol):
    """Who is told what a replica's calls say of it."""

    def suspect(self, replica: "Replica") -> None: ...
    def tried(self, replica: "Replica", *, well: bool | None) -> None:
        """The trial is over; None: it told nothing."""
        ...


class Replica:
    """`trial` is the call that decides whether it comes back; `mending` ends when one may.

    well_calls       how many went well, ever
    well_elsewhere   how many of the others' had, when the first of its latest failures came
    was_up           it had a connection since its pool was made
    latency_s        how long calls took lately; 0.0: nothing is known
    """

    __slots__ = (
        "_bench",
        "_blamed",
        "_clock",
        "_in_since_s",
        "_measured_at_s",
        "_open_pool",
        "address",
        "ejections",
        "history",
        "latency_s",
        "mending",
        "pool",
        "standing",
        "trial",
        "was_up",
        "well_calls",
        "well_elsewhere",
    )

    def __init__(
        self,
        address: Address,
        bench: Bench,
        open_pool: Callable[[Address], Pool],
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.address = address
        self._bench = bench
        self._open_pool = open_pool
        self._clock = clock
        self._in_since_s = clock()
        self._blamed = False
        self._measured_at_s = 0.0
        self.latency_s = 0.0
        self.pool = open_pool(address)
        self.standing = Standing.IN
        self.history = self.ejections = 0
        self.well_calls = self.well_elsewhere = 0
        self.trial: Stream | None = None
        self.mending: asyncio.Task[None] | None = None
        self.was_up = False

    def __repr__(self) -> str:
        state = self.standing.value
        if not self.pool.is_ready:
            state = f"{state} but connecting" if self.pool.is_hopeful else f"{state} but down"
        failures = f", {self.history.bit_count()} failures lately" if self.history else ""
        return f"<{self.address.shown} {state}, {self.pool.calls} calls{failures}>"

    @property
    def is_in(self) -> bool:
        """May it be given any call?"""
        return self.standing is Standing.IN

    @property
    def is_lost(self) -> bool:
        """Is it where the name no longer leads, perhaps?"""
        return not self.pool.is_ready and (self.was_up or not self.pool.is_hopeful)

    def well(self, stream: Stream) -> None:
        self.well_calls += 1
        if stream.request is not None:
            self._took(stream, is_answer=True)
        if stream is self.trial:
            self._end_trial(well=True)
        elif self.history:
            self.history = noted(self.history, well=True)

    def failed(self, stream: Stream, failure: Failure) -> None:
        waited_s = self._clock() - stream.began_s
        well = verdict(failure, waited_s=waited_s, is_stream=stream.request is None)
        if well:
            self.well(stream)
        elif stream is self.trial:
            self._end_trial(well=well)
        elif well is False and self.is_in and self._is_to_blame():
            if failure.reason == LATE:
                self._took(stream, is_answer=False)
            self.history = noted(self.history, well=False)
            self._bench.suspect(self)

    def given_up(self, stream: Stream) -> None:
        """Nobody waits for this any more: perhaps because another replica was quicker."""
        if stream.request is not None:
            self._took(stream, is_answer=False)

    def latency_now_s(self) -> float:
        """The latency, the less of it the longer nothing was heard."""
        return faded(self.latency_s, self._clock() - self._measured_at_s)

    def _took(self, stream: Stream, *, is_answer: bool) -> None:
        now_s, before_s = self._clock(), self.latency_now_s()
        after_s = latency_after(before_s, now_s - stream.began_s, is_answer=is_answer)
        if is_answer or after_s > before_s:  # who leaves early has learnt nothing
            self.latency_s, self._measured_at_s = after_s, now_s

    def looked_at(self) -> None:
        """Its pool has changed."""
        if self.pool.is_ready:
            self.was_up, self._blamed = True, False

    def eject(self) -> None:
        self.ejections = ejections_now(self.ejections, self._clock() - self._in_since_s)
        self.standing, self.history = Standing.OUT, 0

    def readmit(self) -> None:
        self.standing, self.history = Standing.IN, 0
        self._in_since_s = self._clock()

    def renew(self) -> Pool:
        """Go on with a fresh pool; returns the old one."""
        old, self.pool = self.pool, self._open_pool(self.address)
        self.was_up = False
        return old

    def _end_trial(self, *, well: bool | None) -> None:
        self.trial = None
        self._bench.tried(self, well=well)

    def _is_to_blame(self) -> bool:
        """All the calls on a connection that is lost are lost once: by its end."""
        if self.pool.is_ready:
            return True
        blamed, self._blamed = self._blamed, True
        return not blamed
