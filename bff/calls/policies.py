"""What holds for the calls of one service: every policy, each with its own file.

Called by settings (fills them), calls/ways.py (asks for a service's).
Never     mixes two tables: what a service's own table of a policy leaves out is our default, not
          what holds for the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bff.calls.breaker import BreakerPolicy
from bff.calls.hedge import HedgePolicy
from bff.calls.limiter import LimiterPolicy
from bff.calls.retry import RetryPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePolicies:
    """One service's own; None: as for all."""

    retry: RetryPolicy | None = None
    hedge: HedgePolicy | None = None
    breaker: BreakerPolicy | None = None
    limiter: LimiterPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Those of all services, and `own` by "pkg.Service"."""

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    hedge: HedgePolicy = field(default_factory=HedgePolicy)
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)
    limiter: LimiterPolicy = field(default_factory=LimiterPolicy)
    own: Mapping[str, ServicePolicies] = field(default_factory=dict)

    def of(self, service: str) -> "Policies":
        """What holds for one service.

        >>> own = {"a.B": ServicePolicies(retry=RetryPolicy(retries=0))}
        >>> Policies(own=own).of("a.B").retry.retries
        0
        """
        own = self.own.get(service)
        if own is None:
            return self
        return Policies(
            retry=own.retry or self.retry,
            hedge=own.hedge or self.hedge,
            breaker=own.breaker or self.breaker,
            limiter=own.limiter or self.limiter,
        )
