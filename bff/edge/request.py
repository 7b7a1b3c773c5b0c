"""What arrives: the head of an HTTP request in plain data, and its body within limits.

Called by edge/front.py.
Never     trusts a request id, a length or an encoding that it has not checked; never reads past the
          limit.
Source    ASGI 3 (HTTP scope, receive); RFC 9110 section 8; docs/spec/bad-input.md rows 48-53, 111.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, MutableMapping
from os import urandom
from typing import Any

from bff.edge.forwarded import Forwarded, Proxies
from bff.edge.http1.framing import MOST_DIGITS
from bff.edge.inflation import GZIP, TooLarge, inflated
from bff.edge.trace import traceparent_of, tracestate_of
from bff.guard.presented import Presented
from bff.terms.context import Metadata, RequestContext
from bff.terms.errors import BadInput
from bff.terms.headers import Headers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ADMITTED = "bff.admitted"
"""Where a scope has the context of a request that was let in; no client can put it there."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ONLY_FROM_PROXIES = frozenset(
    (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip")
)
_NO_PROXIES = Proxies()


class Head:
    """The head of one request. `path` and `query` are raw bytes as latin-1 text, not decoded.

    headers         what only a listed proxy may say is hidden
    peer            the client's address as we trust it
    answer_headers  what the answer carries beside its own, whatever it is
    admitted        its context where the gate was asked already: it counts who asks
    """

    __slots__ = (
        "admitted",
        "answer_headers",
        "forwarded",
        "headers",
        "method",
        "path",
        "peer",
        "query",
        "request_id",
    )

    def __init__(self, scope: Scope, proxies: Proxies = _NO_PROXIES) -> None:
        """Reads an ASGI scope, of HTTP or a WebSocket."""
        sent = scope["headers"]
        client = scope.get("client")
        peer = client[0] if client else ""
        raw_path = scope.get("raw_path") or scope["path"].encode()
        self.method: str = scope.get("method", "GET")
        self.path: str = raw_path.decode("latin-1")
        self.query: str = scope["query_string"].decode("latin-1")
        self.headers = Headers(sent)
        scheme = scope.get("scheme", "http")
        self.forwarded: Forwarded = proxies.read(self.headers, peer=peer, scheme=scheme)
        self.headers.hide(_ONLY_FROM_PROXIES)
        self.peer = self.forwarded.client
        self.request_id = _request_id(self.headers.text(b"x-request-id"))
        self.answer_headers: tuple[tuple[bytes, bytes], ...] = ()
        self.admitted: RequestContext | None = scope.get(ADMITTED)
        if self.admitted is not None:
            self.request_id = self.admitted.request_id

    def __repr__(self) -> str:
        return f"<Head {self.method} {self.path} of request {self.request_id}>"

    def presented(self, values: tuple[str, ...] = ()) -> Presented:
        """What it shows at the gate."""
        every = self.headers.all
        return Presented(self.method, every(b"authorization"), every(b"cookie"), values, self.query)

    @property
    def tracing(self) -> Metadata:
        """The request id and the trace, as metadata."""
        mine = ("x-request-id", self.request_id)
        sent = self.headers.text(b"traceparent")
        if not sent:
            return (mine,)
        parent = traceparent_of(sent)
        state = self.headers.text(b"tracestate")
        state = tracestate_of(state, traceparent=parent, sent=sent)
        found = (mine, ("traceparent", parent), ("tracestate", state))
        return found if state else found[:2]


class Gone(Exception):
    """The client hung up before its body was complete: nobody is left to answer."""


def _request_id(proposed: str) -> str:
    return proposed if proposed and _REQUEST_ID.fullmatch(proposed) else new_request_id()


def new_request_id() -> str:
    """16 hexadecimal digits that nobody can foretell."""
    return urandom(8).hex()


def request_ids() -> Iterator[str]:
    """The same without end: the system is asked for many at a time, for a quarter of the cost."""
    while True:
        digits = urandom(2_048).hex()
        for start in range(0, len(digits), 16):
            yield digits[start : start + 16]


async def body_of(
    head: Head, receive: Receive, *, limit_bytes: int, inflate: bool = False
) -> bytes:
    """The whole body, unpacked where `inflate` allows it.

    Raises BadInput over the limit, packed or unpacked, or in an encoding we do not take; Gone on a
           hang-up
    """
    packed = _is_packed(head.headers, inflate=inflate)
    body = await _received(head, receive, limit_bytes)
    if not (packed and body):
        return body
    try:
        return inflated(body, limit_bytes=limit_bytes)
    except TooLarge:
        raise _too_large(limit_bytes) from None


def pieces_of(head: Head, receive: Receive) -> AsyncGenerator[bytes, None]:
    """The body as it arrives, for those who set limits of their own. Raises as `body_of` does."""
    _is_packed(head.headers, inflate=False)
    return _pieces(receive)


async def _pieces(receive: Receive) -> AsyncGenerator[bytes, None]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        if piece := message.get("body", b""):
            yield piece
        more = message.get("more_body", False)


async def _received(head: Head, receive: Receive, limit_bytes: int) -> bytes:
    length = head.headers.text(b"content-length")
    if length.isdigit() and (len(length) > MOST_DIGITS or int(length) > limit_bytes):
        raise _too_large(limit_bytes)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > limit_bytes:
            raise _too_large(limit_bytes)
        if not message.get("more_body", False):
            return bytes(body)


def _is_packed(headers: Headers, *, inflate: bool) -> bool:
    """Whether the body is gzip. Raises BadInput for any other coding."""
    coding = headers.text(b"content-encoding").strip().lower()
    if coding in ("", "identity"):
        return False
    if inflate and coding in GZIP:
        return True
    takes = "with gzip or without" if inflate else "without"
    raise BadInput(f"Send the body {takes} a Content-Encoding.", reason="unsupported-encoding")


def _too_large(limit_bytes: int) -> BadInput:
    return BadInput(
        f"The body may have at most {limit_bytes} bytes.",
        reason="body-too-large",
    )
