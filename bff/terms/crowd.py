"""How many requests are inside this process, and for whom that is too many. Shared by all rooms.

Why       What comes in is counted where it is answered, measured where the loop's lateness is known
          and refused at the gate: these rooms have nothing else in common.
Called by edge (counts), the gate (asks), serve (sets the limit, by guard/limits).
Never     decides how many there may be.
"""

from collections.abc import Mapping
from typing import Final

from bff.terms.criticality import Criticality

SHARES: Final[Mapping[Criticality, float]] = {"sheddable": 0.6, "normal": 0.9, "critical": 1.0}
"""Of a limit, how much each class may fill: what is critical is refused last."""
_ENDLESS: Final = 1 << 60


class Crowd:
    """limit     how many there may be, as `allow` was told
    inside    requests that wait for their services; whoever runs one adds to it, and takes away
    entered   how many ever did;  `refused` how many were not let in
    strained  the pressure from elsewhere: lateness, memory
    """

    __slots__ = ("_crowded", "_ease", "entered", "inside", "limit", "refused", "strained")

    def __init__(self) -> None:
        self._ease = self._crowded = self.limit = _ENDLESS
        self.inside = 0
        self.entered = 0
        self.refused = 0
        self.strained = 0

    def __repr__(self) -> str:
        return f"<Crowd {self.inside} inside of {self.limit}, {self.refused} refused>"

    def allow(self, most: int) -> None:
        """So many altogether, and at least one of each class."""
        self.limit = max(1, most)
        self._crowded = max(1, int(most * SHARES["normal"]))
        self._ease = max(1, int(most * SHARES["sheddable"]))

    def pressure(self) -> int:
        """0: none; 1: what can wait is refused; 2: only what is critical is not; 3: all is."""
        inside = self.inside
        if inside < self._ease:
            return self.strained
        if inside < self._crowded:
            return max(1, self.strained)
        return 2 if inside < self.limit else 3
