"""The calls of one request: each with its share of the time, and what its step makes of the reply.

Called by gathering.py.
Never     decides what a Failure means: it is an answer like any other here.
Source    docs/spec/views.md "Deadline budget".
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

from bff.calls.call import Call, Note, Read, Start
from bff.compose.fanout import SOFT_SHARE
from bff.compose.view.running.batching import (
    Asker,
    Askers,
    batch_reader,
    batch_request,
    batch_rpc,
    masks_of,
    not_found,
    single_reader,
)
from bff.compose.view.running.frames import Frame, Reply
from bff.compose.view.running.steps import Work, Works
from bff.compose.view.running.times import Durations
from bff.contract.client import Rpc
from bff.terms.context import RequestContext
from bff.terms.deadline import Clock, Deadline
from bff.terms.errors import Failure

MOST_RESERVED = 0.5
"""What follows a step may keep at most this share of the time that is left when it starts."""
Answer: TypeAlias = tuple[Work, Frame, Reply | Failure]
Answered: TypeAlias = list[Answer]


class Question(NamedTuple):
    """A call that is ready. `answered` takes what its `read` returned, or the Failure."""

    call: Call
    answered: Callable[[Any], Answered]


class Asking:
    """The calls of one request, and what becomes of their replies."""

    __slots__ = ("_clock", "_context", "_durations", "_followers", "_note", "_starts")

    def __init__(
        self,
        works: Works,
        context: RequestContext,
        *,
        durations: Durations,
        note: Note | None,
        clock: Clock,
    ) -> None:
        self._note = note
        self._starts = works.starts
        self._followers = works.followers
        self._context = context
        self._durations = durations
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Asking for {self._context.request_id}>"

    def alone(self, work: Work, request: bytes) -> Call:
        """A step that is not gathered with others."""
        rpc, keep, note = work.step.rpc, work.step.keep, self._note
        shared = rpc.idempotent
        return Call(
            rpc.name, request, self.within(work), work.read, None, shared, shared, keep, note
        )

    def within(self, work: Work) -> RequestContext:
        """The context of a step that starts now."""
        return self._within((work,)) if work.hurried or work.timed else self._context

    def start(self, work: Work) -> Start | None:
        """What begins its calls with the least ado; None where they are shared, kept or noted."""
        return None if self._note is not None else self._starts[work.step.index]

    def timing(self, work: Work) -> float:
        """When a step started whose time is watched."""
        return self._clock() if work.timed else 0.0

    def took(self, work: Work, started_s: float) -> None:
        """Its reply is there."""
        self._durations.observe(work.step.index, self._clock() - started_s)

    def one(self, askers: Sequence[Asker], masks: frozenset[str]) -> Question:
        """One key by the plain lookup, however many want it."""
        work, frame = askers[0]
        request = work.bytes_of(work.message(frame), masks)

        def answered(said: Any) -> Answered:
            return [(one, at, _share(said, one)) for one, at in askers]

        works, read = _distinct(askers), single_reader(askers)
        return self._question(works, work.step.rpc, request=request, read=read, answered=answered)

    def many(self, askers: Askers) -> Question:
        """Many keys by one BatchGet; those that it does not answer are not found."""
        works = _distinct(asker for of_key in askers.values() for asker in of_key)
        lost = not_found(askers)

        def answered(said: Any) -> Answered:
            return [
                (work, at, _share(said if isinstance(said, Failure) else said.get(key, lost), work))
                for key, of_key in askers.items()
                for work, at in of_key
            ]

        request, read = batch_request(askers), batch_reader(askers)
        return self._question(
            works, batch_rpc(askers), request=request, read=read, answered=answered
        )

    def _question(
        self,
        works: Sequence[Work],
        rpc: Rpc[Any, Any],
        *,
        request: bytes,
        read: Read,
        answered: Callable[[Any], Answered],
    ) -> Question:
        first, *others = works
        keep = first.step.keep
        if any(one.step.keep != keep for one in others):
            keep = None
        call = Call(
            rpc.name,
            request,
            self._within(works),
            read,
            idempotent=rpc.idempotent,
            shared=rpc.idempotent,
            keep=keep,
            note=self._note,
        )
        timed = [work for work in works if work.timed]
        return Question(call, self._timing(timed, answered) if timed else answered)

    def _timing(
        self, works: Sequence[Work], answered: Callable[[Any], Answered]
    ) -> Callable[[Any], Answered]:
        started_s = self._clock()

        def timed(said: Any) -> Answered:
            if not isinstance(said, Failure):
                for work in works:
                    self.took(work, started_s)
            return answered(said)

        return timed

    def _within(self, works: Sequence[Work]) -> RequestContext:
        """The context with the tightest deadline of some steps that start now."""
        whole_s = self._context.deadline.at_s
        at_s = min(
            [self._end_s(work, whole_s) for work in works if work.hurried or work.timed],
            default=whole_s,
        )
        if at_s == whole_s:
            return self._context
        return self._context._replace(deadline=Deadline(at_s))

    def _end_s(self, work: Work, whole_s: float) -> float:
        step = work.step
        after_s = self._durations.after(step.index) if self._followers[step.index] else 0.0
        if not (after_s or work.spared or step.deadline_ms is not None):
            return whole_s
        now_s = self._clock()
        left_s = max(0.0, whole_s - now_s)
        end_s = whole_s - min(after_s, left_s * MOST_RESERVED)
        if work.spared:
            end_s = min(end_s, now_s + left_s * SOFT_SHARE)
        if step.deadline_ms is not None:
            end_s = min(end_s, now_s + step.deadline_ms / 1000)
        return end_s


def masks_for(askers: Askers) -> tuple[list[Asker], frozenset[str]]:
    """The one key's askers, and what they want to see between them."""
    [of_key] = askers.values()
    return of_key, masks_of(askers)


def _distinct(askers: Iterable[Asker]) -> list[Work]:
    return list({work.step.index: work for work, _ in askers}.values())


def _share(said: Any, work: Work) -> Reply | Failure:
    """A step's share of what several read."""
    if isinstance(said, Failure):
        return said
    share: Reply | Failure = said[work.step.index]
    return share
