"""Plain words for what stands in a plan: values, policies, members.

Why       A front-end developer who has never seen the code should read a plan as a sentence; text
          and JSON use the same words.
Called by text.py, data.py, drawing.py.
Never     shows where something is declared: that changes with every line above it.
"""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bff.calls.keep import Keep
from bff.compose.view.cost import item_name
from bff.compose.view.plan import (
    Computed,
    Constant,
    FromCaller,
    FromInput,
    FromItem,
    FromMatch,
    FromReply,
    Items,
    Member,
    Object,
    Plain,
    Plan,
    Show,
    Step,
    Value,
)
from bff.compose.view.waves import Trip
from bff.terms.access import Access


def access_words(access: Access) -> str:
    """ "signed in", or the demands as they were declared."""
    return str(access).replace("signed_in", "signed in")


def value_words(plan: Plan, value: Value) -> str:
    """Where a value comes from: "get_product.seller_id", "review.author_id", "5"; of a keyed join
    "batch_get_daily_clicks.daily_clicks[code = link.short_code].daily".
    """
    match value:
        case Constant(value=constant):
            return json.dumps(constant, ensure_ascii=False, default=lambda it: type(it).__name__)
        case FromInput(name=name):
            return f"input {name}"
        case FromCaller():
            return "the caller's id"
        case FromReply(step=step, path=path):
            return ".".join((plan.steps[step].name, *path))
        case FromItem(scope=scope, path=path):
            return ".".join((item_name(plan.scopes[scope]), *path))
        case FromMatch(items=items, by=by, key=key, path=path):
            which = f"[{by} = {value_words(plan, key)}]"
            return ".".join((value_words(plan, items) + which, *path))


def show_words(plan: Plan, show: Show) -> str:
    """What a member shows."""
    match show:
        case Plain(value=value, kind=kind):
            return _PLAIN[kind].format(value_words(plan, value))
        case Object(of=of, shape=shape):
            return f"{shape} of {value_words(plan, of)}"
        case Items(scope=scope, shape=shape):
            return f"list of {shape}, one per item of {value_words(plan, plan.scopes[scope].items)}"
        case Computed(function=function, arguments=arguments):
            told = ", ".join(value_words(plan, one) for one in arguments.values())
            return f"computed by {getattr(function, '__name__', 'a function')}({told})"


def member_words(member: Member) -> tuple[str, ...]:
    """When it is null, and when it comes: "soft", "absent", "deferred"."""
    return tuple(
        word
        for word, holds in (
            ("soft", member.soft),
            ("may be absent", member.absent),
            ("deferred", member.deferred),
        )
        if holds
    )


def members_of(show: Show) -> tuple[Member, ...]:
    """Those inside of it."""
    return show.members if isinstance(show, Object | Items) else ()


def after_words(plan: Plan, trip: Trip) -> tuple[str, ...]:
    """The steps whose replies it waits for, in the plan's order."""
    return tuple(plan.steps[one].name for one in sorted(trip.after))


def step_words(step: Step) -> tuple[str, ...]:
    """Its policies, the most important first."""
    return tuple(_policies(step))


def keep_words(keep: Keep) -> str:
    """How long an answer may be kept.

    >>> keep_words(Keep(fresh_s=60, stale_while_revalidate_s=120, public=True))
    'kept for everybody: 60 s, 120 s more while it is asked again'
    """
    spans = (
        (keep.fresh_s, ""),
        (keep.stale_while_revalidate_s, " while it is asked again"),
        (keep.stale_if_error_s, " where it fails"),
    )
    told = [
        f"{seconds:g} s{' more' if at else ''}{why}"
        for at, (seconds, why) in enumerate(one for one in spans if one[0])
    ]
    whose = "everybody" if keep.public else "each caller"
    return f"kept for {whose}: {', '.join(told) or 'not at all'}"


def _policies(step: Step) -> Iterator[str]:
    yield "needed" if step.needed else "soft"
    if step.deadline_ms is not None:
        yield f"within {step.deadline_ms:g} ms"
    if step.keep is not None:
        yield keep_words(step.keep)
    if step.fallback is not None:
        yield "a fallback where it fails"
    if step.deferred:
        yield "deferred"
    if step.scope is not None and step.pair is None:
        yield "no batch rpc fits: one call each"
    if step.mask is not None:
        field, paths = step.mask
        yield f"{field}: {', '.join(paths)}"


_PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "value": "{}",
        "has": "whether {} is set",
        "which": "which of {} is set",
        "values": "the values of {}",
    }
)
