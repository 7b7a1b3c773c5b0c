"""Where the replies of one answer came from, and so: how long may the answer itself be kept?

Why       An answer is as fresh as its oldest part, as private as its most private one.
Called by calls/sharing.py (tells), compose/view/serving/kept.py (listens), whoever makes the Calls.
Never     lets a part that says nothing of freshness shorten what the whole says.
Source    RFC 9111 section 4.2; docs/spec/views.md "What follows from one declaration".
"""

from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

from bff.calls.keep import Keep

How: TypeAlias = Literal["hit", "stale", "miss", "expired", "coalesced"]
"""As terms/events.CacheAsked has it."""
_ASKED = ("miss", "expired", "coalesced")


class Origin(NamedTuple):
    """How one reply came.

    keep   the call's own; None: it is never cached
    age_s  how long ago the service was asked
    tags   what the reply is about
    """

    how: How
    keep: Keep | None
    age_s: float
    tags: frozenset[str]


class Origins:
    """All that is told of the calls of one answer: give each Call `note=origins.note`."""

    __slots__ = ("_spoiled", "_told")

    def __init__(self) -> None:
        self._told: list[Origin] = []
        self._spoiled = False

    def __repr__(self) -> str:
        kept = "not to be kept" if self._spoiled else "to be kept"
        return f"<Origins of {len(self._told)} replies, {kept}>"

    def note(self, origin: Origin) -> None:
        self._told.append(origin)

    def spoil(self) -> None:
        """Something stands in for what failed: the answer is for this client alone."""
        self._spoiled = True

    @property
    def tags(self) -> frozenset[str]:
        return frozenset().union(*(one.tags for one in self._told))

    @property
    def oldest_s(self) -> float:
        """The greatest age of them."""
        return max((one.age_s for one in self._told), default=0.0)

    @property
    def how(self) -> How:
        """The worst that happened."""
        hows = {one.how for one in self._told}
        if not hows.isdisjoint(_ASKED):
            return "miss"
        return "stale" if "stale" in hows else "hit"

    def keep(self, own: Keep | None) -> Keep | None:
        """How long the whole may be kept from now on; None: not at all.

        own  what the whole declares; None: it is kept by its parts alone, where each of them is
        """
        if self._spoiled or any(one.how == "stale" for one in self._told):
            return None
        left = [(one.keep, one.age_s) for one in self._told if one.keep and one.keep.fresh_s > 0]
        if own is None:
            if not left or len(left) < len(self._told):
                return None
            own = Keep(fresh_s=max(keep.fresh_s for keep, _ in left))
        return replace(
            own,
            fresh_s=min([own.fresh_s, *(max(0.0, keep.fresh_s - age_s) for keep, age_s in left)]),
            public=own.public and all(keep.public for keep, _ in left),
        )
