"""The calls of one request: each with its share of the time, and what its step makes of the reply.

Called by running.py, one task a call.
Never     decides what a Failure means: it is an answer like any other here.
Source    docs/spec/views.md "Deadline budget".
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bff.calls.call import Call, Make, Note, Read
from bff.compose.fanout import SOFT_SHARE
from bff.compose.view.batching import (
    Asker,
    Askers,
    batch_reader,
    batch_request,
    batch_rpc,
    masks_of,
    not_found,
    single_reader,
)
from bff.compose.view.running_frames import Frame, Reply
from bff.compose.view.running_steps import Work, Works
from bff.compose.view.running_times import Durations
from bff.contract.client import Rpc
from bff.terms.context import RequestContext
from bff.terms.deadline import Clock, Deadline
from bff.terms.errors import Failure

MOST_RESERVED = 0.5
"""What follows a step may keep at most this share of the time that is left when it starts."""
Answered = list[tuple[Work, Frame, Reply | Failure]]


class Asking:
    """Makes the calls of one request."""

    __slots__ = ("_clock", "_context", "_durations", "_followers", "_make", "_note")

    def __init__(
        self,
        works: Works,
        context: RequestContext,
        *,
        make: Make,
        durations: Durations,
        note: Note | None,
        clock: Clock,
    ) -> None:
        self._note = note
        self._followers = works.followers
        self._context = context
        self._make = make
        self._durations = durations
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Asking for {self._context.request_id}>"

    async def alone(self, work: Work, frame: Frame, request: bytes) -> Answered:
        """A step that is not gathered with others."""
        said: Reply | Failure
        if work.timed or work.hurried:
            said = await self._made([work], work.step.rpc, request, work.read)
            return [(work, frame, said)]
        rpc, once = work.step.rpc, work.step.rpc.idempotent
        call = Call(
            rpc.name,
            request,
            self._context,
            work.read,
            idempotent=once,
            shared=once,
            keep=work.step.keep,
            note=self._note,
        )
        try:
            said = await self._make(call)
        except Failure as failure:
            said = failure
        return [(work, frame, said)]

    async def one(self, askers: Sequence[Asker], masks: frozenset[str]) -> Answered:
        """One key by the plain lookup, however many want it."""
        works = _distinct(askers)
        work, frame = askers[0]
        request = work.bytes_of(work.message(frame), masks)
        said = await self._made(works, work.step.rpc, request, single_reader(askers))
        return [(one, at, _share(said, one)) for one, at in askers]

    async def many(self, askers: Askers) -> Answered:
        """Many keys by one BatchGet; those that it does not answer are not found."""
        works = _distinct(asker for of_key in askers.values() for asker in of_key)
        request, read = batch_request(askers), batch_reader(askers)
        said = await self._made(works, batch_rpc(askers), request, read)
        lost = not_found(askers)
        return [
            (work, frame, _share(said if isinstance(said, Failure) else said.get(key, lost), work))
            for key, of_key in askers.items()
            for work, frame in of_key
        ]

    async def _made(
        self, works: Sequence[Work], rpc: Rpc[Any, Any], request: bytes, read: Read
    ) -> Any:
        """What `read` returned, or the Failure of the call."""
        keeps = {work.step.keep for work in works}
        call = Call(
            rpc.name,
            request,
            self._within(works),
            read,
            idempotent=rpc.idempotent,
            shared=rpc.idempotent,
            keep=keeps.pop() if len(keeps) == 1 else None,
            note=self._note,
        )
        started_s = self._clock()
        try:
            said = await self._make(call)
        except Failure as failure:
            return failure
        elapsed_s = self._clock() - started_s
        for work in works:
            if work.timed:
                self._durations.observe(work.step.index, elapsed_s)
        return said

    def _within(self, works: Sequence[Work]) -> RequestContext:
        """The context with the tightest deadline of some steps that start now."""
        whole_s = self._context.deadline.at_s
        at_s = min(self._end_s(work, whole_s) for work in works)
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
