"""Readings to figures: medians over the rounds, and ratios within one run.

Called by measure.py (readings), tables.py, plot.py, quick.py.
Never     mixes two runs: what a shared machine does today says nothing of yesterday's figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One server under one case for one round."""

    server: str
    case: str
    connections: int
    requests: int
    elapsed_s: float
    p50_us: float
    p99_us: float
    errors: int
    cpu_s: float
    rss_mb: float

    @property
    def key(self) -> "Key":
        return (self.server, self.case, self.connections)


Key = tuple[str, str, int]
"""Server, case, connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Medians. `cpu_us` is for one request, `spread` (max - min) / median of req/s."""

    per_s: float
    p50_us: float
    p99_us: float
    cpu_us: float
    rss_mb: float
    spread: float
    errors: int


Figures = Mapping[Key, Figure]


def figures_of(readings: Iterable[Reading]) -> dict[Key, Figure]:
    """One figure for each server, case and number of connections."""
    grouped: dict[Key, list[Reading]] = {}
    for one in readings:
        grouped.setdefault(one.key, []).append(one)
    return {key: _figure(group) for key, group in grouped.items()}


def _figure(group: list[Reading]) -> Figure:
    rates = [one.requests / one.elapsed_s for one in group]
    middle = median(rates)
    return Figure(
        per_s=middle,
        p50_us=median(one.p50_us for one in group),
        p99_us=median(one.p99_us for one in group),
        cpu_us=median(one.cpu_s * 1e6 / max(1, one.requests) for one in group),
        rss_mb=max(one.rss_mb for one in group),
        spread=(max(rates) - min(rates)) / middle if middle else 0.0,
        errors=sum(one.errors for one in group),
    )


def cpu_ratio(figures: Figures, server: str, case: str, *, to: str) -> float | None:
    """CPU of a request of one case for each of another, on one server; None without both."""
    keys = [key for key in figures if key[:2] == (server, case)]
    for key in keys:
        other = (server, to, key[2])
        if other in figures and figures[other].cpu_us:
            return figures[key].cpu_us / figures[other].cpu_us
    return None


def ratio(figures: Figures, key: Key, *, to: str) -> float | None:
    """Requests a second of `key`'s server for each one of server `to`; None without both."""
    other = (to, key[1], key[2])
    if key not in figures or other not in figures or not figures[other].per_s:
        return None
    return figures[key].per_s / figures[other].per_s
