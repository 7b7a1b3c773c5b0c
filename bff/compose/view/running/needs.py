"""Which failures fail the whole view, found once: so that one such failure ends the others at once.

Why       Whether a failure is absorbed is decided by the members that show it: the nearest soft one
          around them. A step that only soft members read may fail; one whose NOT_FOUND is null
          wherever it is shown may be absent.
Called by steps.py, at boot.
Source    docs/spec/views.md "Failure = type".
"""

from collections.abc import Callable
from typing import Any, NamedTuple, get_args, get_type_hints

from bff.compose.view.plan import Computed, Items, Member, Object
from bff.compose.view.running.layout import Layout


class Needs(NamedTuple):
    """failure  steps that may not fail; absence  steps that may not be absent either."""

    failure: frozenset[int]
    absence: frozenset[int]


def needs_of(layout: Layout) -> Needs:
    """Those of the whole plan. A step that nothing shows is needed if the plan says so."""
    failure: set[int] = set()
    absence: set[int] = set()
    collect = _Collector(layout, failure, absence)
    collect.add(layout.plan.members, softened=False, covered=frozenset())
    shown = layout.reads(layout.plan.members)
    silent = {one.index for one in layout.plan.steps if one.needed and one.index not in shown}
    return Needs(frozenset(failure | silent), frozenset(absence | silent))


def takes_none(function: Callable[..., Any]) -> frozenset[str]:
    """The parameters that may be None: what failed or is absent is None there.

    >>> def label(stock: int | None, title: str) -> str: ...
    >>> sorted(takes_none(label))
    ['stock']
    """
    hints = get_type_hints(function)
    return frozenset(name for name, hint in hints.items() if type(None) in get_args(hint))


class _Collector(NamedTuple):
    layout: Layout
    failure: set[int]
    absence: set[int]

    def add(self, members: tuple[Member, ...], *, softened: bool, covered: frozenset[int]) -> None:
        """softened  a soft member is around these
        covered   steps whose absence makes an object around these absent
        """
        for member in members:
            soft = softened or member.soft
            own = self.layout.with_sources(set(_own(self.layout, member)))
            if not soft:
                self.failure.update(own)
            if not (soft or member.absent):
                self.absence.update(own - covered)
            if isinstance(member.show, Object | Items):
                inside = covered | own if member.absent else covered
                self.add(member.show.members, softened=soft, covered=inside)


def _own(layout: Layout, member: Member) -> frozenset[int]:
    show = member.show
    if not isinstance(show, Computed):
        return layout.own_reads(member)
    spared = takes_none(show.function)
    values = [one for name, one in show.arguments.items() if name not in spared]
    return layout.steps_in(values)
