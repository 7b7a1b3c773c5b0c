"""One plan, compiled: asked for a whole answer, or for a first body and what comes after it.

Called by endpoints.py (endpoints), and by faces that send a view in parts.
Never     gives a patch for what the first body does not have a place for.
Source    docs/spec/views.md "Defer".
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from bff.calls.call import Calls, Cancel, Done
from bff.calls.origin import Origins
from bff.compose.endpoint import Answer, Gap
from bff.compose.fanout import gap_of
from bff.compose.gaps import told
from bff.compose.screen_endpoint import GRACE_S, overdue
from bff.compose.together import together
from bff.compose.view.plan import Plan
from bff.compose.view.running.frames import Frame, Given
from bff.compose.view.running.gathering import Gathering
from bff.compose.view.running.layout import Layout
from bff.compose.view.running.replies import Reading
from bff.compose.view.running.steps import works_of
from bff.compose.view.running.times import Durations
from bff.compose.view.serving.pruning import Paths, pruned
from bff.compose.view.serving.schema import ERRORS, may_have_gaps
from bff.compose.view.writing.computed import Making
from bff.compose.view.writing.joined import Unit
from bff.compose.view.writing.marks import Later, Page
from bff.compose.view.writing.members import Writing
from bff.contract.catalog import Catalog
from bff.contract.codec import Codec
from bff.terms.context import RequestContext
from bff.terms.errors import Failure
from bff.terms.mistakes import raise_any

Inputs = Mapping[str, str | int | bool]
MOST_SELECTIONS = 64
"""How many selections of one view are kept compiled."""


class Patch(NamedTuple):
    """What stands at the JSON Pointer `path` from now on."""

    path: str
    json: bytes
    gaps: tuple[Gap, ...] = ()


class Runner:
    """Raises ContractMistakes when made: with all that is wrong with the plan."""

    def __init__(self, plan: Plan, catalog: Catalog, *, codec: Codec, calls: Calls) -> None:
        self.plan = plan
        self._catalog = catalog
        self._codec = codec
        self._calls = calls
        layout = Layout(plan, catalog)
        readings = [Reading(step.rpc) for step in plan.steps]
        writing = Writing(layout, codec, readings)
        self._write = writing.whole()
        mistakes = list(writing.mistakes)
        framed = frozenset(writing.framed)
        self._works = works_of(layout, readings, calls=calls, framed=framed, mistakes=mistakes)
        raise_any(mistakes)
        self._units: Sequence[Unit] = tuple(writing.units)
        self._makings = tuple(writing.makings)
        self._chains = {one.scope: _chain(plan, one.scope) for one in self._makings}
        self._durations = Durations(self._works.followers)
        always = plan.errors == "always" and may_have_gaps(plan.members)
        self._no_errors = b',"%b":[]}' % ERRORS.encode() if always else b""
        self.selected = lru_cache(maxsize=MOST_SELECTIONS)(self._selected)

    def __repr__(self) -> str:
        return f"<Runner of {self.plan.name}: {len(self._works.steps)} steps>"

    def _selected(self, paths: Paths) -> "Runner":
        """The runner of these members alone. Raises BadInput for others."""
        plan = pruned(self.plan, paths)
        return Runner(plan, self._catalog, codec=self._codec, calls=self._calls)

    async def run(
        self, context: RequestContext, inputs: Inputs, origins: Origins | None = None
    ) -> Answer:
        """The whole answer. Raises the Failure of what may not fail."""
        gathering = self._gathering(context, inputs, origins)
        gathering.begin()
        try:
            await gathering.all_done()
            if self._makings:
                await self._made(self._makings, gathering.root, context)
            if gathering.stood_in and origins is not None:
                origins.spoil()
            answer, _ = self._answer(gathering, Page())
            return answer
        finally:
            gathering.root.forget()

    def short(self, context: RequestContext, inputs: Inputs, done: Done) -> Cancel | None:
        """As `run`, told by a callback; None where a function must be awaited."""
        if self._makings:
            return None
        gathering = self._gathering(context, inputs, None)

        def ended(error: Any) -> None:
            answer = None
            if error is None:
                try:
                    answer, _ = self._answer(gathering, Page())
                except Exception as failed:  # noqa: BLE001 - whoever asked is told of it
                    error = failed
            gathering.root.forget()
            done(answer, error)

        try:
            gathering.begin(ended)
        except BaseException:
            gathering.cancel()
            raise
        return gathering.cancel

    def start(
        self, context: RequestContext, inputs: Inputs, origins: Origins | None = None
    ) -> "Parts":
        """The answer in parts; nothing is asked before its first body is."""
        return Parts(self, context, self._gathering(context, inputs, origins, defers=True))

    def _gathering(
        self,
        context: RequestContext,
        inputs: Inputs,
        origins: Origins | None,
        *,
        defers: bool = False,
    ) -> Gathering:
        return Gathering(
            self._works,
            context,
            Given(context.identity, inputs),
            calls=self._calls,
            durations=self._durations,
            note=None if origins is None else origins.note,
            defers=defers,
        )

    def _answer(self, gathering: Gathering, page: Page) -> tuple[Answer, list[tuple[str, Later]]]:
        body = self._write(gathering.root, page)
        headers = (("cache-control", "no-store"),) if gathering.stood_in else ()
        if not page.marks:
            if self._no_errors:
                body = body[:-1] + self._no_errors
            return Answer(body, headers=headers), []
        gaps = gaps_of(page.marks)
        later = [(pointer, what) for pointer, what in page.marks if isinstance(what, Later)]
        if gaps:
            errors = orjson.dumps([told(gap, gap.path) for gap in gaps])
            body = b'%b,"%b":%b}' % (body[:-1], ERRORS.encode(), errors)
        elif self._no_errors:
            body = body[:-1] + self._no_errors
        return Answer(body, headers=headers, gaps=gaps), later

    async def _made(self, makings: Sequence[Making], root: Frame, context: RequestContext) -> None:
        """Await the async functions, in every frame that they are shown in."""
        work = [
            (making, frame)
            for making in makings
            for frame in _frames(root, self._chains[making.scope])
        ]

        async def make(item: tuple[Making, Frame]) -> None:
            making, frame = item
            await making.make(frame)

        try:
            async with asyncio.timeout(context.deadline.remaining_s() + GRACE_S):
                await together(make, work)
        except TimeoutError:
            raise overdue(self.plan.name) from None


class Parts:
    """One request for a view whose deferred members come later.

    async with aclosing(runner.start(context, inputs)) as parts:
        first = await parts.first()                 # the deferred members are null
        async for patch in parts.patches(): ...     # in the order in which they get ready
    """

    def __init__(self, runner: Runner, context: RequestContext, gathering: Gathering) -> None:
        self._runner = runner
        self._context = context
        self._gathering = gathering
        self._later: list[tuple[str, Later]] = []

    def __repr__(self) -> str:
        return f"<Parts of {self._runner.plan.name}, {len(self._later)} to come>"

    async def first(self) -> Answer:
        """All that is not deferred. Raises Failure, as `run` does."""
        runner, gathering = self._runner, self._gathering
        gathering.begin()
        await gathering.prompt_done()
        await self._make(None)
        answer, self._later = runner._answer(gathering, Page(first=True))  # noqa: SLF001 - its own
        return answer

    async def patches(self) -> AsyncGenerator[Patch, None]:
        """Each deferred member, once all that it reads is there. Raises the Failure of one that is
        not soft.
        """
        units = self._runner._units  # noqa: SLF001 - its own
        waiting = sorted({later.unit for _, later in self._later})
        while waiting:
            place = await self._gathering.any_done([units[one].steps for one in waiting])
            number = waiting.pop(place)
            await self._make(number)
            for pointer, later in self._later:
                if later.unit == number:
                    yield _patch(pointer, units[number], later.frame)

    async def aclose(self) -> None:
        """Leave the services: what is under way is cancelled, and has ended."""
        await self._gathering.close()
        self._gathering.root.forget()

    async def _make(self, unit: int | None) -> None:
        runner = self._runner
        makings = [one for one in runner._makings if one.unit == unit]  # noqa: SLF001 - its own
        if makings:
            await runner._made(makings, self._gathering.root, self._context)  # noqa: SLF001


def gaps_of(marks: Sequence[tuple[str, Failure | Later]]) -> tuple[Gap, ...]:
    """What the client is told of the members that failed."""
    return tuple(gap_of(what, at) for at, what in marks if isinstance(what, Failure))


def _patch(pointer: str, unit: Unit, frame: Frame) -> Patch:
    page = Page()
    json = unit.part(frame, page)[unit.key_bytes :]
    around = pointer.removesuffix(unit.step)
    gaps = gaps_of([(around + at, what) for at, what in page.marks])
    return Patch(pointer, json, gaps)


def _chain(plan: Plan, scope: int | None) -> tuple[int, ...]:
    """The scopes from the answer down to one."""
    found: list[int] = []
    while scope is not None:
        found.insert(0, scope)
        scope = plan.scopes[scope].parent
    return tuple(found)


def _frames(frame: Frame, chain: tuple[int, ...]) -> Iterator[Frame]:
    if not chain:
        yield frame
        return
    for one in _list(frame, chain[0]):
        yield from _frames(one, chain[1:])


def _list(frame: Frame, scope: int) -> list[Frame]:
    found = frame.lists.get(scope, [])
    return [] if isinstance(found, Failure) else found
