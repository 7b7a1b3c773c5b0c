"""When a worker is started again, and how many there are. Pure.

Called by supervisor.py.
Source    docs/spec/reliability.md F18.
"""

import os
from typing import Final

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
GROWN_UP_S: Final = 10.0
"""Who dies younger than this would die again: wait longer each time."""


def pause_s(early_deaths: int) -> float:
    """Until the next one is started, after so many in a row that died young.

    >>> [pause_s(deaths) for deaths in (0, 1, 2, 3, 99)]
    [0.0, 0.5, 1.0, 2.0, 30.0]
    """
    if not early_deaths:
        return 0.0
    return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(early_deaths - 1, 10)))


def early_deaths(before: int, *, lived_s: float) -> int:
    """How many in a row, after one more death. The first is bad luck: it is replaced at once.

    >>> early_deaths(-1, lived_s=0.1), early_deaths(0, lived_s=0.1), early_deaths(5, lived_s=60.0)
    (0, 1, 0)
    """
    return before + 1 if lived_s < GROWN_UP_S else 0


def count_of(workers: int, cores: int | None = None) -> int:
    """How many processes; 0 asks for one per core that we may use."""
    return workers or cores or _cores()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
