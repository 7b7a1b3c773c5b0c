"""Lookups that one BatchGet does together: who waits, for whom, and how they are asked.

Why       Twenty reviews have twenty authors, and the seller is a user, too: that is one call. When
          to make it is read off the plan, not off a clock: nobody waits longer than until the last
          step that could still add a key has ended.
Called by steps.py (`lookup_of`, at boot), gathering.py (adds, flushes), calls.py.
Never     lets one key's failure fail another's, and never asks for the same key twice.
Source    docs/spec/views.md "Batching"; AIP-231; Haxl (Marlow et al., ICFP 2014).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError

from bff.calls.call import request_bytes
from bff.compose.view.plan import Pair, Step
from bff.compose.view.running.frames import Frame, Said, Unset
from bff.compose.view.running.layout import Layout
from bff.compose.view.running.values import Get, getter
from bff.contract.client import Rpc
from bff.terms.codes import Code
from bff.terms.errors import Failure, ServiceSaid
from bff.terms.mistakes import ContractMistake
from bff.terms.silence import unreadable

if TYPE_CHECKING:
    from bff.compose.view.running.steps import Work

Asker: TypeAlias = "tuple[Work, Frame]"
Askers: TypeAlias = "dict[Any, list[Asker]]"
"""By key, in the order in which they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """How a step is gathered with others.

    group    steps of one group share calls
    key      what is looked up; raises as the step's request does
    rest     the other arguments: only lookups that are equal in them share a call
    urgent   it does not wait for others: something waits for it, or it has a deadline of its own
    feeders  the steps that must have ended before no key can be added any more
    """

    pair: Pair
    group: int
    key: Get
    rest: tuple[tuple[str, Get], ...]
    urgent: bool
    feeders: frozenset[int]
    prompt_feeders: frozenset[int]


def lookup_of(layout: Layout, step: Step) -> Lookup | None:
    """None for a step that is asked by itself. Raises ContractMistake for a pair that is none."""
    pair = step.pair
    if pair is None or (step.scope is None and step.gathered is None):
        return None
    _check(layout, step, pair)
    steps = layout.plan.steps
    gets = {name: getter(one, step.scope, layout) for name, one in step.arguments.items()}
    group = len(steps) + step.index if step.gathered is None else step.gathered
    members = [one for one in steps if one is step or _shares(one, step)]
    feeders = layout.with_sources({one for other in members for one in layout.sources(other.index)})
    awaited = any(step.index in layout.sources(other.index) for other in steps)
    return Lookup(
        pair=pair,
        group=group,
        key=gets[pair.key],
        rest=tuple((name, get) for name, get in gets.items() if name != pair.key),
        urgent=awaited or step.deadline_ms is not None,
        feeders=feeders,
        prompt_feeders=frozenset(one for one in feeders if not steps[one].deferred),
    )


def _shares(one: Step, other: Step) -> bool:
    return one.gathered is not None and one.gathered == other.gathered


def _check(layout: Layout, step: Step, pair: Pair) -> None:
    rpc = layout.rpc(pair.batch.name)
    asked = cast("Descriptor", rpc.request.DESCRIPTOR).fields_by_name
    found = cast("Descriptor", rpc.reply.DESCRIPTOR).fields_by_name.get(pair.found)
    item = None if found is None else found.message_type
    if pair.key not in step.arguments:
        raise ContractMistake(f"a lookup that is gathered needs its key, {pair.key}")
    lost = {pair.keys, *step.arguments} - {pair.key} - set(asked)
    if lost:
        raise ContractMistake(f"{pair.batch.name} can't be asked with {min(lost)}")
    one = cast("Descriptor", layout.rpc(step.rpc.name).reply.DESCRIPTOR)
    if item is None or item.full_name != one.full_name or pair.found_by not in item.fields_by_name:
        raise ContractMistake(f"{pair.batch.name} does not answer with a list of {one.full_name}")


