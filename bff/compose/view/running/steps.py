"""A plan's steps and scopes, compiled: what each waits for, asks with, and makes of its reply.

Called by gathering.py, at boot (`works_of`) and for every request (the closures in it).
Never     looks at a descriptor while a request runs.
Source    docs/spec/views.md "Semantics".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from bff.calls.call import Calls, Read, Start, request_bytes
from bff.compose.view.plan import Constant, Held, Step, Value, replies_in
from bff.compose.view.running.batching import Lookup, lookup_of
from bff.compose.view.running.frames import Frame, Reply, Unset
from bff.compose.view.running.layout import Layout
from bff.compose.view.running.needs import Needs, needs_of
from bff.compose.view.running.replies import Reading
from bff.compose.view.running.values import Get, getter, held_getter
from bff.terms.mistakes import ContractMistake

Waits: TypeAlias = tuple[tuple[int, int], ...]
"""Steps, each with how many frames up its reply will stand."""
Request = Callable[[Frame], Message | None]
_EXPLICIT_BATCH = "BatchGet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One step.

    request    the message, before its mask; None: there is nothing to ask for. Raises Failure
    fixed      its bytes, where every request for the view makes the same one
    read       the reply's wire bytes to what the frame keeps
    spared     it may fail
    may_lack   it may be absent
    fallback   what stands for the reply of a call that failed
    lookup     how it is gathered with others; None: it is not
    timed      others wait for steps like this: how long it takes is watched
    hurried    its time ends before the view's
    """

    step: Step
    waits: Waits
    request: Request
    fixed: bytes | None
    read: Read
    spared: bool
    may_lack: bool
    fallback: Reply | None
    lookup: Lookup | None
    timed: bool
    hurried: bool

    def message(self, frame: Frame) -> Message:
        """The request of a step that always has something to ask for."""
        return cast("Message", self.request(frame))  # only a BatchGet may be asked for nothing

    def bytes_of(self, message: Message, masks: frozenset[str] | None = None) -> bytes:
        """The request with its mask, or with another one."""
        if self.step.mask is not None:
            field, paths = self.step.mask
            getattr(message, field).paths.extend(paths if masks is None else sorted(masks))
        return request_bytes(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One scope: when its list is there, each item gets a frame."""

    scope: int
    waits: Waits
    items: Get


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """All of one plan.

    inside     what begins with each frame of a scope; None: the answer
    followers  by step: those that read its reply
    starts     by step: what begins its calls with the least ado; None where they are shared or kept
    """

    steps: tuple[Work, ...]
    inside: Mapping[int | None, tuple[Work | Opening, ...]]
    followers: tuple[frozenset[int], ...]
    starts: tuple[Start | None, ...]


def works_of(
    layout: Layout,
    readings: Sequence[Reading],
    *,
    calls: Calls,
    framed: frozenset[int],
    mistakes: list[ContractMistake],
) -> Works:
    """framed  the scopes that are written item by item; those with steps in them come along."""
    plan, needs = layout.plan, needs_of(layout)
    scopes = framed | {one for step in plan.steps for one in _around(layout, step.scope)}
    inside: dict[int | None, list[Work | Opening]] = {one: [] for one in (None, *scopes)}
    works: list[Work] = []
    openings = [_opening(layout, one, readings) for one in sorted(scopes)]
    for step in plan.steps:
        _needs_messages(step.arguments.values(), readings)
    for step in plan.steps:
        try:
            works.append(_work(layout, step, readings[step.index], needs))
            inside[step.scope].append(works[-1])
        except ContractMistake as mistake:
            mistakes.append(ContractMistake(f"{step.name}: {mistake.what}", where=step.declared_at))
    for opening in openings:
        inside[plan.scopes[opening.scope].parent].append(opening)
    return Works(
        steps=tuple(works),
        inside={scope: tuple(found) for scope, found in inside.items()},
        followers=followers_of(layout),
        starts=tuple(_start(one, calls) for one in works),
    )


def _start(work: Work, calls: Calls) -> Start | None:
    rpc = work.step.rpc
    if rpc.idempotent or work.step.keep is not None:
        return None
    return calls.starter(rpc.name, work.read)


def followers_of(layout: Layout) -> tuple[frozenset[int], ...]:
    """By step: those that read its reply."""
    steps = layout.plan.steps
    sources = [layout.sources(one.index) for one in steps]
    return tuple(
        frozenset(other.index for other in steps if one.index in sources[other.index])
        for one in steps
    )


def _around(layout: Layout, scope: int | None) -> list[int]:
    found = []
    while scope is not None:
        found.append(scope)
        scope = layout.plan.scopes[scope].parent
    return found


def _needs_messages(values: Any, readings: Sequence[Reading]) -> None:
    for one in replies_in(values):
        readings[one.step].whole = True


def _opening(layout: Layout, scope: int, readings: Sequence[Reading]) -> Opening:
    one = layout.plan.scopes[scope]
    layout.item(scope)
    _needs_messages([one.items], readings)
    waits = _waits(layout, one.parent, [one.items])
    return Opening(scope=scope, waits=waits, items=held_getter(one.items, one.parent, layout))


def _waits(layout: Layout, scope: int | None, values: Sequence[Value]) -> Waits:
    return tuple(sorted({(one.step, layout.levels(scope, one)) for one in replies_in(values)}))


def _work(layout: Layout, step: Step, reading: Reading, needs: Needs) -> Work:
    layout.rpc(step.rpc.name)
    request = _request(layout, step)
    spared = step.index not in needs.failure
    followed = any(step.index in layout.sources(one.index) for one in layout.plan.steps)
    fixed = all(isinstance(one, Constant) for one in step.arguments.values())
    work = Work(
        step=step,
        waits=_waits(layout, step.scope, list(step.arguments.values())),
        request=request,
        fixed=None,
        read=(read := reading.read()),
        spared=spared,
        may_lack=step.index not in needs.absence,
        fallback=None if step.fallback is None else read(step.fallback.SerializeToString()),
        lookup=lookup_of(layout, step),
        timed=bool(layout.sources(step.index)),
        hurried=spared or step.deadline_ms is not None or followed,
    )
    return _with_fixed(work) if fixed else work


def _with_fixed(work: Work) -> Work:
    message = work.request(cast("Frame", None))  # constants read no frame
    return work if message is None else replace(work, fixed=work.bytes_of(message))


def _request(layout: Layout, step: Step) -> Request:
    """What makes the request of plain values. Raises ContractMistake."""
    new, descriptor = step.rpc.request, cast("Descriptor", step.rpc.request.DESCRIPTOR)
    gets: list[tuple[str, Get]] = []
    for name, value in step.arguments.items():
        if name not in descriptor.fields_by_name:
            raise ContractMistake(f"{descriptor.full_name} has no field `{name}`")
        gets.append((name, _argument(layout, step, name, value)))
    many = _explicit_keys(step, descriptor)
    try:
        new(
            **{name: one.value for name, one in step.arguments.items() if isinstance(one, Constant)}
        )
    except (TypeError, ValueError) as wrong:
        raise ContractMistake(f"its constants don't fit: {wrong}") from None

    def request(frame: Frame) -> Message | None:
        values = {name: get(frame) for name, get in gets}
        if many and not values[many]:
            return None
        return cast("Message", new(**values))

    return request


def _argument(layout: Layout, step: Step, name: str, value: Value) -> Get:
    """A key out of a message may be empty: then there is nothing to look up."""
    get = getter(value, step.scope, layout)
    if not isinstance(value, Held) or not _is_key(layout, step, name, value):
        return get

    def key(frame: Frame) -> Any:
        found = get(frame)
        if not found:
            raise Unset("There is nothing to look up.")
        return found

    return key


def _is_key(layout: Layout, step: Step, name: str, value: Held) -> bool:
    fields = layout.fields(value)
    if not fields or fields[-1].is_repeated or fields[-1].message_type is not None:
        return False
    if step.pair is not None:
        return step.pair.key == name
    request = cast("Descriptor", layout.rpc(step.rpc.name).request.DESCRIPTOR)
    field = request.fields_by_name.get(name)
    return field is not None and "REQUIRED" in layout.catalog.describe(field).behaviors


def _explicit_keys(step: Step, descriptor: Descriptor) -> str:
    """The field of a BatchGet's keys that may turn out empty; "" for none."""
    if not step.rpc.name.partition("/")[2].startswith(_EXPLICIT_BATCH):
        return ""
    held = (name for name, one in step.arguments.items() if isinstance(one, Held))
    return next((name for name in held if descriptor.fields_by_name[name].is_repeated), "")
