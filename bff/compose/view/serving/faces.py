"""The faces of one view: JSON, events for members that are deferred, HTML where a template is.

Why       One declaration serves a program, a page that fills in, and a browser; none of them is a
          second implementation of the screen.
Called by endpoints.py, once per view, at boot.
Never     knows how HTML is written: whoever draws pages hands in a function for each plan.
Source    docs/spec/views.md "Defer", "What follows from one declaration".
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bff.compose.endpoint import Answer, Ask, Endpoint, Page, Run, Streamed
from bff.compose.frames import EVENTS
from bff.compose.view.plan import Items, Member, Object, Plan
from bff.compose.view.serving.events import streamed
from bff.compose.view.serving.selection import FIELDS, Selecting, selected, with_fields
from bff.contract.media.types import HTML, JSON
from bff.contract.reply.error_document import ErrorDocuments
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput

PageOf = Callable[[Plan, str], Page | None]
"""(plan, another view's name in case that this one has no template) -> its page, None: none.

Raises ContractMistakes for a template that does not fit the plan.
"""
BY_PAGE = (
    "hx-request",
    "hx-history-restore-request",
    "sec-fetch-dest",
    "upgrade-insecure-requests",
)
"""Headers by which a page knows whether it is the document or goes into one."""


def _no_page(_plan: Plan, _instead: str) -> None:
    return None


def _usual_errors(_client: str) -> ErrorDocuments:
    return ErrorDocuments()


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """What views need for more than JSON.

    page_of      who draws pages
    errors_of    client -> how its failures are told inside of a stream
    heartbeat_s  a silence after which a stream of events gets a comment
    """

    page_of: PageOf = field(default=_no_page)
    errors_of: Callable[[str], ErrorDocuments] = field(default=_usual_errors)
    heartbeat_s: float = 15.0

    def faced(
        self,
        endpoint: Endpoint,
        plan: Plan,
        *,
        selecting: Selecting,
        instead: str = "",
        streams: bool = True,
    ) -> Endpoint:
        """An endpoint that answers in JSON, with the other faces of its view.

        instead  whose template to take where the view has none of its own
        streams  whether parts may come one by one
        Raises   ContractMistakes
        """
        runs: dict[str, Run] = {JSON: endpoint.run}
        page = self.page_of(plan, instead)
        if page is not None:
            runs[HTML] = _drawn(endpoint.run, plan, page)
        if streams and any(map(_waits, plan.members)):
            runs[EVENTS] = self._events(plan, selecting)
        if len(runs) == 1:
            return endpoint
        return replace(
            endpoint,
            run=_by_type(runs),
            produces=tuple(runs),
            page=page,
            varies_by=endpoint.varies_by if page is None else (*endpoint.varies_by, *BY_PAGE),
        )

    def _events(self, plan: Plan, selecting: Selecting) -> Run:
        errors = self.errors_of(plan.client)

        async def run(context: RequestContext, ask: Ask) -> Streamed:
            question = selecting.question(ask)
            return await streamed(question, context, errors=errors, heartbeat_s=self.heartbeat_s)

        return run


def _by_type(runs: dict[str, Run]) -> Run:
    async def run(context: RequestContext, ask: Ask) -> Answer | Streamed:
        return await runs[ask.accept](context, ask)

    return run


def _drawn(whole: Run, plan: Plan, page: Page) -> Run:
    """HTML of an answer in JSON, so that both are kept as one.

    What is deferred is not asked for at first: its place in the page asks for it.
    """
    at_once = [one.name for one in plan.members if not one.deferred]
    some = len(at_once) < len(plan.members) and bool(at_once)

    async def run(context: RequestContext, ask: Ask) -> Answer:
        parts = _parts(ask)
        query = with_fields(ask.query, at_once) if some and parts is None else ask.query
        answer = await whole(context, ask._replace(accept=JSON, query=query))
        assert isinstance(answer, Answer)  # noqa: S101 - JSON is the face that does not stream
        return page.drawn(answer, ask, parts)

    return run


def _parts(ask: Ask) -> frozenset[str] | None:
    """The members that were asked for. Raises BadInput for a part of one: it has no template."""
    paths = selected(ask.query)
    for path in paths or ():
        if len(path) > 1:
            what = f"a page shows {path[0]} as a whole: ask for application/json to choose inside"
            raise BadInput.at(FIELDS, what, reason="invalid-field")
    return None if paths is None else frozenset(path[0] for path in paths)


def _waits(member: Member) -> bool:
    inside = member.show.members if isinstance(member.show, Object | Items) else ()
    return member.deferred or any(map(_waits, inside))
