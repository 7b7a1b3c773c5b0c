"""What a scenario is: an id, a promise, and a coroutine that makes its rows.

Called by network.py and hostile.py (list them), run.py (runs them).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.row import Row

if TYPE_CHECKING:
    from tests.faults.site import Site


class Impossible(Exception):
    """This machine lacks what the scenario needs; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The phases of a scenario, in seconds: before, during and after its fault."""

    warm_s: float
    fault_s: float
    heal_s: float
    settle_s: float


SHORT = Times(warm_s=0.5, fault_s=1.0, heal_s=1.0, settle_s=5.0)
FULL = Times(warm_s=5.0, fault_s=10.0, heal_s=10.0, settle_s=30.0)
LONG = Times(warm_s=10.0, fault_s=20.0, heal_s=20.0, settle_s=30.0)
SHORT_RATE, SEED = 60.0, 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a scenario is run.

    rate    "L": requests a second that the whole set-up holds easily
    soak_s  how long a soak may take; 0.0: nobody asked for one
    seed    of all that is left to chance
    """

    times: Times = SHORT
    rate: float = SHORT_RATE
    soak_s: float = 0.0
    seed: int = SEED

    @property
    def is_short(self) -> bool:
        """To be quick: one variant, no figures that need many requests."""
        return self.times is SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One file's subject, or a part of it.

    id       "F1" or "F1a": `--only F1` runs both
    title    the fault, in a few words
    promise  what we promise, as docs/spec/reliability.md has it
    run      does it all on a fresh Site; a row for each variant. In a short run one is enough.
             Raises Impossible
    tested   whether its short version is a test: not where another test sees the same
    why      a check's `what`, or how it begins -> why it is missed, where that is known
    """

    id: str
    title: str
    promise: str
    run: Callable[["Site"], Awaitable[Sequence[Row]]]
    tested: bool = True
    why: Mapping[str, str] = field(default_factory=dict)
