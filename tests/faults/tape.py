"""What became of every request of a run, and the figures of any stretch of it. Pure.

Called by load.py (records), site.py and scenarios (read).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.faults.oracle import Outcome

GOOD = (Outcome.OK, Outcome.PARTIAL)


class Shot(NamedTuple):
    """One request.

    due_s   when it was to be sent by the schedule, on the loop's clock
    took_s  from then to its end: a late start counts, too
    late_s  from then to its start: what this machine, or the generator, took for itself
    """

    due_s: float
    took_s: float
    outcome: Outcome
    why: str = ""
    kind: str = ""
    replica: str = ""
    late_s: float = 0.0

    @property
    def ended_s(self) -> float:
        return self.due_s + self.took_s

    @property
    def is_good(self) -> bool:
        return self.outcome in GOOD


class Latency(NamedTuple):
    """In milliseconds; all 0 for no requests."""

    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Tape:
    """The shots of a stretch of time, in no order."""

    shots: list[Shot] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Tape of {len(self)}: {self.tell()}>"

    def __len__(self) -> int:
        return len(self.shots)

    def __iter__(self) -> Iterator[Shot]:
        return iter(self.shots)

    def count(self, *outcomes: Outcome) -> int:
        return sum(shot.outcome in outcomes for shot in self.shots)

    def between(self, start_s: float, end_s: float) -> "Tape":
        """Those that were due from `start_s` to before `end_s`."""
        return Tape([shot for shot in self.shots if start_s <= shot.due_s < end_s])

    def where(self, condition: Callable[[Shot], object]) -> "Tape":
        return Tape([shot for shot in self.shots if condition(shot)])

    def of(self, kind: str) -> "Tape":
        return self.where(lambda shot: shot.kind == kind)

    @property
    def bad(self) -> "Tape":
        """All that were neither ok nor partial."""
        return self.where(lambda shot: not shot.is_good)

    @property
    def latency(self) -> Latency:
        return latency([shot.took_s for shot in self.shots])

    @property
    def lateness(self) -> Latency:
        """Of the starts."""
        return latency([shot.late_s for shot in self.shots])

    @property
    def whys(self) -> Counter[str]:
        """How often each reason was told; the good ones have none."""
        return Counter(shot.why for shot in self.shots if shot.why)

    def tell(self) -> str:
        """The outcomes and reasons in one line."""
        counts = ", ".join(f"{count} {it}" for it in Outcome if (count := self.count(it)))
        whys = ", ".join(f"{count} x {why}" for why, count in self.whys.most_common(4))
        return f"{counts}; {whys}" if whys else counts

    def share_bad(self) -> float:
        return len(self.bad) / len(self) if self.shots else 0.0

    def last_bad_after_s(self, moment_s: float) -> float:
        """How long after this moment a request was still started that went wrong; 0.0: none was.

        >>> Tape([Shot(3.0, 0.1, Outcome.LOST)]).last_bad_after_s(2.5)
        0.5
        """
        return max((shot.due_s - moment_s for shot in self.bad if shot.due_s > moment_s), default=0)

    def first_good_after_s(self, moment_s: float) -> float | None:
        """How long after this moment the first good answer came; None: none did."""
        found = [it.ended_s - moment_s for it in self.shots if it.is_good and it.due_s >= moment_s]
        return min(found, default=None)


def latency(took_s: Iterable[float]) -> Latency:
    """
    >>> latency([0.001, 0.002, 0.003])
    Latency(p50_ms=2.0, p99_ms=3.0, max_ms=3.0)
    """
    ordered = sorted(took_s)
    if not ordered:
        return Latency()
    last = len(ordered) - 1
    return Latency(*(round(ordered[round(last * it)] * 1000, 2) for it in (0.5, 0.99, 1.0)))
