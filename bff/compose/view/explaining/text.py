"""A plan as text: what is asked when, under which policies, and where it stands in the answer.

Called by forms.py.
Never     needs colours or a wide terminal.
Source    docs/spec/views.md "bff explain".
"""

from collections.abc import Iterable, Iterator

from bff.compose.view.cost import Term, item_name, items_of, worst_case
from bff.compose.view.explaining.words import (
    access_words,
    after_words,
    keep_words,
    member_words,
    members_of,
    show_words,
    step_words,
    value_words,
)
from bff.compose.view.plan import Member, Plan, Step
from bff.compose.view.waves import Trip, slowest_chain, waves_of


def text_of(plan: Plan) -> str:
    """The whole explanation, without a line end at its end."""
    return "\n".join((*_head(plan), *_waves(plan), "", "answer", *_members(plan, plan.members, 1)))


def counted(number: int, noun: str) -> str:
    """
    >>> counted(1, "rpc"), counted(2, "wave")
    ('1 rpc', '2 waves')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def rpcs_words(plan: Plan) -> str:
    """The worst case: "at most 7 rpcs", "rpcs: 4 + 1 per link"."""
    cost = worst_case(plan)
    return f"at most {counted(cost.number, 'rpc')}" if cost.bounded else f"rpcs: {cost}"


def _head(plan: Plan) -> Iterator[str]:
    waves = counted(len(waves_of(plan)), "wave")
    yield f"GET {plan.get}   {plan.name}   {plan.declared_at}"
    yield f"  deadline {plan.deadline_ms:g} ms, {rpcs_words(plan)}, {waves}"
    kept = keep_words(plan.keep) if plan.keep else "not kept"
    whose = "differs by caller" if plan.personal else "the same for everybody"
    yield f"  {access_words(plan.access)}, {whose}, {kept}"
    if plan.variant:
        yield f"  variant {plan.variant}, for {plan.share} of 100 callers"
    for one in plan.inputs:
        default = "required" if one.default is None else f"default {one.default!r}"
        yield f"  input {one.name}: {one.kind.__name__}, {one.where}, {default}"


def _waves(plan: Plan) -> Iterator[str]:
    for number, trips in enumerate(waves_of(plan), start=1):
        yield ""
        yield f"wave {number}{', asked at once' if number == 1 else ''}"
        for trip in trips:
            yield from _trip(plan, trip)
    chain, _ = slowest_chain(plan)
    if chain:
        yield ""
        yield f"slowest chain: {' -> '.join(trip.name for trip in chain)}"


def _trip(plan: Plan, trip: Trip) -> Iterator[str]:
    indent, rpc = "  ", f"   {trip.rpc}"
    waits = [f"after {', '.join(after_words(plan, trip))}"] if trip.after else []
    if trip.batched:
        pair = trip.steps[0].pair
        each = "" if trip.apart is None else f" per {item_name(plan.scopes[trip.apart])}"
        most = f"one call{each} for up to {pair.most if pair else 1} keys"
        yield f"  {'; '.join((most, *waits))}{rpc}"
        indent, rpc, waits = "    ", "", []
    for step in trip.steps:
        told = (*step_words(step), *_often(plan, step), *waits)
        yield f"{indent}{step.name}{rpc}   {'; '.join(told)}"
        for name, value in step.arguments.items():
            yield f"{indent}    {name} = {value_words(plan, value)}"


def _often(plan: Plan, step: Step) -> Iterable[str]:
    """How often it is asked, where that is not once."""
    if step.scope is None:
        return ()
    return (times_words(items_of(plan, step)),)


def times_words(times: Term) -> str:
    """How often something is asked.

    >>> [times_words(one) for one in (Term(count=5), Term(count=1, per=("link",)))]
    ['at most 5 times', 'once per link']
    """
    if not times.per:
        return f"at most {counted(times.count, 'time')}"
    return f"{'once' if times.count == 1 else f'{times.count} times'} {times.each}"


def _members(plan: Plan, members: tuple[Member, ...], depth: int) -> Iterator[str]:
    width = max((len(one.name) for one in members), default=0)
    for one in members:
        told = "; ".join((show_words(plan, one.show), *member_words(one)))
        yield f"{'  ' * depth}{one.name.ljust(width)}  {told}"
        yield from _members(plan, members_of(one.show), depth + 1)
