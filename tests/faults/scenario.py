"""What a scenario is: an id, a promise, and a coroutine that makes its rows.

Called by network.py and hostile.py (list them), run.py (runs them).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One file's subject, or a part of it.

    id       "F1" or "F1a": `--only F1` runs both
    title    the fault, in a few words
    promise  what we promise, as docs/spec/reliability.md has it
    run      does it all on a fresh Site; a row for each variant. In a short run one is enough.
             Raises Impossible
    """

    id: str
    title: str
    promise: str
    run: Callable[["Site"], Awaitable[Sequence[Row]]]
