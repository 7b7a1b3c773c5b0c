"""Counts and timings by labels, cheap enough for every request; Prometheus reads them at a scrape.

Why       prometheus_client's own counters take a lock and a float box for each step: 5 us a request
          for two counters and two histograms, a quarter of all that the request costs us. Here one
          loop writes plain integers, and the library is asked only when somebody scrapes.
Called by telemetry/metrics.py.
Never     keeps more than `most` label sets: whatever is new beyond them counts as "other".
Source    prometheus_client "Custom Collectors"; Prometheus text format (cumulative buckets).
"""

from bisect import bisect_left
from collections.abc import Iterator
from enum import Enum

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

MAX_SERIES = 4_096
OTHER = "other"

Label = str | int
"""An enum's member is shown by its name."""


class Counts(Collector):
    """A counter by labels."""

    def __init__(self, name: str, help_text: str, *labels: str, most: int = MAX_SERIES) -> None:
        self._family = (name, help_text, labels)
        self._most = most
        self._counts: dict[tuple[Label, ...], int] = {}

    def __repr__(self) -> str:
        return f"<Counts {self._family[0]}: {len(self._counts)} of {self._most}>"

    def add(self, *labels: Label, count: int = 1) -> None:
        """One more, or `count` more."""
        counts = self._counts
        if labels in counts:
            counts[labels] += count
        elif len(counts) < self._most:
            counts[labels] = count
        else:
            rest = (OTHER,) * len(labels)
            counts[rest] = counts.get(rest, 0) + count

    def collect(self) -> Iterator[Metric]:
        name, help_text, names = self._family
        family = CounterMetricFamily(name, help_text, labels=names)
        for labels, count in self._counts.items():
            family.add_metric(_texts(labels), count)
        yield family


class Timings(Collector):
    """A histogram of seconds by labels; `ends_s` are the buckets' upper ends."""

    def __init__(
        self,
        name: str,
        help_text: str,
        *labels: str,
        ends_s: tuple[float, ...],
        most: int = MAX_SERIES,
    ) -> None:
        self._family = (name, help_text, labels)
        self._most = most
        self._ends_s = ends_s
        self._series: dict[tuple[Label, ...], list[float]] = {}  # a count a bucket, then the sum

    def __repr__(self) -> str:
        return f"<Timings {self._family[0]}: {len(self._series)} of {self._most}>"

    def add(self, seconds: float, *labels: Label) -> None:
        """One more that took `seconds`."""
        series = self._series.get(labels) or self._new(labels)
        series[bisect_left(self._ends_s, seconds)] += 1
        series[-1] += seconds

    def collect(self) -> Iterator[Metric]:
        name, help_text, names = self._family
        family = HistogramMetricFamily(name, help_text, labels=names)
        for labels, series in self._series.items():
            family.add_metric(_texts(labels), self._buckets(series), series[-1])
        yield family

    def _new(self, labels: tuple[Label, ...]) -> list[float]:
        if len(self._series) >= self._most:
            labels = (OTHER,) * len(labels)
        empty: list[float] = [0] * (len(self._ends_s) + 1)
        return self._series.setdefault(labels, [*empty, 0.0])

    def _buckets(self, series: list[float]) -> list[tuple[str, float]]:
        found, total = [], 0.0
        for end, count in zip((*map(str, self._ends_s), "+Inf"), series, strict=False):
            total += count
            found.append((end, total))
        return found


def _texts(labels: tuple[Label, ...]) -> list[str]:
    return [one.name if isinstance(one, Enum) else str(one) for one in labels]