class Waiting:
    """The keys of one request that nobody has asked for yet."""

    def __init__(self) -> None:
        self._askers: dict[tuple[Any, ...], Askers] = {}

    def __repr__(self) -> str:
        return f"<Waiting for {sum(len(one) for one in self._askers.values())} keys>"

    def __bool__(self) -> bool:
        return bool(self._askers)

    def add(self, work: "Work", frame: Frame, lookup: Lookup) -> None:
        """Raises Failure, as the key does; Unset for an empty one: there is nothing to look up."""
        key = lookup.key(frame)
        if not key:
            raise Unset("There is nothing to look up.")
        rest = tuple(_hashable(get(frame)) for _, get in lookup.rest)
        askers = self._askers.setdefault((lookup.group, *rest), {})
        askers.setdefault(key, []).append((work, frame))

    def due(self, under_way: Sequence[int], *, defers: bool) -> Iterator[Askers]:
        """Take those that wait for nobody any more.

        under_way  by step, how many of it are asked and not answered
        defers     some member's first readers don't wait for deferred steps
        """
        for place, askers in list(self._askers.items()):
            if _is_due(askers, under_way, defers=defers):
                del self._askers[place]
                yield askers


def _hashable(value: Any) -> Any:
    return value if value.__hash__ is not None else repr(value)


def _is_due(askers: Askers, under_way: Sequence[int], *, defers: bool) -> bool:
    works = [work for of_key in askers.values() for work, _ in of_key]
    lookups = [work.lookup for work in works if work.lookup is not None]
    if any(one.urgent for one in lookups):
        return True
    prompt = defers and any(not work.step.deferred for work in works)
    feeders = lookups[0].prompt_feeders if prompt else lookups[0].feeders
    return not any(under_way[one] for one in feeders)


def chunks(askers: Askers) -> Iterator[Askers]:
    """As many keys as one call may carry, each time."""
    most = _pair(askers).most
    keys = list(askers)
    for start in range(0, len(keys), most):
        yield {key: askers[key] for key in keys[start : start + most]}


def masks_of(askers: Askers) -> frozenset[str]:
    """All that any of them wants to see; empty where one wants everything."""
    masks = [work.step.mask for of_key in askers.values() for work, _ in of_key]
    if None in masks:
        return frozenset()
    return frozenset(path for one in masks if one is not None for path in one[1])


def batch_request(askers: Askers) -> bytes:
    """One request for all the keys."""
    work, frame = next(iter(askers.values()))[0]
    lookup = cast("Lookup", work.lookup)
    pair = lookup.pair
    rest = {name: get(frame) for name, get in lookup.rest}
    message = pair.batch.request(**{pair.keys: list(askers)}, **rest)
    masks = masks_of(askers)
    if masks and work.step.mask is not None and work.step.mask[0] in _fields(message):
        getattr(message, work.step.mask[0]).paths.extend(sorted(masks))
    return request_bytes(message)


def single_reader(askers: Sequence[Asker]) -> Callable[[bytes], dict[int, Said]]:
    """What each step makes of the one reply."""
    works = {work.step.index: work for work, _ in askers}

    def read(wire: bytes) -> dict[int, Said]:
        return {index: work.read(wire) for index, work in works.items()}

    return read


def batch_reader(askers: Askers) -> Callable[[bytes], dict[Any, dict[int, Said]]]:
    """What each step makes of what was found, by key; a key that is not there was not found."""
    pair = _pair(askers)

    def read(wire: bytes) -> dict[Any, dict[int, Said]]:
        try:
            found = getattr(pair.batch.reply.FromString(wire), pair.found)
        except DecodeError:
            raise unreadable("the reply does not decode", source=pair.batch.name) from None
        by_key = {getattr(one, pair.found_by): one for one in found}
        return {
            key: _each(of_key, by_key[key].SerializeToString())
            for key, of_key in askers.items()
            if key in by_key
        }

    return read


def _each(askers: Sequence[Asker], wire: bytes) -> dict[int, Said]:
    said: dict[int, Said] = {}
    for work, _ in askers:
        if work.step.index not in said:
            try:
                said[work.step.index] = work.read(wire)
            except Failure as failure:
                said[work.step.index] = failure
    return said


def not_found(askers: Askers) -> ServiceSaid:
    """For a key that the batch's reply lacks."""
    detail = "What was asked for does not exist."
    return ServiceSaid(detail, code=Code.NOT_FOUND, source=_pair(askers).batch.name)


def batch_rpc(askers: Askers) -> Rpc[Any, Any]:
    """The rpc that does them all."""
    return _pair(askers).batch


def _pair(askers: Askers) -> Pair:
    work, _ = next(iter(askers.values()))[0]
    return cast("Lookup", work.lookup).pair


def _fields(message: Any) -> Any:
    return message.DESCRIPTOR.fields_by_name
