"""Which transport carries an rpc, what holds for its calls, and how long one may take.

Called by calls/pipeline.py, calls/sharing.py, calls/starting.py, calls/attempts.py.
Never     opens a connection: a transport does that when it is first used.
"""

import asyncio
from collections.abc import Callable, Container, Mapping
from random import random
from time import monotonic
from typing import NamedTuple

from bff.calls.allowance import Allowance
from bff.calls.budget import effective
from bff.calls.call import Call, StreamCall
from bff.calls.hedge import Spread, spread_of
from bff.calls.limiter import Limiter
from bff.calls.policies import Policies
from bff.calls.showing import Shows, ShowsOf, as_it_came
from bff.calls.tasked import Tasked
from bff.calls.turnstile import Turnstile
from bff.terms.codes import Code
from bff.terms.context import Metadata, RequestContext
from bff.terms.deadline import Clock, Deadline
from bff.terms.errors import ServiceSilent
from bff.terms.events import Emit, silence
from bff.transport.transport import Starting, Transport

SHORTEST_CALL_S = 0.001
"""With less time left than this, a call could only fail: it is not started."""


def _later(wait_s: float, run: Callable[[], object]) -> Callable[[], object]:
    return asyncio.get_running_loop().call_later(wait_s, run).cancel


class Means(NamedTuple):
    """`later` calls a function after some seconds, and returns what prevents it."""

    clock: Clock = monotonic
    chance: Callable[[], float] = random
    later: Callable[[float, Callable[[], object]], Callable[[], object]] = _later


class Way(NamedTuple):
    """One rpc's.

    starting  the transport, as one that needs nobody to wait
    shows     what its service is shown of who calls; None: what came with the request
    spread    who knows whether a hedge would reach another replica; None: it is never hedged
    """

    service: str
    method: str
    path: str
    transport: Transport
    starting: Starting
    turnstile: Turnstile
    retries: Allowance
    hedges: Allowance
    policies: Policies
    means: Means
    emit: Emit
    spread: Spread | None = None
    shows: Shows | None = None

    def metadata(self, context: RequestContext) -> Metadata:
        """Of a call for that caller."""
        return context.metadata if self.shows is None else self.shows.metadata(context)

    def note(self, now_s: float) -> None:
        """One more call was asked for."""
        retries = self.retries
        if now_s >= retries.turns_at_s:
            retries.turn()
        retries.calls += 1
        if self.spread is not None:
            if now_s >= self.hedges.turns_at_s:
                self.hedges.turn()
            self.hedges.calls += 1


class _Service(NamedTuple):
    """What all rpcs of one service share."""

    transport: Transport
    starting: Starting
    limiter: Limiter
    retries: Allowance
    hedges: Allowance
    policies: Policies


class Ways(dict[str, Way]):
    """The way of each rpc, found when it is first taken.

    transports  one entry per service, and "*" for all the others
    shows_of    what each service is shown of who calls
    reads       the rpcs without side effects; None: those that may be made twice
    Raises      ServiceSilent for a service that has no address
    """

    def __init__(
        self,
        transports: Mapping[str, Transport],
        *,
        policies: Policies | None = None,
        emit: Emit = silence,
        means: Means | None = None,
        reads: Container[str] | None = None,
        shows_of: ShowsOf = as_it_came,
    ) -> None:
        super().__init__()
        self._transports = transports
        self._policies = policies or Policies()
        self._emit = emit
        self._means = means or Means()
        self._reads = reads
        self._shows_of = shows_of
        self._services: dict[str, _Service] = {}

    def __missing__(self, rpc: str) -> Way:
        name, _, method = rpc.partition("/")
        service = self._services.get(name) or self._service(name, rpc)
        way = self[rpc] = Way(
            service=name,
            method=method,
            path=f"/{rpc}",
            transport=service.transport,
            starting=service.starting,
            turnstile=self._turnstile(rpc, service),
            retries=service.retries,
            hedges=service.hedges,
            policies=service.policies,
            means=self._means,
            emit=self._emit,
            spread=spread_of(
                service.transport,
                service.policies.hedge,
                reads=self._reads is None or rpc in self._reads,
            ),
            shows=self._shows_of(name),
        )
        return way

    def starting(self, rpc: str) -> Starting | None:
        """Its transport, where it needs nobody to wait; None where a call takes a task, or can't be
        made at all.
        """
        try:
            starting = self[rpc].starting
        except ServiceSilent:
            return None
        return None if isinstance(starting, Tasked) else starting

    def _service(self, name: str, rpc: str) -> _Service:
        transport = self._transports.get(name) or self._transports.get("*")
        if transport is None:
            raise _unaddressed(rpc, name)
        policies, clock = self._policies.of(name), self._means.clock
        retry, hedge = policies.retry, policies.hedge
        service = self._services[name] = _Service(
            transport=transport,
            starting=transport if isinstance(transport, Starting) else Tasked(transport),
            limiter=Limiter(policies.limiter),
            retries=Allowance(share=retry.share, per_s=retry.per_s, clock=clock),
            hedges=Allowance(share=hedge.share, clock=clock),
            policies=policies,
        )
        return service

    def _turnstile(self, rpc: str, service: _Service) -> Turnstile:
        return Turnstile(
            rpc,
            service.policies.breaker,
            service.limiter,
            now_s=self._means.clock(),
            emit=self._emit,
            chance=self._means.chance,
        )


def deadline_of(call: Call | StreamCall) -> Deadline:
    """Raises ServiceSilent where too little time is left."""
    deadline = effective(call.context.deadline)
    if deadline.remaining_s() < SHORTEST_CALL_S:
        raise too_late(call.rpc)
    return deadline


def too_late(rpc: str) -> ServiceSilent:
    return ServiceSilent(
        "There was no time left to ask a service that this needs.",
        reason="upstream-timeout",
        code=Code.DEADLINE_EXCEEDED,
        source=rpc,
    )


def _unaddressed(rpc: str, service: str) -> ServiceSilent:
    failure = ServiceSilent("A service that this needs has no address.", source=rpc)
    failure.add_note(f'add "{service}" to [services]')
    return failure
