"""Sealed page tokens around an endpoint: out with every page, back with the next request.

How       Outside of what answers: services, caches and coalescing know their own tokens only, and
          each caller's page is sealed for that caller.
Called by app (transcoded routes), compose/view/serving (views, in front of all their faces).
Never     hands a service a token that it did not give to this caller, for this path.
Source    docs/spec/transcoding.md (page tokens); AIP-158; issue "request signing of cursors".
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, unquote_plus

import orjson
from google.protobuf.message import Message

from bff.compose.cursor_seal import CursorOptions, CursorSeal, Forged, place_of
from bff.compose.endpoint import Answer, Ask, Endpoint, Run, Schema
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput, Violation
from bff.terms.named_keys import named_keys

JSON: Final = "application/json"
SENT: Final = frozenset({"cursor", "page_token", "pageToken"})
_FIELDS: Final = ("page_token", "cursor")
_TOLD: Final = ("nextCursor", "nextPageToken", "next_page_token")


def cursors_of(options: CursorOptions) -> "Cursors | None":
    """None where tokens go out as the services made them."""
    return Cursors(options) if options.signed else None


def paging(endpoints: Iterable[Endpoint], options: CursorOptions) -> list[Endpoint]:
    """Transcoded routes as these settings want them."""
    cursors = cursors_of(options)
    return [one if cursors is None else cursors.around(one) for one in endpoints]


class Cursors:
    """Seals the pages of one BFF."""

    def __init__(self, options: CursorOptions) -> None:
        self._seal = CursorSeal(named_keys(options.keys, where="cursors.keys"))

    def __repr__(self) -> str:
        return f"<Cursors by {self._seal!r}>"

    def around(self, endpoint: Endpoint) -> Endpoint:
        """A transcoded route, in JSON alone where it pages: other forms are nobody's to change."""
        query = {one.name for one in endpoint.parameters if one.where == "query"}
        in_body = _pages_by_body(endpoint)
        if endpoint.plan or endpoint.streams or (query.isdisjoint(SENT) and not in_body):
            return endpoint
        run = self.run(endpoint.run, endpoint.template.text, in_body=in_body)
        return replace(endpoint, run=run, short=None, produces=(JSON,))

    def run(self, run: Run, where: str, *, shared: bool = False, in_body: bool = False) -> Run:
        """What answers in JSON, with tokens that are sealed.

        where    the path's template
        shared   its answers go through caches that everybody shares, and so must its tokens
        in_body  the token comes in the body, not in the query
        Raises   BadInput (invalid-page-token), and what `run` does
        """

        async def sealed(context: RequestContext, ask: Ask) -> Answer:
            place = place_of(where, ask, context, shared=shared)
            if in_body:
                opened = ask._replace(amend=lambda request: self._open_in(request, place))
            else:
                opened = ask._replace(query=self._opened(ask.query, place))
            answer = await run(context, opened)
            assert isinstance(answer, Answer)  # noqa: S101 - one that pages does not stream
            return answer._replace(body=self._sealed(answer.body, place))

        return sealed

    def _opened(self, query: str, place: bytes) -> str:
        """The query as the service's own token makes it; all the rest stays as it was sent."""
        parts = []
        for part in query.split("&"):
            name, equals, value = part.partition("=")
            sent = unquote_plus(name)
            if sent in SENT and value:
                token = self._token(sent, unquote_plus(value), place)
                part = f"{name}{equals}{quote(token, safe='')}"  # noqa: PLW2901
            parts.append(part)
        return "&".join(parts)

    def _open_in(self, request: Any, place: bytes) -> None:
        """As `_opened`, in a body that was read, whatever its form: it is the request, or a message
        right inside of it.
        """
        inside = [value for _, value in request.ListFields() if isinstance(value, Message)]
        for message in (request, *inside):
            for field, sealed in message.ListFields():
                if field.name in _FIELDS and isinstance(sealed, str) and sealed:
                    setattr(message, field.name, self._token(field.json_name, sealed, place))

    def _token(self, name: str, sealed: str, place: bytes) -> str:
        try:
            return self._seal.open(sealed, place)
        except Forged:
            what = "send the token as it came with the page before, to whom it was given"
            raise BadInput(
                f"{name}: {what}", reason="invalid-page-token", violations=[Violation(name, what)]
            ) from None

    def _sealed(self, body: bytes, place: bytes) -> bytes:
        told = [name for name in _TOLD if f'"{name}":'.encode() in body]
        for name in told:
            page = orjson.loads(body)
            token = page.get(name) if isinstance(page, dict) else None
            if not isinstance(token, str) or not token:
                continue
            sealed = self._seal.seal(token, place)
            before, after = _member(name, token), _member(name, sealed)
            if body.count(before) == 1:
                body = body.replace(before, after)
            else:  # it is written otherwise, or further down, too
                body = orjson.dumps({**page, name: sealed})
        return body


def _pages_by_body(endpoint: Endpoint) -> bool:
    """Whether a token goes out of its answers, and comes back in a body: a list that is asked for
    by a POST. A `cursor` that is sent alone is something else.
    """

    def members(schema: Schema | None) -> Iterable[str]:
        name = str((schema or {}).get("$ref", "")).rpartition("/")[2]
        whole: Mapping[str, Any] = endpoint.components.get(name, schema or {})
        return list(whole.get("properties", ()))

    sent, told = members(endpoint.body), members(endpoint.answer)
    return not (SENT.isdisjoint(sent) or set(_TOLD).isdisjoint(told))


def _member(name: str, value: str) -> bytes:
    return b'"%b":%b' % (name.encode(), orjson.dumps(value))
