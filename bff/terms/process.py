"""How the process does that all rooms share: is it about to end, is it well, is it crowded?

Called by serve (makes one), app (asks it on behalf of /readyz, the gate and the streams).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bff.terms.closing import Closing
from bff.terms.crowd import Crowd
from bff.terms.standing import Standings


def _well() -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """ailment   why no traffic should come, "" where it may
    crowd     who is inside, and who may come in
    standings  streams, by the session that they end with
    """

    closing: Closing = field(default_factory=Closing)
    ailment: Callable[[], str] = _well
    crowd: Crowd = field(default_factory=Crowd)
    standings: Standings = field(default_factory=Standings)

    @property
    def unready(self) -> str:
        """What /readyz says of it, "" for nothing."""
        return "shutting down" if self.closing.announced else self.ailment()
