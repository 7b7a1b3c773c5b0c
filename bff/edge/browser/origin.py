"""May a page of this origin open a stream here? Browsers ask nobody before they open one.

Why       A WebSocket, and an EventSource, is opened across origins without asking first; what its
          page may read must not be left to the browser alone.
Called by front.py (text/event-stream), websocket.py.
Never     refuses who sends no Origin: that is no browser, and needs credentials of its own.
Source    RFC 6455 section 10.2; RFC 6454; docs/spec/bad-input.md row 120.
"""

from urllib.parse import urlsplit

from bff.edge.browser.cors import Cors
from bff.edge.request import Head
from bff.terms.codes import Code
from bff.terms.errors import BadInput


class ForeignOrigin(BadInput):
    """A page of another site."""

    code = Code.PERMISSION_DENIED
    reason = "permission-denied"


def check_origin(head: Head, cors: Cors) -> None:
    """Raises ForeignOrigin unless the page is of the host that it asks, or on the list of those
    that may read what is there, or there is no page.
    """
    origin = head.headers.get("origin")
    if origin is None or is_same(origin, head.headers.text(b"host")) or cors.opens(head):
        return
    raise ForeignOrigin("This may not be opened from a page of another origin.")


def is_same(origin: str, host: str) -> bool:
    """Whether an Origin header names this host. The scheme is not compared: TLS may end before us.

    >>> is_same("https://app.example", "app.example"), is_same("null", "app.example")
    (True, False)
    """
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
