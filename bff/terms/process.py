"""How the process does that all rooms share: is it about to end, is it well, is it pressed?

Called by serve (makes one), app (asks it on behalf of /readyz, the gate and the streams).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bff.terms.closing import Closing


def _well() -> str:
    return ""


def _at_ease() -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """ailment   why no traffic should come, "" where it may
    pressure  0: none; 1: what can wait is refused; 2: only what is critical is not
    """

    closing: Closing = field(default_factory=Closing)
    ailment: Callable[[], str] = _well
    pressure: Callable[[], int] = _at_ease

    @property
    def unready(self) -> str:
        """What /readyz says of it, "" for nothing."""
        return "shutting down" if self.closing.announced else self.ailment()
