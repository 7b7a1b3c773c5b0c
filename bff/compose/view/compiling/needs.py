"""What follows from who reads whom: which steps are needed, deferred, whole, masked, gathered.

Why       Nobody declares it, so nobody can declare it wrongly.
Called by views.py, once per view, when all of its members are read.
Never     changes what a view answers: only when, how often and how much it asks.
Source    docs/spec/views.md "Semantics"; AIP-157 (read masks); AIP-231.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from bff.compose.view.compiling.pairs import agreeing, pair_of
from bff.compose.view.compiling.steps import Graph
from bff.compose.view.plan import (
    Computed,
    FromItem,
    FromMatch,
    FromReply,
    Held,
    Items,
    Member,
    Object,
    Pair,
    Path,
    Plain,
    Step,
    Value,
    parts_of,
)

_MASKS = ("read_mask", "field_mask")
_MASK = "google.protobuf.FieldMask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One value that a member reads. `whole`: as a message, not as bytes to be written."""

    value: Value
    soft: bool
    deferred: bool
    whole: bool


Reads: TypeAlias = tuple[Read, ...]


def with_needs(graph: Graph, members: tuple[Member, ...]) -> tuple[Step, ...]:
    """The steps, with all that only the whole view can tell."""
    reads = tuple(reads_of(graph, members))
    needed = _reached(graph, (one.value for one in reads if not one.soft))
    prompt = _reached(graph, (one.value for one in reads if not one.deferred))
    whole = _whole(graph, reads)
    steps = [
        replace(
            step,
            needed=step.index in needed,
            deferred=step.index not in prompt,
            whole=step.index in whole,
        )
        for step in graph.steps
    ]
    paired = [_paired(graph, step) for step in steps]
    masked = [_masked(graph, step, reads) for step in paired]
    return _gathered(masked)


def reads_of(
    graph: Graph, members: Iterable[Member], *, soft: bool = False, deferred: bool = False
) -> Iterator[Read]:
    """Everything that members read, those inside of objects and lists included."""
    for one in members:
        is_soft, later = soft or one.soft, deferred or one.deferred

        def read(
            value: Value, *, whole: bool = False, soft: bool = is_soft, deferred: bool = later
        ) -> Read:
            return Read(value=value, soft=soft, deferred=deferred, whole=whole)

        match one.show:
            case Plain(value=value, kind=kind):
                yield read(value, whole=kind != "value")
            case Computed(arguments=arguments):
                yield from (read(value, whole=True) for value in arguments.values())
            case Object(of=held, members=inside):
                yield read(held)
                yield from reads_of(graph, inside, soft=is_soft, deferred=later)
            case Items(scope=scope, members=inside):
                yield read(graph.scopes[scope].items)
                yield from reads_of(graph, inside, soft=is_soft, deferred=later)


def _steps_of(graph: Graph, value: Value) -> Iterator[int]:
    """The steps that a value stands in the replies of."""
    for one in parts_of(value):
        if isinstance(one, FromItem):
            yield from _steps_of(graph, graph.scopes[one.scope].items)
        elif isinstance(one, FromReply):
            yield one.step


def _reached(graph: Graph, values: Iterable[Value]) -> frozenset[int]:
    """The steps of these values, and those that have to be answered before."""
    found: set[int] = set()
    left = list(values)
    while left:
        for index in _steps_of(graph, left.pop()):
            if index not in found:
                found.add(index)
                left += graph.steps[index].arguments.values()
    return frozenset(found)


def _whole(graph: Graph, reads: Reads) -> frozenset[int]:
    values = [one.value for one in reads if one.whole or isinstance(one.value, FromMatch)]
    values += (value for step in graph.steps for value in step.arguments.values())
    return frozenset(index for value in values for index in _steps_of(graph, value))


def _paired(graph: Graph, step: Step) -> Step:
    """With its pair, where its other arguments are the same for every key."""
    pair = pair_of(graph.catalog, step.rpc)
    if pair is None or pair.key not in step.arguments:
        return step
    others = [value for name, value in step.arguments.items() if name != pair.key]
    if any(graph.scope_of(value) is not None for value in others):
        return step
    if not agreeing(pair, step.rpc, arguments=iter(step.arguments)):
        return step
    return replace(step, pair=pair)


def _gathered(steps: list[Step]) -> tuple[Step, ...]:
    """Lookups of one rpc that ask for everything but the key alike share their batches."""
    numbers: dict[object, int] = {}
    keys = [_asks_alike(step, step.pair) if step.pair else None for step in steps]
    made = []
    for step, key in zip(steps, keys, strict=True):
        alone = key is None or (step.scope is None and keys.count(key) == 1)
        number = None if alone else numbers.setdefault(key, len(numbers))
        made.append(replace(step, gathered=number))
    return tuple(made)


def _asks_alike(step: Step, pair: Pair) -> object:
    others = ((name, repr(v)) for name, v in sorted(step.arguments.items()) if name != pair.key)
    return (step.rpc.name, tuple(others), step.mask)


def _masked(graph: Graph, step: Step, reads: Reads) -> Step:
    """With the paths that are read, where the request has a mask that the view did not fill."""
    request = step.rpc.request.DESCRIPTOR.fields_by_name
    for name in _MASKS:
        field = request.get(name)
        if field is not None and field.message_type and field.message_type.full_name == _MASK:
            batch = step.pair.batch.request.DESCRIPTOR.fields_by_name if step.pair else request
            if name in step.arguments or name not in batch:
                return step
            paths = _relative(step, set(_paths(graph, step, reads)))
            return replace(step, mask=(name, paths)) if paths else step
    return step


def _paths(graph: Graph, step: Step, reads: Reads) -> Iterator[Path]:
    """Of what is read of its reply, but for lists and objects that only lead to what is inside."""
    leading = {scope.items for scope in graph.scopes}
    values = [one.value for one in reads if one.value not in leading]
    values += (value for other in graph.steps for value in other.arguments.values())
    values += [graph.page] if graph.page else []
    for value in (one for given in values for one in _with_keys(given)):
        if isinstance(value, Held):
            held = _from_reply(graph, value)
            if held.step == step.index:
                yield held.path
    if step.pair:
        yield (step.pair.found_by,)


def _with_keys(value: Value) -> Iterator[Value]:
    """A value, and what is compared to find it."""
    yield value
    if isinstance(value, FromMatch):
        yield replace(value, path=(value.by,))
        yield from _with_keys(value.key)
        _, *keys = _with_keys(value.items)
        yield from keys


def _from_reply(graph: Graph, held: Held) -> FromReply:
    """The same place, seen from the reply, lists on the way included."""
    while not isinstance(held, FromReply):
        outer = held.items if isinstance(held, FromMatch) else graph.scopes[held.scope].items
        held = replace(outer, path=(*outer.path, *held.path))
    return held


def _relative(step: Step, paths: set[Path]) -> tuple[str, ...]:
    """A page's mask speaks of its items (AIP-157); any other of the reply. () for all of it."""
    fields = list(step.rpc.reply.DESCRIPTOR.fields)
    lists = [one.name for one in fields if one.is_repeated and one.message_type is not None]
    if "page_size" in step.rpc.request.DESCRIPTOR.fields_by_name and len(lists) == 1:
        paths = {path[1:] for path in paths if path[:1] in ((), (lists[0],))}
    return () if () in paths else tuple(sorted({".".join(path) for path in paths}))
