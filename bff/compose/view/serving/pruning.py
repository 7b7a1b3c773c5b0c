"""The same view with fewer members: what nobody wants to see is not asked for, either.

Why       A phone that shows a title needs no reviews; the plan says which calls that saves.
Called by runner.py, for each selection that is new.
Never     changes what a member shows; only which there are.
Source    docs/spec/views.md (`?fields=` sparse selection that prunes calls, too).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from bff.compose.view.plan import (
    Computed,
    FromItem,
    FromMatch,
    FromReply,
    Held,
    Items,
    Member,
    Object,
    Plain,
    Plan,
    Show,
    Step,
    Value,
    parts_of,
)
from bff.terms.errors import BadInput

Paths: TypeAlias = frozenset[tuple[str, ...]]
"""Names of members in JSON, from the answer on: {("title",), ("reviews", "author")}."""


def paths_of(fields: str) -> Paths:
    """A list of members as clients write it.

    >>> sorted(paths_of("title,reviews.author"))
    [('reviews', 'author'), ('title',)]
    """
    return frozenset(tuple(one.strip().split(".")) for one in fields.split(",") if one.strip())


def pruned(plan: Plan, paths: Paths) -> Plan:
    """The plan of these members alone, in their declared order. Raises BadInput for others."""
    members = _chosen(plan.members, paths, ())
    steps, scopes = _needed(plan, members)
    places = _Places(
        {old: new for new, old in enumerate(sorted(steps))},
        {old: new for new, old in enumerate(sorted(scopes))},
    )
    return replace(
        plan,
        members=tuple(places.member(one) for one in members),
        steps=tuple(places.step(plan.steps[one]) for one in sorted(steps)),
        scopes=tuple(
            replace(
                plan.scopes[one],
                index=places.scopes[one],
                parent=places.scope(plan.scopes[one].parent),
                items=places.held(plan.scopes[one].items),
            )
            for one in sorted(scopes)
        ),
    )


def _chosen(members: tuple[Member, ...], paths: Paths, at: tuple[str, ...]) -> tuple[Member, ...]:
    known = {one.name for one in members}
    for path in sorted(paths):
        if path[0] not in known:
            name = ".".join((*at, path[0]))
            raise BadInput.at("fields", f"there is no member {name}", reason="invalid-field-mask")
    found = []
    for member in members:
        inside = frozenset(path[1:] for path in paths if path[0] == member.name)
        if () in inside:
            found.append(member)
        elif inside:
            found.append(_narrowed(member, inside, (*at, member.name)))
    return tuple(found)


def _narrowed(member: Member, paths: Paths, at: tuple[str, ...]) -> Member:
    show = member.show
    if not isinstance(show, Object | Items):
        what = f"{'.'.join(at)} has no members to choose from"
        raise BadInput.at("fields", what, reason="invalid-field-mask")
    return replace(member, show=replace(show, members=_chosen(show.members, paths, at)))


def _needed(plan: Plan, members: tuple[Member, ...]) -> tuple[set[int], set[int]]:
    """Indices of the steps and scopes that members need, with those that these need."""
    waiting = [value for member in members for value in _values(member)]
    scopes_waiting = [one for member in members for one in _scopes(member)]
    steps: set[int] = set()
    scopes: set[int] = set()
    while waiting or scopes_waiting:
        if not waiting:
            index = scopes_waiting.pop()
            if index is not None and index not in scopes:
                scopes.add(index)
                waiting.append(plan.scopes[index].items)
                scopes_waiting.append(plan.scopes[index].parent)
            continue
        for value in parts_of(waiting.pop()):
            if isinstance(value, FromItem):
                scopes_waiting.append(value.scope)
            elif isinstance(value, FromReply) and value.step not in steps:
                steps.add(value.step)
                waiting += plan.steps[value.step].arguments.values()
                scopes_waiting.append(plan.steps[value.step].scope)
    return steps, scopes


def _values(member: Member) -> Iterator[Value]:
    """All that a member and what is inside it shows or reads."""
    match member.show:
        case Plain(value=value):
            yield value
        case Computed(arguments=arguments):
            yield from arguments.values()
        case Object(of=of):
            yield of
        case _:
            pass
    for one in _inside(member):
        yield from _values(one)


def _scopes(member: Member) -> Iterator[int | None]:
    if isinstance(member.show, Items):
        yield member.show.scope
    for one in _inside(member):
        yield from _scopes(one)


def _inside(member: Member) -> tuple[Member, ...]:
    return member.show.members if isinstance(member.show, Object | Items) else ()


class _Places:
    """Old indices to new ones."""

    def __init__(self, steps: Mapping[int, int], scopes: Mapping[int, int]) -> None:
        self.steps = steps
        self.scopes = scopes

    def __repr__(self) -> str:
        return f"<_Places of {len(self.steps)} steps, {len(self.scopes)} scopes>"

    def scope(self, index: int | None) -> int | None:
        return None if index is None else self.scopes[index]

    def held(self, held: Held) -> Held:
        if isinstance(held, FromReply):
            return replace(held, step=self.steps[held.step])
        if isinstance(held, FromMatch):
            return replace(held, items=self.held(held.items), key=self.value(held.key))
        return replace(held, scope=self.scopes[held.scope])

    def value(self, value: Value) -> Value:
        return self.held(value) if isinstance(value, Held) else value

    def values(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {name: self.value(one) for name, one in values.items()}

    def step(self, step: Step) -> Step:
        return replace(
            step,
            index=self.steps[step.index],
            scope=self.scope(step.scope),
            arguments=self.values(step.arguments),
        )

    def member(self, member: Member) -> Member:
        return replace(member, show=self._show(member.show))

    def _show(self, show: Show) -> Show:
        match show:
            case Plain():
                return replace(show, value=self.value(show.value))
            case Computed():
                return replace(show, arguments=self.values(show.arguments))
            case Object():
                inside = tuple(self.member(one) for one in show.members)
                return replace(show, of=self.held(show.of), members=inside)
            case Items():
                inside = tuple(self.member(one) for one in show.members)
                return replace(show, scope=self.scopes[show.scope], members=inside)
