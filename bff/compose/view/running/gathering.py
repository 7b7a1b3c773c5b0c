"""Run a plan: what is ready starts in the same tick, what waits for it starts right after it.

Why       A call is a callback of its transport, or a task where that has none; a member is neither.
          What depends on a reply starts when that reply is there, not in waves.
Called by serving/runner.py, once per request.
Never     returns while a call still runs; never asks again for what failed (calls/ does that).
Source    docs/spec/views.md "Semantics"; CPython Lib/asyncio/taskgroups.py, for its promises.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import Any, TypeAlias

from bff.calls.call import Calls, Note
from bff.compose.together import worst
from bff.compose.view.running.batching import Waiting, chunks
from bff.compose.view.running.calls import Answer, Asking, Question, masks_for
from bff.compose.view.running.frames import Frame, Given, Reply, is_absence
from bff.compose.view.running.steps import Opening, Work, Works
from bff.compose.view.running.times import Durations
from bff.compose.view.running.under_way import UnderWay
from bff.terms.context import RequestContext
from bff.terms.deadline import Clock
from bff.terms.errors import Failure

Ended: TypeAlias = Callable[[BaseException | None], object]
"""Takes what went wrong, or None. Never raises."""


class _Blocked:
    """A step or a scope in one frame, and how many replies it still waits for."""

    __slots__ = ("frame", "left", "what")

    def __init__(self, what: Work | Opening, frame: Frame, left: int) -> None:
        self.what = what
        self.frame = frame
        self.left = left


class Gathering:
    """The calls of one request.

    defers     deferred steps are not waited for by `prompt`
    stood_in   a fallback stands for a reply: the answer must not be kept
    """

    def __init__(
        self,
        works: Works,
        context: RequestContext,
        given: Given,
        *,
        calls: Calls,
        durations: Durations,
        note: Note | None = None,
        defers: bool = False,
        clock: Clock = monotonic,
    ) -> None:
        self.root = Frame(given, len(works.steps))
        self.stood_in = False
        self._works = works
        self._asking = Asking(works, context, durations=durations, note=note, clock=clock)
        self._defers = defers
        self._waiting = Waiting()
        self._flushing = False
        self._under_way = [0] * len(works.steps)
        self._prompt = 0
        self._total = 0
        self._sent = UnderWay(calls)
        self._ended: Ended | None = None
        self._errors: list[BaseException] = []
        self._bell: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<Gathering, {self._total} under way, {self._waiting!r}>"

    def begin(self, ended: Ended | None = None) -> None:
        """Start all that waits for nothing.

        ended  told once, when every step has ended or one that may not fail has failed; for those
               who do not wait. The others are cancelled then.
        """
        self._enter(self.root, None)
        self._flush()
        self._ended = ended
        self._ring()

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self._ended = None
        self._sent.cancel()
        self.root.forget()

    async def all_done(self) -> None:
        """Every step has ended. Raises the Failure of one that may not fail, after the others were
        cancelled and have ended.
        """
        await self._until(lambda: self._total == 0)

    async def prompt_done(self) -> None:
        """Every step has ended that is not deferred."""
        await self._until(lambda: self._prompt == 0)

    async def any_done(self, choices: Sequence[frozenset[int]]) -> int:
        """The place of the first set of steps that have all ended."""

        def ended(steps: frozenset[int]) -> bool:
            return not any(self._under_way[one] for one in steps)

        await self._until(lambda: any(ended(one) for one in choices))
        return next(place for place, one in enumerate(choices) if ended(one))

    async def close(self) -> None:
        """All are cancelled and have ended, however often we are cancelled meanwhile."""
        await self._sent.close()

    async def _until(self, ready: Callable[[], bool]) -> None:
        loop = asyncio.get_running_loop()
        try:
            while not self._errors and not ready():
                self._bell = loop.create_future()
                await self._bell
        except asyncio.CancelledError:
            await self.close()
            raise
        if self._errors:
            await self.close()
            raise worst(self._errors)

    def _ring(self) -> None:
        """Something has ended that somebody may wait for."""
        if self._total == 0:
            self._sent.over()
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)
        if self._ended is not None and (self._errors or self._total == 0):
            ended, self._ended = self._ended, None
            self._sent.cancel()
            ended(worst(self._errors) if self._errors else None)

    def _break(self, error: BaseException) -> None:
        self._errors.append(error)
        self._ring()

    def _enter(self, frame: Frame, scope: int | None) -> None:
        for what in self._works.inside[scope]:
            if what.waits:
                self._when_ready(what, frame)
            else:
                self._start(what, frame)

    def _when_ready(self, what: Work | Opening, frame: Frame) -> None:
        blocked: _Blocked | None = None
        for step, levels in what.waits:
            place = frame.above(levels)
            if place.said[step] is None:
                if blocked is None:
                    blocked = _Blocked(what, frame, 0)
                blocked.left += 1
                place.waiting.setdefault(step, []).append(blocked)
        if blocked is None:
            self._start(what, frame)

    def _start(self, what: Work | Opening, frame: Frame) -> None:
        if self._errors:
            return
        if isinstance(what, Opening):
            self._open(what, frame)
            return
        try:
            self._ask(what, frame)
        except Failure as failure:
            self._settle(what, frame, failure)

    def _open(self, opening: Opening, frame: Frame) -> None:
        """A frame for each item of the list, or the reason why there is no list."""
        try:
            items = opening.items(frame)
        except Failure as failure:
            frame.lists[opening.scope] = failure
            return
        steps = len(self._works.steps)
        frames = [Frame(frame.given, steps, item=item, up=frame) for item in items]
        frame.lists[opening.scope] = frames
        if self._works.inside[opening.scope]:
            for one in frames:
                self._enter(one, opening.scope)

    def _ask(self, work: Work, frame: Frame) -> None:
        if work.lookup is not None:
            self._waiting.add(work, frame, work.lookup)
            self._count(work, 1)
            self._flush_soon()
            return
        request = work.fixed
        if request is None:
            message = work.request(frame)
            if message is None:  # a BatchGet of nothing
                self._settle(work, frame, work.read(b""))
                return
            request = work.bytes_of(message)
        self._count(work, 1)
        asking = self._asking
        started_s = asking.timing(work)

        def came(reply: Any, error: BaseException | None) -> None:
            if error is None and work.timed:
                asking.took(work, started_s)
            if error is None or isinstance(error, Failure):
                self._came(((work, frame, reply if error is None else error),))
            else:
                self._break(error)

        start = asking.start(work)
        cancel = None if start is None else start(request, asking.within(work), came)
        if cancel is None:
            self._sent.send(asking.alone(work, request), came)
        else:
            self._sent.hold(cancel)

    def _settle(self, work: Work, frame: Frame, said: Reply | Failure) -> None:
        """A step was answered in this frame: what waited for it may start."""
        if isinstance(said, Failure):
            said = self._weighed(work, said)
        step = work.step.index
        frame.said[step] = said
        for one in frame.waiting.pop(step, ()):
            one.left -= 1
            if one.left == 0:
                self._start(one.what, one.frame)

    def _weighed(self, work: Work, failure: Failure) -> Reply | Failure:
        if is_absence(failure):
            if not work.may_lack:
                self._break(failure)
        elif work.fallback is not None:
            self.stood_in = True
            return work.fallback
        elif not work.spared:
            self._break(failure)
        return failure

    def _count(self, work: Work, by: int) -> None:
        self._under_way[work.step.index] += by
        self._total += by
        if not (self._defers and work.step.deferred):
            self._prompt += by

    def _send(self, question: Question) -> None:
        """A call that answers several steps, or one step several times."""

        def came(reply: Any, error: BaseException | None) -> None:
            if error is None or isinstance(error, Failure):
                self._came(question.answered(reply if error is None else error))
            else:
                self._break(error)

        self._sent.send(question.call, came)

    def _came(self, found: Iterable[Answer]) -> None:
        try:
            for work, frame, said in found:
                self._settle(work, frame, said)
                self._count(work, -1)
        except Exception as bug:  # noqa: BLE001 - `_until` raises it
            self._break(bug)
            return
        if self._waiting:
            self._flush_soon()
        if self._prompt == 0:
            self._ring()

    def _flush_soon(self) -> None:
        """At the end of the tick: whoever else is ready in it adds its keys before."""
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self._errors or not self._waiting:
            return
        for askers in self._waiting.due(self._under_way, defers=self._defers):
            if len(askers) == 1:
                self._send(self._asking.one(*masks_for(askers)))
            else:
                for chunk in chunks(askers):
                    self._send(self._asking.many(chunk))
