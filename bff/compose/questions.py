"""What a board asks of the services: its parts, gathered into calls that are ready to be made.

Why       Two parts may show two fields of one reply: that is one call, read twice in one go.
Called by compose/boards.py, at boot (`questions_of`) and for every request.
Never     makes a message of a reply.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bff.calls.call import Call, Make
from bff.compose.endpoint import Gap
from bff.compose.fanout import SOFT_SHARE, gap_of
from bff.compose.parts import Given, Part
from bff.contract.codec.wire_writer import WireWriter
from bff.contract.json_pointer import pointer
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure
from bff.terms.mistakes import ContractMistake

Fragments = tuple[bytes, ...]
"""The JSON of each part that a question answers."""


Replies: TypeAlias = Sequence["Fragments | Failure"]
"""Of a soft question it may be a Failure; parallel to the questions."""
Asked: TypeAlias = "tuple[Question, Call]"
"""A question of one request, ready to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call of a board.

    first   the part that says how it is asked; what it says holds for all
    places  where in the answer its fragments stand, by number of the part
    names   of those parts
    read    the reply's wire bytes to their JSON; raises ServiceSilent
    """

    first: Part[Any, Any]
    places: tuple[int, ...]
    names: tuple[str, ...]
    read: Callable[[bytes], Fragments]

    def call(self, context: RequestContext, given: Given) -> Call:
        """Raises what the part's `ask` raises."""
        first = self.first
        if first.soft or first.deadline_ms is not None:
            context = context._replace(deadline=self._deadline(context.deadline))
        request = first.ask(given).SerializeToString()
        return Call(first.rpc.name, request, context, self.read, None, first.rpc.idempotent)

    def gaps(self, failure: Failure) -> list[Gap]:
        return [gap_of(failure, pointer([name])) for name in self.names]

    def _deadline(self, whole: Deadline) -> Deadline:
        """A soft part leaves time to answer without it."""
        seconds = whole.remaining_s()
        if self.first.soft:
            seconds *= SOFT_SHARE
        if self.first.deadline_ms is not None:
            seconds = min(seconds, self.first.deadline_ms / 1000)
        return whole.within(seconds)


def asking(make: Make) -> Callable[[Asked], Awaitable[Fragments | Failure]]:
    """What makes such a call; of a soft question the Failure may be the answer."""

    async def ask(asked: Asked) -> Fragments | Failure:
        question, call = asked
        try:
            fragments: Fragments = await make(call)
        except Failure as failure:
            if question.first.soft:
                return failure
            raise
        return fragments

    return ask


def questions_of(
    parts: Sequence[Part[Any, Any]], writers: Sequence[WireWriter]
) -> tuple[Question, ...]:
    """The calls in the order in which their first parts are declared.

    writers  parallel to `parts`
    Raises   ContractMistake for parts that share a call and differ in how it is made
    """
    return tuple(
        _question([(place, parts[place], writers[place]) for place in places])
        for places in _shared(parts).values()
    )


def _shared(parts: Sequence[Part[Any, Any]]) -> Mapping[object, list[int]]:
    found: dict[object, list[int]] = {}
    for place, part in enumerate(parts):
        found.setdefault((part.rpc.name, part.ask), []).append(place)
    return found


def _question(found: Sequence[tuple[int, Part[Any, Any], WireWriter]]) -> Question:
    places, parts, writers = zip(*found, strict=True)
    first = parts[0]
    for part in parts:
        if (part.soft, part.deadline_ms) != (first.soft, first.deadline_ms):
            what = f"parts {first.name} and {part.name} share a call: soft and deadline_ms as well"
            raise ContractMistake(what)
    names = tuple(part.name for part in parts)
    return Question(first=first, places=places, names=names, read=_reader(writers))


def _reader(writers: Sequence[WireWriter]) -> Callable[[bytes], Fragments]:
    if len(writers) == 1:
        write = writers[0]
        return lambda wire: (write(wire),)
    return lambda wire: tuple([write(wire) for write in writers])
