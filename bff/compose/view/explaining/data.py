"""A plan as JSON: for programs, and for the committed snapshot of every plan.

Why       A change of a view's cost should be seen in a review, as a line of a diff.
Called by forms.py, changes.py.
Never     holds what differs between two checkouts of one commit.
Source    docs/spec/views.md "plan snapshot diffed in CI".
"""

from collections.abc import Mapping
from typing import Any

from bff.compose.view.cost import item_name, worst_case
from bff.compose.view.explaining.words import (
    after_words,
    keep_words,
    member_words,
    members_of,
    show_words,
    step_words,
    value_words,
)
from bff.compose.view.plan import Member, Plan, Step, ViewInput
from bff.compose.view.waves import Trip, slowest_chain, waves_of

Data = Mapping[str, Any]
"""Final JSON."""


def data_of(plan: Plan) -> Data:
    """All but where it is declared, which changes with every line above it."""
    cost = worst_case(plan)
    variant = {"variant": plan.variant, "share": plan.share} if plan.variant else {}
    return {
        "view": plan.name,
        "get": plan.get,
        "access": str(plan.access),
        "deadlineMs": plan.deadline_ms,
        "rpcs": {"atMost": cost.number, "bounded": cost.bounded, "formula": str(cost)},
        "keep": keep_words(plan.keep) if plan.keep else None,
        "personal": plan.personal,
        **variant,
        "inputs": [_input(one) for one in plan.inputs],
        "waves": [[_trip(plan, trip) for trip in trips] for trips in waves_of(plan)],
        "slowestChain": [trip.name for trip in slowest_chain(plan)[0]],
        "steps": [_step(plan, one) for one in plan.steps],
        "answer": [_member(plan, one) for one in plan.members],
    }


def _input(one: ViewInput) -> Data:
    told = {"name": one.name, "where": one.where, "type": one.kind.__name__}
    return told if one.default is None else {**told, "default": one.default}


def _trip(plan: Plan, trip: Trip) -> Data:
    return {
        "rpc": trip.rpc,
        "steps": [step.name for step in trip.steps],
        "after": list(after_words(plan, trip)),
        "batched": trip.batched,
        "needed": trip.needed,
    }


def _step(plan: Plan, step: Step) -> Data:
    each = None if step.scope is None else item_name(plan.scopes[step.scope])
    return {
        "name": step.name,
        "rpc": step.rpc.name,
        "each": each,
        "arguments": {name: value_words(plan, one) for name, one in step.arguments.items()},
        "policies": list(step_words(step)),
    }


def _member(plan: Plan, member: Member) -> Data:
    told = {
        "name": member.name,
        "shows": show_words(plan, member.show),
        "policies": list(member_words(member)),
    }
    inside = [_member(plan, one) for one in members_of(member.show)]
    return {**told, "members": inside} if inside else told
