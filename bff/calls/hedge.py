"""Ask a second time while the first is out, once it takes longer than nineteen of twenty do.

Why       One slow replica of three makes one answer of three slow; a second call to another one is
          back long before the first.
Called by calls/attempts.py.
Never     asks for more than a small share of the calls, so that a service that is slow as a whole
          is not asked twice as much.
Source    Dean and Barroso, "The Tail at Scale" (2013), hedged requests; gRFC A6, hedging;
          docs/spec/reliability.md section 2 "one replica slow".
"""

from dataclasses import dataclass

QUANTILE = 0.95
_STEP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgePolicy:
    """Whether idempotent calls are hedged; of use only where a service has several replicas.

    on     whether they are
    share  of a service's calls that may be hedges
    """

    on: bool = False
    share: float = 0.05


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
