"""One request of a batch: what the front door sees of it, and what is told of its answer.

Called by batch.py.
Never     lets through what a batch can't answer: a stream, a file, a batch inside of it.
Source    docs/spec/demo.md "Batch".
"""

from collections.abc import Iterator
from json import dumps
from typing import NamedTuple, cast

from bff.compose.endpoint import Ask, Endpoint
from bff.compose.idempotency_record import HEADER, key_of
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.routes.router import Match, Router
from bff.edge.batches.items import Item
from bff.edge.in_process import App, Told, asked, scope_of
from bff.edge.request import Scope
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, Failure, ServiceSilent
from bff.terms.headers import Headers

METHOD, PATH = "POST", "/v1/batch"
JSON = "application/json"
_REQUEST_ID_CHARACTERS = 60
_OF_ONE_MESSAGE = frozenset(
    "accept accept-encoding connection expect grpc-timeout idempotency-key keep-alive range te"
    " trailer transfer-encoding upgrade x-request-id x-request-timeout x-server-timeout".split()
)
_OF_ONE_MESSAGE_PREFIXES = ("content-", "hx-", "if-")
"""All other headers hold for each request of a batch, such as Authorization."""


class Inside(NamedTuple):
    """The front door, and what it serves."""

    app: App
    router: Router[Endpoint]


class Batched(NamedTuple):
    """One request. `context` and `ask` are the batch's; `number` is its place in it, from 0."""

    item: Item
    number: int
    context: RequestContext
    ask: Ask
    errors: ErrorDocuments

    async def answered(self, inside: Inside) -> bytes:
        """Its part of the batch's answer. Never raises a Failure: it tells it."""
        try:
            self.item.check()
            self._check_served(inside.router)
            left_ms = int(self.context.deadline.remaining_s() * 1000)
            if left_ms <= 0:
                return self.overdue()
            told = await asked(inside.app, self._scope(left_ms), self.item.body)
            return _framed(told) if _is_json(told) else self._refused(_no_json())
        except Failure as failure:
            return self._refused(failure)

    def overdue(self) -> bytes:
        """What is told of a request that had not ended when the batch did."""
        return self._refused(
            ServiceSilent(
                "The batch's time was up before this was answered.",
                reason="upstream-timeout",
                code=Code.DEADLINE_EXCEEDED,
            )
        )

    @property
    def _request_id(self) -> str:
        return f"{self.context.request_id[:_REQUEST_ID_CHARACTERS]}.{self.number}"

    def _refused(self, failure: Failure) -> bytes:
        languages = self.ask.headers.get("accept-language", "")
        document = self.errors.of(failure, self._request_id, languages=languages)
        return _framed(Told(document.status, document.media_type, document.body))

    def _check_served(self, router: Router[Endpoint]) -> None:
        """Raises a Failure for what no batch may hold. A wrong method is the door's to refuse."""
        found = router.match(self.item.method, self.item.path.partition("?")[0])
        if found is None:
            raise Failure("Nothing is served there.", reason="not-found", code=Code.NOT_FOUND)
        if not isinstance(found, Match):
            return
        endpoint = found.target
        if (endpoint.method, endpoint.template.text) == (METHOD, PATH):
            raise _unfit("A batch holds no other batch.")
        if endpoint.streams or endpoint.takes_pieces or endpoint.converse:
            raise _unfit("A stream is asked for by itself.")
        if JSON not in endpoint.produces:
            raise _no_json()

    def _scope(self, left_ms: int) -> Scope:
        """As if the client had sent it alone, over the same proxies."""
        came = {name: str(value) for name, value in self.context.metadata}
        hops, _, peer = came.get("x-forwarded-for", self.context.peer).rpartition(", ")
        return scope_of(
            self.item.method,
            self.item.path,
            headers=[
                *self._sent_headers(),
                ("accept", JSON),
                ("grpc-timeout", f"{left_ms}m"),
                ("x-request-id", self._request_id),
                *((("content-type", JSON),) if self.item.body else ()),
                *((("x-forwarded-for", hops),) if hops else ()),
                *((name, came[name]) for name in _FORWARDED if name in came),
            ],
            peer=peer,
            scheme=came.get("x-forwarded-proto", "http"),
        )

    def _sent_headers(self) -> Iterator[tuple[str, str]]:
        key = self.ask.headers.get(HEADER)
        if key is not None:  # one key for each request: "a" becomes "a.0", "a.1"
            yield HEADER, dumps(f"{key_of(key)}.{self.number}", ensure_ascii=False)
        headers = cast("Headers", self.ask.headers)  # of the front door, which keeps them all
        for name in headers:
            if name not in _OF_ONE_MESSAGE and not name.startswith(_OF_ONE_MESSAGE_PREFIXES):
                for value in headers.all(name.encode("latin-1")):
                    yield name, value


_FORWARDED = ("x-forwarded-proto", "x-forwarded-host")


def _framed(told: Told) -> bytes:
    return b'{"status":%d,"body":%b}' % (told.status, told.body or b"null")


def _is_json(told: Told) -> bool:
    kind = told.media_type.partition(";")[0]
    return not told.body or kind.endswith(("/json", "+json"))


def _no_json() -> BadInput:
    return BadInput("This does not answer as JSON: ask for it by itself.", reason="not-acceptable")


def _unfit(detail: str) -> BadInput:
    return BadInput(detail, reason="malformed-request")
