"""How many rpcs one request for a view may make at most: as a formula, and as one number.

Why       "At most 7, however many reviews" is what a batched view promises, and "4 + 1 per link" is
          what a reviewer should see before the services do.
Called by explaining (text, data, drawing); whoever limits rates by cost.
Never     counts what a cache or a twin in flight may save: it is the worst case, for a client that
          takes the answer whole.
Source    docs/spec/views.md "cost number for rate limits".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, prod

from bff.compose.view.plan import Constant, FromReply, Plan, Scope, Step
from bff.compose.view.waves import Trip, scopes_around, waves_of

ASSUMED_ITEMS = 100
"""How long a list counts that nothing bounds: AIP-158 services seldom give more in a page."""
PAGE_SIZE = "page_size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """`count` rpcs for each `many` of `per`; per () counts once.

    >>> [str(Term(count=4)), str(Term(count=1, per=("link",), many=100))]
    ['4', '1 per 100 links']
    """

    count: int
    per: tuple[str, ...] = ()
    many: int = 1

    def __str__(self) -> str:
        return f"{self.count} {self.each}".rstrip()

    @property
    def each(self) -> str:
        """
        >>> Term(count=1, per=("link", "tag")).each
        'per tag of each link'
        """
        if not self.per:
            return ""
        inmost = self.per[-1] if self.many == 1 else f"{self.many} {plural(self.per[-1])}"
        around = "".join(f" of each {name}" for name in reversed(self.per[:-1]))
        return f"per {inmost}{around}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The worst case. `number` takes lists that nothing bounds as ASSUMED_ITEMS long."""

    terms: tuple[Term, ...]
    number: int

    @property
    def bounded(self) -> bool:
        return not any(term.per for term in self.terms)

    def __str__(self) -> str:
        return " + ".join(map(str, self.terms)) or "0"


def cost_of(plan: Plan) -> int:
    """Rpcs in the worst case, as a number that limits can be made of."""
    return worst_case(plan).number


def worst_case(plan: Plan) -> Cost:
    """Rpcs in the worst case."""
    trips = [trip for wave in waves_of(plan) for trip in wave]
    summed: dict[tuple[tuple[str, ...], int], int] = {}
    for term in (term for trip in trips for term in _terms(plan, trip)):
        key = term.per, term.many
        summed[key] = summed.get(key, 0) + term.count
    ordered = sorted(summed.items(), key=lambda one: bool(one[0][0]))  # what is fixed comes first
    terms = tuple(Term(count=count, per=per, many=many) for (per, many), count in ordered)
    return Cost(terms=terms, number=sum(_number(plan, trip) for trip in trips))


def items_of(plan: Plan, step: Step) -> Term:
    """How often a step is asked, if nothing is gathered."""
    return _times(plan, scopes_around(plan, step.scope))


def item_name(scope: Scope) -> str:
    """What one item of a list is called: "review" of "reviews".

    >>> from bff.compose.view.plan import FromReply
    >>> item_name(Scope(index=0, parent=None, items=FromReply(0, ("page", "categories"))))
    'category'
    """
    name = scope.items.path[-1] if scope.items.path else "item"
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def plural(name: str) -> str:
    """Good enough for field names: "reviews", "categories"."""
    if name.endswith("y") and name[-2:-1] not in tuple("aeiou"):
        return f"{name[:-1]}ies"
    return name if name.endswith("s") else f"{name}s"


def _terms(plan: Plan, trip: Trip) -> Iterator[Term]:
    if not trip.batched:
        yield from (items_of(plan, step) for step in trip.steps)
        return
    calls, keys = _calls_and_keys(plan, trip)
    loose = [one for one in keys if one.per]
    if not loose:
        yield replace(calls, count=calls.count * _batches(trip, (one.count for one in keys)))
    for one in loose:
        yield Term(count=calls.count * one.count, per=(*calls.per, *one.per), many=_most(trip))


def _number(plan: Plan, trip: Trip) -> int:
    if not trip.batched:
        return sum(_assumed(items_of(plan, step)) for step in trip.steps)
    calls, keys = _calls_and_keys(plan, trip)
    return _assumed(calls) * _batches(trip, map(_assumed, keys))


def _calls_and_keys(plan: Plan, trip: Trip) -> tuple[Term, list[Term]]:
    """How often keys come in, and how many of each step at a time."""
    outside = len(scopes_around(plan, trip.apart))
    calls = _times(plan, scopes_around(plan, trip.apart))
    inside = [scopes_around(plan, step.scope)[outside:] for step in trip.steps]
    return calls, [_times(plan, scopes) for scopes in inside]


def _times(plan: Plan, scopes: Sequence[Scope]) -> Term:
    bounds = [(_bound(plan, scope), item_name(scope)) for scope in scopes]
    count = prod(bound for bound, _ in bounds if bound is not None)
    return Term(count=count, per=tuple(name for bound, name in bounds if bound is None))


def _assumed(times: Term) -> int:
    return times.count * int(ASSUMED_ITEMS ** len(times.per))


def _batches(trip: Trip, keys: Iterable[int]) -> int:
    return ceil(sum(keys) / _most(trip))


def _most(trip: Trip) -> int:
    pair = trip.steps[0].pair
    return pair.most if pair else 1


def _bound(plan: Plan, scope: Scope) -> int | None:
    """How many items the list has at most: what a constant page size says, None for no bound."""
    if not isinstance(scope.items, FromReply) or len(scope.items.path) != 1:
        return None
    asked = plan.steps[scope.items.step].arguments.get(PAGE_SIZE)
    if isinstance(asked, Constant) and isinstance(asked.value, int) and asked.value > 0:
        return asked.value
    return None
