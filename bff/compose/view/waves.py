"""When each step of a plan is asked at the earliest, and which lookups travel together.

Why       Nobody writes down an order: what a step reads decides when it can start. Everything that
          is told of a view's cost and speed follows from this.
Called by cost.py, explaining (text, data, drawing).
Never     runs anything; never depends on more than the plan.
Source    docs/spec/views.md "What follows from one declaration"; running/batching.py, whose rules
          of who waits for whom these are; Haxl "rounds".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bff.compose.view.plan import Plan, Scope, Step, replies_in

Sources = tuple[frozenset[int], ...]
"""By step: those whose replies it waits for."""
_UNMEASURED: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What travels together: one step, or the lookups that share a batch call.

    after  indexes of the steps whose replies it waits for
    apart  its keys come one by one with the items of this scope, and don't wait for each other;
           None: all of them travel together
    """

    steps: tuple[Step, ...]
    after: frozenset[int]
    apart: int | None = None

    @property
    def name(self) -> str:
        """For people: "get_product", "get_user + get_user_2"."""
        return " + ".join(step.name for step in self.steps)

    @property
    def batched(self) -> bool:
        """Whether a batch call may carry several keys of it."""
        first = self.steps[0]
        return first.pair is not None and (len(self.steps) > 1 or first.scope is not None)

    @property
    def rpc(self) -> str:
        """The name of the rpc that is called."""
        first = self.steps[0]
        return first.pair.batch.name if self.batched and first.pair else first.rpc.name

    @property
    def needed(self) -> bool:
        return any(step.needed for step in self.steps)


def scopes_around(plan: Plan, scope: int | None) -> tuple[Scope, ...]:
    """The scope and those around it, the outermost first."""
    if scope is None:
        return ()
    own = plan.scopes[scope]
    return (*scopes_around(plan, own.parent), own)


def sources_of(plan: Plan, step: Step) -> frozenset[int]:
    """The steps whose replies it waits for: its arguments', and its list's."""
    found = step.waits_for
    lists = (scope.items for scope in scopes_around(plan, step.scope))
    return frozenset(found | {one.step for one in replies_in(lists)})


def waves_of(plan: Plan) -> tuple[tuple[Trip, ...], ...]:
    """The trips of each wave, in the order of the plan; () for a plan without steps.

    The lookups of a group wait for each other. One that is urgent does not: it travels with those
    that the same replies bring about.
    """
    sources = tuple(sources_of(plan, step) for step in plan.steps)
    wave_of: list[int] = []
    together: dict[object, list[Step]] = {}
    for step in plan.steps:
        wave_of.append(1 + max((wave_of[one] for one in sources[step.index]), default=0))
        together.setdefault(_fellowship(step, sources), []).append(step)
    found: list[list[Trip]] = [[] for _ in range(max(wave_of, default=0))]
    for steps in together.values():
        urgent = _is_urgent(steps[0], sources)
        mates = steps if urgent else _mates(plan, steps[0])
        wave = max(wave_of[one.index] for one in mates)
        after = frozenset[int]().union(*(sources[one.index] for one in mates))
        apart = _inmost(plan, after) if urgent else None
        found[wave - 1].append(Trip(steps=tuple(steps), after=after, apart=apart))
    return tuple(tuple(trips) for trips in found)


def slowest_chain(
    plan: Plan, took_ms: Mapping[str, float] = _UNMEASURED
) -> tuple[tuple[Trip, ...], float]:
    """The chain of trips that the answer waits for longest, and its length.

    took_ms  observed times by a step's name; without any, each trip counts 1
    """
    best: dict[int, tuple[float, tuple[Trip, ...]]] = {}
    longest: tuple[float, tuple[Trip, ...]] = (0.0, ())
    for trip in (one for trips in waves_of(plan) for one in trips):
        before = max((best[one] for one in sorted(trip.after)), key=_length, default=(0.0, ()))
        own_ms = max(took_ms.get(step.name, 0.0) for step in trip.steps) if took_ms else 1.0
        chain = (before[0] + own_ms, (*before[1], trip))
        best.update({step.index: chain for step in trip.steps})
        longest = max(longest, chain, key=_length)  # of equals, the one declared first
    return longest[1], longest[0]


def _length(chain: tuple[float, tuple[Trip, ...]]) -> float:
    return chain[0]


def _fellowship(step: Step, sources: Sources) -> object:
    """Equal for those that travel together."""
    if step.gathered is None:
        return step.name
    return (step.gathered, sources[step.index] if _is_urgent(step, sources) else None)


def _is_urgent(step: Step, sources: Sources) -> bool:
    """Whether it can't wait for others: something waits for it, or it has a time of its own."""
    return step.deadline_ms is not None or any(step.index in one for one in sources)


def _mates(plan: Plan, step: Step) -> list[Step]:
    """The whole group."""
    if step.gathered is None:
        return [step]
    return [one for one in plan.steps if one.gathered == step.gathered]


def _inmost(plan: Plan, steps: frozenset[int]) -> int | None:
    """The scope that one of them stands in, deeper than the others."""
    scopes = [plan.steps[one].scope for one in steps]
    return max(scopes, key=lambda scope: len(scopes_around(plan, scope)), default=None)
