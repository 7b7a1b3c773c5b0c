"""Ask a second time while the first is out, once it takes longer than nineteen of twenty do.

Why       One slow replica of three makes one answer of three slow; a second call to another one is
          back long before the first.
Called by calls/attempts.py.
Never     asks for more than a small share of the calls, so that a service that is slow as a whole
          is not asked twice as much; hedges what has side effects, though it be idempotent: the
          call that lost might still be done after what its caller did next.
Source    Dean and Barroso, "The Tail at Scale" (2013), hedged requests; gRFC A6, hedging;
          docs/spec/reliability.md section 2 "one replica slow".
"""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, runtime_checkable

Where: TypeAlias = Literal["replicas", "anywhere", "nowhere"]
QUANTILE = 0.95
_STEP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgePolicy:
    """Whether calls without side effects are hedged.

    where  "replicas": where several of the service's addresses take calls now; "anywhere": also at
           one address, for a proxy behind it may have several; "nowhere"
    share  of a service's calls that may be hedges
    """

    where: Where = "replicas"
    share: float = 0.05


@runtime_checkable
class Spread(Protocol):
    """A transport that knows among how many replicas it chooses."""

    @property
    def is_spread(self) -> bool:
        """Whether there may be several, at some time."""
        ...

    @property
    def replicas(self) -> int:
        """How many take calls now."""
        ...


class Anywhere:
    """What is taken for several, whatever is known of it."""

    is_spread = True
    replicas = 2


def spread_of(transport: object, policy: HedgePolicy, *, reads: bool) -> Spread | None:
    """Who is asked, at each call, whether there is another replica; None: it is never hedged.

    reads  the rpc has no side effects

    >>> spread_of(Anywhere(), HedgePolicy(), reads=False)
    >>> spread_of(object(), HedgePolicy(), reads=True)
    """
    if not reads or policy.where == "nowhere":
        return None
    if policy.where == "anywhere":
        return Anywhere()
    return transport if isinstance(transport, Spread) and transport.is_spread else None


def observed_s(p95_s: float, elapsed_s: float) -> float:
    """The estimate after one more good answer; 0.0: nothing is known.

    It rises by a step for each answer above it and sinks by a nineteenth of that for each one
    below, so that it rests where one of twenty is above.

    >>> observed_s(0.0, 0.010)
    0.01
    >>> round(observed_s(0.010, 0.020), 6), round(observed_s(0.010, 0.001), 6)
    (0.01095, 0.00995)
    """
    if not p95_s:
        return elapsed_s
    step = QUANTILE if elapsed_s > p95_s else QUANTILE - 1.0
    return p95_s * (1.0 + _STEP * step)
