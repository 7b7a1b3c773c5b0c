"""The short way of a request that is here whole: begun in the parser's callback, answered in the
transport's, no task.

Why       What most clients ask most is one call whose reply goes out as it comes. Of the 45 us that
          such a request costs us as an ASGI app, half are tasks, messages, and headers that were
          read before.
How       Whatever is out of the ordinary takes the long way, which words every refusal: before the
          call as if nothing had happened, after it on a task that ends what was begun.
Called by listening.py (makes a ShortWay), edge/http1/lane.py (sends it requests).
Never     answers in other bytes than the long way would.
"""

from time import monotonic, perf_counter

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from bff.compose.endpoint import Ask, Endpoint, Short
from bff.contract.media.accept import best
from bff.contract.routes.router import Match
from bff.contract.status import OK
from bff.edge.errand import Errand
from bff.edge.front import Front
from bff.edge.greeting import Greeting, greeting_of
from bff.edge.http1.framing import Sent
from bff.edge.http1.known import without_length
from bff.edge.http1.lane import Lane
from bff.edge.reply import JSON, Frame, Headers, frame_of
from bff.edge.request import request_ids
from bff.guard.presented import Presented
from bff.terms.context import NOBODY, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure

_LONG_WAY: tuple[None, None] = (None, None)


class ShortWay:
    """Makes the errands of one front door."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._match = front.blueprint.router.match
        self._at_once = front.at_once
        self._browser = front.options.browser
        self.crowd = front.gate.crowd
        self._frames = {one.name: _framed(one) for one in front.blueprint.endpoints}
        self._ids = request_ids()
        self._dates: object = None
        self._start = b""

    def __repr__(self) -> str:
        ways = sum(frame is not None for frame in self._frames.values())
        return f"<ShortWay to {ways} of {len(self._frames)} endpoints>"

    def errand(
        self, lane: Lane, method: str, body: bytes, *, keeps_alive: bool
    ) -> tuple[Errand | None, RequestContext | None]:
        """A request that is on its way to its service; None: it was not begun, and takes the long
        way, with the context that it was let in with, if the gate was asked.
        """
        started_s, admitted = perf_counter(), None
        try:
            path, _, query = lane.url.decode().partition("?")
            found = self._match(method, path)
            if not isinstance(found, Match):
                return _LONG_WAY
            endpoint = found.target
            frame, short = self._frames[endpoint.name], endpoint.short
            if frame is None or short is None or len(body) > endpoint.max_body_bytes:
                return _LONG_WAY
            greeting: Greeting | None = lane.greeting
            sent = without_length(lane.headers) if body else lane.headers
            if greeting is None or (greeting.sent is not sent and greeting.sent != sent):
                greeting = lane.greeting = self._greeting(lane, sent)
            if not greeting.ordinary or best(greeting.accept, endpoint.produces) != JSON:
                return _LONG_WAY
            context, refused = self._context(greeting, endpoint, path), None
            _, authorizations, cookies, _, _ = greeting.presented
            shown = Presented(method, authorizations, cookies, found.values, query)
            try:
                admitted = self._at_once[endpoint.name](context, shown)
            except Failure as failure:  # asked a second time, the gate would count it twice
                refused = failure
            if admitted is None and refused is None:
                return _LONG_WAY
            errand = Errand(
                lane,
                self,
                endpoint,
                frame=frame,
                context=admitted or context,
                greeting=greeting,
                started_s=started_s,
                keeps_alive=keeps_alive,
            )
            if refused is not None:
                errand.refuse(refused)
                return errand, None
            ask = Ask(found.values, query, body, greeting.content_type, greeting.headers)
            return self._begun(errand, ask, short), admitted
        except Exception:  # noqa: BLE001 - the long way comes to the same, and tells it
            return None, admitted

    def _begun(self, errand: Errand, ask: Ask, short: Short) -> Errand | None:
        crowd, begun = self.crowd, None
        crowd.inside += 1
        try:
            begun = short(errand.context, ask, errand.told)
        finally:
            if begun is None and not errand.is_told:
                crowd.inside -= 1
        if begun is None:
            return None
        crowd.entered += 1
        # Kept while it is out only: errand and call hold each other, which is the collector's.
        if not errand.is_told:
            errand.out(begun)
        return errand

    def start(self, lane: Lane) -> bytes:
        """The first lines of an answer."""
        dates = lane.server_state.default_headers
        if dates is not self._dates:
            lines = (b"%b: %b\r\n" % header for header in dates)
            self._dates, self._start = dates, STATUS_LINE[OK] + b"".join(lines)
        return self._start

    def _context(self, greeting: Greeting, endpoint: Endpoint, path: str) -> RequestContext:
        browser, request_id = self._browser, greeting.request_id or next(self._ids)
        added: Headers = ()
        if not browser.quiet:
            added = browser.headers(path, scheme=greeting.scheme, origin=greeting.origin)
        return RequestContext(
            request_id,
            Deadline(monotonic() + endpoint.deadline_s),
            NOBODY,
            greeting.headers,
            (("x-request-id", request_id), *greeting.metadata),
            greeting.peer,
            endpoint.criticality,
            added,
        )

    def _greeting(self, lane: Lane, sent: Sent) -> Greeting:
        options = self.front.options
        scope = lane.scope_of("GET", lane.url, sent)
        return greeting_of(scope, proxies=options.proxies, rules=options.metadata)


def _framed(endpoint: Endpoint) -> Frame | None:
    return None if endpoint.short is None else frame_of(endpoint)
