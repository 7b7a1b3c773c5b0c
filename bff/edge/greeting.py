"""What the headers of a request say, read once for all requests that say the same.

Why       A client repeats itself: on one connection, request after request comes with the very same
          headers. To compare them costs a tenth of reading them.
Called by edge/short_way.py.
Never     keeps what differs from request to request: a trace of our own, a request id of ours.
"""

from typing import NamedTuple

from bff.contract.metadata import MetadataRules
from bff.contract.timeout import hints
from bff.edge.forwarded import Proxies
from bff.edge.request import Head, Scope
from bff.guard.presented import Presented
from bff.terms.context import Metadata
from bff.terms.headers import Headers, Sent

_UNUSUAL = frozenset((b"content-encoding", b"hx-request"))


class Greeting(NamedTuple):
    """The headers `sent`, read.

    request_id  the client's own; "" where one is to be made
    metadata    for the services, but for the request id
    ordinary    nothing in it asks for the long way: no time limit, no trace that we must
                 replace, no body that is packed, no wish that another header than Accept says
    """

    sent: Sent
    headers: Headers
    request_id: str
    metadata: Metadata
    presented: Presented
    peer: str
    content_type: str
    accept: str
    accept_encoding: str
    if_none_match: str
    scheme: str
    origin: str
    ordinary: bool


def greeting_of(scope: Scope, *, proxies: Proxies, rules: MetadataRules) -> Greeting:
    """Raises BadInput for a header that cannot be metadata."""
    head = Head(scope, proxies)
    headers = head.headers
    (_, request_id), *trace = head.tracing
    text = headers.text
    kept = text(b"x-request-id") == request_id
    sent = text(b"traceparent")
    return Greeting(
        sent=scope["headers"],
        headers=headers,
        request_id=head.request_id if kept else "",
        metadata=(*trace, *head.forwarded.metadata, *rules.inbound(headers)),
        presented=head.presented()._replace(query=""),  # each request has its own
        peer=head.peer,
        content_type=text(b"content-type"),
        accept=text(b"accept"),
        accept_encoding=text(b"accept-encoding"),
        if_none_match=text(b"if-none-match"),
        scheme=head.forwarded.scheme,
        origin=text(b"origin"),
        ordinary=not (hints(headers) or headers.any_of(_UNUSUAL))
        and (not sent or trace[0][1] == sent),
    )
