"""How the process does that all rooms share: has it begun, will it end, is it well, or crowded?

Called by serve (makes one), app (for the gate and the streams), edge/health.py (for /readyz).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from bff.terms.closing import Closing
from bff.terms.crowd import Crowd
from bff.terms.standing import Standings


def _well() -> str:
    return ""


class Beginning:
    """Over when all that is needed was well once, or after `patience_s`; it never comes back."""

    def __init__(self, *, patience_s: float = 10.0, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until_s = clock() + patience_s
        self._over = False

    def __repr__(self) -> str:
        return f"<Beginning {'over' if self._over else 'not over'}>"

    def is_over(self, *, well: bool) -> bool:
        """`well` says whether all that is needed is so now."""
        self._over = self._over or well or self._clock() >= self._until_s
        return self._over


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """beginning  shared by all that are assembled in it: a reload begins nothing
    ailment   why no traffic should come, "" where it may
    crowd     who is inside, and who may come in
    standings  streams, by the session that they end with
    """

    beginning: Beginning = field(default_factory=Beginning)
    closing: Closing = field(default_factory=Closing)
    ailment: Callable[[], str] = _well
    crowd: Crowd = field(default_factory=Crowd)
    standings: Standings = field(default_factory=Standings)

    def unready(self, *, well: bool) -> str:
        """What /readyz says of it, "" for nothing; `well` as `Beginning` takes it."""
        begun = self.beginning.is_over(well=well)
        if self.closing.announced:
            return "shutting down"
        return self.ailment() or ("" if begun else "starting")
