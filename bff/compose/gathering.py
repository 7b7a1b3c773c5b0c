"""Several calls begun at once, and one answer when the last of them is over: no task for any.

Why       A task for each call, and one that awaits them, are a third of what a small screen costs.
Called by compose/boards.py, for every request on the short way.
Never     tells anybody twice; never leaves a call running behind an answer that is a failure.
"""

from collections.abc import Callable, Sequence
from typing import Any

from bff.calls.call import Cancel, Done, Start
from bff.compose.questions import Asked, Question, Replies
from bff.terms.errors import Failure


class Gathering:
    """The calls of one screen under way.

    join  makes the answer of their replies, in the order of the questions
    """

    __slots__ = ("_done", "_join", "_left", "_questions", "_replies", "_running")

    def __init__(
        self, questions: Sequence[Question], join: Callable[[Replies], Any], done: Done
    ) -> None:
        self._questions = questions
        self._join = join
        self._done: Done | None = done
        self._replies: list[Any] = [None] * len(questions)
        self._running: list[Cancel] = []
        self._left = len(questions)

    def __repr__(self) -> str:
        return f"<Gathering, {self._left} of {len(self._replies)} under way>"

    def begin(self, starts: Sequence[Start], asked: Sequence[Asked]) -> Cancel | None:
        """All of them, or None where one has no time left."""
        for place, (start, (_, call)) in enumerate(zip(starts, asked, strict=True)):
            cancel = start(call.request, call.context, self._teller(place))
            if cancel is None:
                self.cancel()
                return None
            self._running.append(cancel)
            if self._done is None:  # it failed at once
                self._leave()
                break
        return self.cancel

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        self._done = None
        self._leave()

    def _teller(self, place: int) -> Done:
        def told(reply: Any, error: Exception | None) -> None:
            if self._done is None:
                return
            if isinstance(error, Failure) and self._questions[place].first.soft:
                reply = error
            elif error is not None:
                self._finish(None, error)
                return
            self._replies[place] = reply
            self._left -= 1
            if not self._left:
                self._finish(self._replies, None)

        return told

    def _finish(self, replies: list[Any] | None, error: Exception | None) -> None:
        done, self._done = self._done, None
        self._leave()
        answer = None
        if replies is not None:
            try:
                answer = self._join(replies)
            except Exception as bug:  # noqa: BLE001 - whoever asked is told of it
                error = bug
        if done is not None:
            done(answer, error)

    def _leave(self) -> None:
        """What still runs is cancelled; what is over is let go of, for calls and we hold each
        other.
        """
        running, self._running = self._running, []
        if self._left:
            for cancel in running:
                cancel()
