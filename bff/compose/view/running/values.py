"""The values of a plan, out of the frames of one request.

Called by steps.py (arguments of rpcs), writing/members.py (arguments of functions, presence).
Never     answers with a default where a message on the way is unset: that is absent.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from google.protobuf.descriptor import FieldDescriptor

from bff.compose.view.plan import (
    Constant,
    FromCaller,
    FromInput,
    FromMatch,
    FromReply,
    Held,
    Value,
)
from bff.compose.view.running.frames import Frame, Unset
from bff.compose.view.running.layout import Fields, Layout
from bff.terms.errors import Failure

Get = Callable[[Frame], Any]
"""Raises the Failure of the step that it reads, or Unset."""
Walk = Callable[[Any], Any]
Find: TypeAlias = Callable[[Frame], Frame]


def getter(value: Value, scope: int | None, layout: Layout, *, strict: bool = False) -> Get:
    """What reads a value, seen from a frame of `scope`. Raises ContractMistake.

    strict  an `optional` that is not set is Unset, not its default
    """
    match value:
        case Constant():
            constant = value.value
            return lambda _frame: constant
        case FromInput():
            name = value.name
            return lambda frame: frame.given.inputs[name]
        case FromCaller():
            return lambda frame: frame.given.identity.subject
        case _:
            return held_getter(value, scope, layout, strict=strict)


def held_getter(held: Held, scope: int | None, layout: Layout, *, strict: bool = False) -> Get:
    """As `getter`, of what stands in a message."""
    walk = walker(layout.fields(held), strict=strict)
    if isinstance(held, FromMatch):
        find = finder(held, scope, layout)
        return lambda frame: walk(find(frame).item)
    levels = layout.levels(scope, held)
    if not isinstance(held, FromReply):
        if levels == 0:
            return lambda frame: walk(frame.item)
        return lambda frame: walk(frame.above(levels).item)
    step = held.step

    def get(frame: Frame) -> Any:
        said = frame.above(levels).said[step]
        if type(said) is not tuple:
            raise failed(said)
        return walk(said[0])

    return get


def finder(match: FromMatch, scope: int | None, layout: Layout) -> Find:
    """What finds the message of a keyed join, once per item, as a frame of its own.

    Raises Unset where there is none, or the Failure of its list or its key.
    """
    known = layout.scope_of(match)
    levels, number = layout.levels(scope, match), layout.number(replace(match, path=()))
    by_key, key = _by_key(match, known, layout), getter(match.key, known, layout)

    def look(place: Frame) -> Frame | Failure:
        try:
            wanted = key(place)
            message = by_key(place).get(wanted) if wanted else None
        except Failure as failure:
            return failure
        if message is None:
            return Unset("There is none for this key.")
        return Frame(place.given, 0, item=message, up=place)

    def find(frame: Frame) -> Frame:
        place = frame.above(levels)
        found: Frame | Failure | None = place.matched.get(number)
        if found is None:
            found = place.matched[number] = look(place)
        if isinstance(found, Failure):
            raise failed(found)
        return found

    return find


def _by_key(
    match: FromMatch, scope: int | None, layout: Layout
) -> Callable[[Frame], Mapping[Any, Any]]:
    """The list by its key, made once for all who look into it; the first of a key wins."""
    [field] = layout.fields(replace(match, path=(match.by,)))
    by, items = field.name, held_getter(match.items, scope, layout)
    levels = layout.levels(scope, match.items)
    number = layout.number((match.items, match.by))

    def by_key(frame: Frame) -> Mapping[Any, Any]:
        place = frame.above(levels)
        found: Mapping[Any, Any] | None = place.matched.get(number)
        if found is None:
            found = {getattr(one, by): one for one in reversed(items(frame))}
            place.matched[number] = found
        return found

    return by_key


def failed(said: Any) -> Failure:
    """What to raise of a step that has no reply: it is read only after it was answered."""
    failure: Failure = said
    return failure.with_traceback(None)


def walker(fields: Fields, *, strict: bool = False) -> Walk:
    """From a message to what stands at the end of some fields."""
    if not fields:
        return lambda message: message
    asked = tuple((one.name, _must_be_set(one, strict=strict)) for one in fields[:-1])
    last, last_checked = fields[-1].name, _must_be_set(fields[-1], strict=strict)
    if not asked and not last_checked:
        return lambda message: getattr(message, last)
    way = (*asked, (last, last_checked))

    def walk(message: Any) -> Any:
        for name, checked in way:
            if checked and not message.HasField(name):
                raise Unset("A service left out what this needs.")
            message = getattr(message, name)
        return message

    return walk


def _must_be_set(field: FieldDescriptor, *, strict: bool) -> bool:
    if field.is_repeated:
        return False
    return field.message_type is not None or (strict and field.has_presence)
