"""What a picture of an endpoint shows: a column a wave, a box a call, an arrow a wait.

Called by mermaid.py, svg.py (draw it), forms.py (makes it).
Never     knows how anything looks.
"""

from dataclasses import dataclass
from itertools import pairwise

from bff.compose.endpoint import Endpoint
from bff.compose.view.cost import items_of
from bff.compose.view.explaining.text import rpcs_words, times_words
from bff.compose.view.plan import Plan
from bff.compose.view.waves import Trip, slowest_chain, waves_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One call. `name` is the step's, `lines` are said below it; `soft`: it may fail."""

    name: str
    lines: tuple[str, ...]
    soft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """From a box to one that waits for it, as (column, row). `slow`: the answer waits for it."""

    start: tuple[int, int]
    end: tuple[int, int]
    slow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One endpoint, drawn from left to right."""

    title: str
    about: str
    columns: tuple[tuple[Box, ...], ...]
    arrows: tuple[Arrow, ...]


def picture_of(plan: Plan) -> Picture:
    """A view's waves."""
    waves = waves_of(plan)
    chain, _ = slowest_chain(plan)
    return Picture(
        title=f"{plan.name}: GET {plan.get}",
        about=f"Deadline {plan.deadline_ms:g} ms, {rpcs_words(plan)}.",
        columns=tuple(tuple(_box(plan, trip) for trip in trips) for trips in waves),
        arrows=_arrows(waves, chain),
    )


def picture_of_calls(endpoint: Endpoint) -> Picture:
    """An endpoint that is no view: its rpcs, in no order that anybody knows."""
    boxes = tuple(_call(name) for name in endpoint.calls)
    return Picture(
        title=f"{endpoint.name}: {endpoint.method} {endpoint.template.text}",
        about=f"Deadline {endpoint.deadline_s * 1000:g} ms.",
        columns=(boxes,) if boxes else (),
        arrows=(),
    )


def _call(rpc: str) -> Box:
    return Box(name=rpc.rpartition("/")[2], lines=(_short(rpc),), soft=False)


def _box(plan: Plan, trip: Trip) -> Box:
    often = [
        f"{step.name}: {times_words(items_of(plan, step))}"
        for step in trip.steps
        if step.scope is not None
    ]
    limits = {f"within {one.deadline_ms:g} ms" for one in trip.steps if one.deadline_ms is not None}
    lines = (_short(trip.rpc), *often, *sorted(limits))
    return Box(name=trip.name, lines=lines, soft=not trip.needed)


def _short(rpc: str) -> str:
    """Without its package.

    >>> _short("shop.catalog.v1.CatalogService/GetProduct")
    'CatalogService/GetProduct'
    """
    service, _, method = rpc.rpartition("/")
    return f"{service.rpartition('.')[2]}/{method}"


def _arrows(waves: tuple[tuple[Trip, ...], ...], chain: tuple[Trip, ...]) -> tuple[Arrow, ...]:
    places = {
        step.index: (column, row)
        for column, trips in enumerate(waves)
        for row, trip in enumerate(trips)
        for step in trip.steps
    }
    slow = {
        (places[one.steps[0].index], places[two.steps[0].index]) for one, two in pairwise(chain)
    }
    found = sorted(
        {
            (places[one], places[trip.steps[0].index])
            for trips in waves
            for trip in trips
            for one in trip.after
        }
    )
    return tuple(Arrow(start=start, end=end, slow=(start, end) in slow) for start, end in found)
