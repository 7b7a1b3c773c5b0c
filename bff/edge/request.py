"""What arrives: the head of an HTTP request in plain data, and its body within limits.

Called by edge/front.py.
Never     trusts a request id, a length or an encoding that it has not checked; never reads past the
          limit.
Source    ASGI 3 (HTTP scope, receive); RFC 9110 section 8; docs/spec/bad-input.md rows 48-53, 111.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from bff.edge.forwarded import Forwarded, Proxies
from bff.edge.inflation import GZIP, TooLarge, inflated
from bff.edge.trace import traceparent_of, tracestate_of
from bff.terms.context import Metadata
from bff.terms.errors import BadInput

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ONLY_FROM_PROXIES = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
)
_NO_PROXIES = Proxies()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of one request. `path` and `query` are raw bytes as latin-1 text, not decoded.

    headers         lower-case names; the last of several wins
    pairs           all of them, in the order sent
    authorizations  every Authorization header, since two are an error
    tracing         the trace and the request id, as metadata
    peer            the client's address as we trust it
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...]
    authorizations: tuple[str, ...]
    request_id: str
    tracing: Metadata
    forwarded: Forwarded
    peer: str


class Gone(Exception):
    """The client hung up before its body was complete: nobody is left to answer."""


def head_of(scope: Scope, proxies: Proxies = _NO_PROXIES) -> Head:
    """Read an ASGI HTTP scope. What only a listed proxy may say is gone where none said it."""
    pairs = tuple(
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    )
    headers = dict(pairs)
    if "x-forwarded-for" in headers:
        headers["x-forwarded-for"] = ", ".join(
            value for name, value in pairs if name == "x-forwarded-for"
        )
    client = scope.get("client")
    forwarded = proxies.read(
        headers, peer=client[0] if client else "", scheme=scope.get("scheme", "http")
    )
    for name in _ONLY_FROM_PROXIES:
        headers.pop(name, None)
    request_id = _request_id(headers.get("x-request-id", ""))
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return Head(
        method=scope["method"],
        path=raw_path.decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        pairs=pairs,
        authorizations=tuple(value for name, value in pairs if name == "authorization"),
        request_id=request_id,
        tracing=_tracing(headers, request_id),
        forwarded=forwarded,
        peer=forwarded.client,
    )


def _request_id(proposed: str) -> str:
    return proposed if _REQUEST_ID.fullmatch(proposed) else token_hex(8)


def _tracing(headers: Mapping[str, str], request_id: str) -> Metadata:
    sent = headers.get("traceparent", "")
    if not sent:
        return (("x-request-id", request_id),)
    parent = traceparent_of(sent)
    state = tracestate_of(headers.get("tracestate", ""), traceparent=parent, sent=sent)
    found = (("x-request-id", request_id), ("traceparent", parent), ("tracestate", state))
    return tuple((name, value) for name, value in found if value)


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
    length = head.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit_bytes:
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


def _is_packed(headers: Mapping[str, str], *, inflate: bool) -> bool:
    """Whether the body is gzip. Raises BadInput for any other coding."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding == "identity":
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
