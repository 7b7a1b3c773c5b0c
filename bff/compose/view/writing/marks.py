"""What is noted beside the JSON while it is written: nulls that failed, nulls that come later.

Why       A pointer is made only where there is something to tell: whoever finds a mark below itself
          puts its own step before it.
Called by joined.py (marks), serving/runner.py (tells).
"""

from typing import NamedTuple

from bff.compose.view.running.frames import Frame
from bff.terms.errors import Failure


class Later(NamedTuple):
    """A deferred member, null for now. `unit` is its number in the plan."""

    unit: int
    frame: Frame


class Page:
    """One go of writing.

    marks  (JSON Pointer, what stands there), in the order of the answer
    first  deferred members are left for later
    """

    __slots__ = ("first", "marks")

    def __init__(self, *, first: bool = False) -> None:
        self.first = first
        self.marks: list[tuple[str, Failure | Later]] = []

    def __repr__(self) -> str:
        return f"<Page with {len(self.marks)} marks>"

    def move(self, since: int, step: str) -> None:
        """The marks from number `since` on stand below `step`."""
        for place in range(since, len(self.marks)):
            pointer, what = self.marks[place]
            self.marks[place] = (step + pointer, what)
