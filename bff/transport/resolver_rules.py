"""What is believed of a name after each lookup, and when to look again. Pure.

Why       A resolver that stumbles must not take a service down; one that says for a minute that
          there is nothing is believed.
Called by resolver.py.
Source    RFC 8767 (serving stale data); docs/spec/reliability.md F11.
"""

from dataclasses import dataclass, replace

from bff.transport.http2.backoff import pause_s

KEPT_S = 60.0
"""So long an address is used that the name does not lead to any more: NXDOMAIN, or empty."""
LEAST_S = 0.1
LONGEST_PAUSE_S = 5.0
"""Between lookups that find nothing."""
HURRY_S = 2.0
"""Between lookups that somebody asked for, having lost a replica."""
JITTER = 0.2

Found = tuple[tuple[str, int], ...]
"""(host, port) of each; sorted, no doubles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is believed: `places`, found at `good_at_s`; `failures` lookups in a row found none.

    why  what the last lookup said where it found none; "" where it found some
    """

    places: Found = ()
    good_at_s: float = 0.0
    failures: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A lookup that found none; `is_final`: the name does not exist, or is empty."""

    why: str
    is_final: bool


def after(known: Known, answer: Found | Nothing, now_s: float) -> Known:
    """What is believed after one more lookup."""
    if not isinstance(answer, Nothing):
        return Known(places=answer, good_at_s=now_s)
    is_over = answer.is_final and now_s - known.good_at_s >= KEPT_S
    return replace(
        known,
        places=() if is_over else known.places,
        failures=known.failures + 1,
        why=answer.why,
    )


def next_in_s(known: Known, resolve_s: float, chance: float) -> float:
    """When to look again, of one's own accord.

    >>> next_in_s(Known(), 30.0, 0.0), next_in_s(Known(failures=19), 30.0, 0.0)
    (30.0, 5.0)
    """
    if known.failures:
        return pause_s(known.failures, most_s=min(LONGEST_PAUSE_S, resolve_s), chance=chance)
    return max(LEAST_S, resolve_s) * (1.0 - JITTER * chance)


def hurried_in_s(looked_at_s: float, now_s: float, chance: float) -> float:
    """How soon to look where a replica was lost, the last lookup having begun at `looked_at_s`.

    >>> hurried_in_s(100.0, 100.5, 0.0), hurried_in_s(100.0, 160.0, 0.0)
    (1.5, 0.0)
    """
    return max(0.0, looked_at_s + HURRY_S * (1.0 - JITTER * chance) - now_s)
