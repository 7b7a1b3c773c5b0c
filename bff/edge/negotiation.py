"""In which media type will this endpoint answer this client? Decided before anything is asked.

Why       A 406 after the work is done would be a write that nobody hears of.
Called by edge/front.py.
Never     refuses an error its document: whoever asks for text/html only gets a problem, too (as a
          page, where the endpoint has pages).
Source    RFC 9110 sections 12.1, 12.5.5; htmx "Request Headers"; docs/spec/transcoding.md HT6;
          docs/spec/bad-input.md row 51.
"""

from bff.compose.endpoint import Endpoint
from bff.contract.media.accept import best
from bff.contract.media.types import HTML
from bff.edge.request import Head
from bff.terms.errors import BadInput

_BY_TYPE = (b"vary", b"accept, accept-encoding")
_BY_CODING = (b"vary", b"accept-encoding")


def media_type_of(endpoint: Endpoint, head: Head) -> str:
    """What to answer in; "" where the endpoint knows best. Raises BadInput: not-acceptable."""
    if not endpoint.produces:
        return ""
    chosen = _chosen(endpoint, head)
    if chosen is None:
        offered = " or ".join(endpoint.produces)
        raise BadInput(f"This answers as {offered}: accept one of it.", reason="not-acceptable")
    return chosen


def reads_html(endpoint: Endpoint, head: Head) -> bool:
    """Whether the client is answered with a page, failures included."""
    return endpoint.page is not None and _chosen(endpoint, head) == HTML


def _chosen(endpoint: Endpoint, head: Head) -> str | None:
    """htmx takes anything, and means HTML."""
    accept, offered = head.headers.text(b"accept"), endpoint.produces
    if endpoint.page is not None and head.headers.text(b"hx-request") == "true":
        return best(accept, (HTML,)) or best(accept, offered)
    return best(accept, offered)


def varies_by(endpoint: Endpoint) -> tuple[bytes, bytes]:
    """The Vary header: which headers of a request may change the answer's bytes."""
    usual = _BY_TYPE if len(endpoint.produces) > 1 else _BY_CODING
    if not endpoint.varies_by:
        return usual
    return usual[0], ", ".join((usual[1].decode(), *endpoint.varies_by)).encode()
