"""Ask what a board asks, and put the answers side by side.

Why       The answer's members are JSON already when they come out of the pipeline: what is left to
          do is to join bytes.
Called by compose/boards.py (makes one per board), edge (runs it).
Never     begins one of the calls before all of the requests are made: what an `ask` refuses costs
          no service anything.
"""

from functools import partial

import orjson

from bff.calls.call import Calls, Cancel, Done
from bff.compose.endpoint import Answer, Ask, Gap
from bff.compose.gaps import told
from bff.compose.gathering import Gathering
from bff.compose.inputs import Input, read_inputs
from bff.compose.parts import Given
from bff.compose.questions import Asked, Question, Replies, asking
from bff.compose.together import together
from bff.terms.context import RequestContext
from bff.terms.errors import Failure

ERRORS = "errors"


class Asking:
    """`run` and `short` of one board's endpoint."""

    def __init__(
        self,
        frame: tuple[bytes, ...],
        inputs: tuple[Input, ...],
        questions: tuple[Question, ...],
        calls: Calls,
    ) -> None:
        self._inputs = inputs
        self._questions = questions
        self._ask = asking(calls.make)
        self._join = partial(_joined, frame, questions)
        starts = [
            calls.starter(one.first.rpc.name, one.read, idempotent=one.first.rpc.idempotent)
            for one in questions
        ]
        self._starts = [one for one in starts if one is not None]
        self.short = self._short if len(self._starts) == len(questions) else None

    def __repr__(self) -> str:
        return f"<Asking {len(self._questions)} questions>"

    async def run(self, context: RequestContext, ask: Ask) -> Answer:
        return self._join(await together(self._ask, self._asked(context, ask)))

    def _short(self, context: RequestContext, ask: Ask, done: Done) -> Cancel | None:
        asked = self._asked(context, ask)
        return Gathering(self._questions, self._join, done).begin(self._starts, asked)

    def _asked(self, context: RequestContext, ask: Ask) -> list[Asked]:
        given = Given(context.identity, read_inputs(self._inputs, ask))
        return [(one, one.call(context, given)) for one in self._questions]


def _joined(frame: tuple[bytes, ...], questions: tuple[Question, ...], replies: Replies) -> Answer:
    pieces = list(frame)
    gaps: list[Gap] = []
    for question, reply in zip(questions, replies, strict=True):
        if isinstance(reply, Failure):
            gaps += question.gaps(reply)
            continue
        for place, fragment in zip(question.places, reply, strict=True):
            pieces[2 * place + 1] = fragment
    if gaps:
        errors = orjson.dumps([told(gap, gap.path) for gap in gaps])
        pieces[-1] = b',"%b":%b}' % (ERRORS.encode(), errors)
    return Answer(b"".join(pieces), gaps=tuple(gaps))
