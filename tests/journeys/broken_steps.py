"""What a view must answer when one rpc is ill, told from its plan and its healthy answer.

Why       A view that nobody has written a test for is tested, too: whoever adds one adds no line.
Called by test_every_step_once.py, test_canaries.py (SAMPLES).
Never     asks the code that it judges: what follows from a failure is worked out here anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bff.compose.view.plan import (
    Computed,
    FromItem,
    FromReply,
    Items,
    Member,
    Object,
    Plain,
    Plan,
    Step,
    Value,
    parts_of,
)

SAMPLES = {
    "code": "YrITr",
    "post_id": "post-1",
    "product_id": "p-1",
    "project_id": "project-2",
    "team_id": "team-1",
    "todo_id": "t-1",
    "user_id": "ada",
}
"""A value for each path variable of that name: something that has at least one of everything."""


@dataclass(frozen=True, slots=True)
class Illness:
    """Of one view: the rpcs that a step of it may be asked by, to be made ill together."""

    plan: Plan
    rpcs: tuple[str, ...]

    def __str__(self) -> str:
        names = "+".join(one.rpartition("/")[2] for one in self.rpcs)
        return f"{self.plan.name}-{names}"

    @property
    def path(self) -> str:
        path = self.plan.get
        for one in self.plan.inputs:
            if one.where == "path":
                path = path.replace(f"{{{one.name}}}", SAMPLES[one.name])
        return path

    @property
    def ill(self) -> frozenset[int]:
        """The steps that have no reply: asked by these rpcs, or about what one of those brings."""
        found: set[int] = set()
        for step in self.plan.steps:
            asked = not set(self.rpcs).isdisjoint(rpcs_of(step))
            waits = any(one in found for one in _steps(self.plan, step.arguments.values()))
            if (asked or waits) and step.fallback is None:
                found.add(step.index)
        return frozenset(found)

    @property
    def fatal(self) -> bool:
        """Whether something that is needed reads them."""
        return any(not one.soft and _suffers(self.plan, one, self.ill) for one in self.plan.members)

    @property
    def late(self) -> frozenset[int]:
        """The steps that may come too late: those that are ill, and who waits to be asked with
        them.
        """
        steps = self.plan.steps
        groups = {steps[one].gathered for one in self.ill} - {None}
        return self.ill | {one.index for one in steps if one.gathered in groups}

    def nulls(self, healthy: Mapping[str, Any], *, of: frozenset[int] | None = None) -> list[str]:
        """JSON Pointers to what is null and told of, in the order of the answer.

        of  the steps that have no reply; None: those that are ill
        """
        ill = self.ill if of is None else of
        return list(_nulls(self.plan, self.plan.members, ill, healthy))


def illnesses_of(plan: Plan) -> list[Illness]:
    """One for each rpc, and its batch rpc with it: which of the two is asked is our own affair."""
    found = dict.fromkeys(rpcs_of(step) for step in plan.steps)
    return [Illness(plan, rpcs) for rpcs in found]


def rpcs_of(step: Step) -> tuple[str, ...]:
    """By which it may be asked: one that is asked once, and alone, never needs its batch rpc."""
    together = step.scope is not None or step.gathered is not None
    return (step.rpc.name, *((step.pair.batch.name,) if step.pair and together else ()))


def put_out(answer: dict[str, Any], pointer: str) -> None:
    """Make what stands at the pointer null."""
    *way, last = pointer.split("/")[1:]
    place: Any = answer
    for one in way:
        place = place[int(one) if isinstance(place, list) else one]
    place[last] = None


def _nulls(
    plan: Plan, members: tuple[Member, ...], ill: frozenset[int], shown: Mapping[str, Any]
) -> Iterator[str]:
    for one in members:
        value = shown[one.name]
        if one.soft and _suffers(plan, one, ill):
            yield f"/{one.name}"
        elif isinstance(one.show, Object) and value is not None:
            inside = _nulls(plan, one.show.members, ill, value)
            yield from (f"/{one.name}{pointer}" for pointer in inside)
        elif isinstance(one.show, Items) and value is not None:
            for index, item in enumerate(value):
                inside = _nulls(plan, one.show.members, ill, item)
                yield from (f"/{one.name}/{index}{pointer}" for pointer in inside)


def _suffers(plan: Plan, member: Member, ill: frozenset[int]) -> bool:
    """Whether it can't be shown: for itself, or for something inside that may not be missing."""
    read: list[Value] = []
    inside: tuple[Member, ...] = ()
    match member.show:
        case Plain(value=value):
            read = [value]
        case Computed(arguments=arguments):
            read = list(arguments.values())
        case Object(of=held, members=inside):
            read = [held]
        case Items(scope=scope, members=inside):
            read = [plan.scopes[scope].items]
    if not ill.isdisjoint(_steps(plan, read)):
        return True
    return any(not one.soft and _suffers(plan, one, ill) for one in inside)


def _steps(plan: Plan, values: Any) -> Iterator[int]:
    """The steps in whose replies these values stand."""
    for value in values:
        for one in parts_of(value):
            if isinstance(one, FromReply):
                yield one.step
            elif isinstance(one, FromItem):
                yield from _steps(plan, [plan.scopes[one.scope].items])
