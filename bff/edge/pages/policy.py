"""What a page may load, and whether it is the document or goes into one.

Called by views.py, edge/refusals.py, edge/login_pages.py.
Never     lets a page run inline script, be framed, or load from another host: what a service or a
          user wrote into it stays text, even where a template forgot.
Source    Content Security Policy level 3; Fetch Metadata Request Headers ("Sec-Fetch-Dest");
          Upgrade Insecure Requests section 3.2.1; htmx "Request Headers"; RFC 7034; Fetch
          "Cross-Origin-Resource-Policy header"; HTML "Cross-origin opener policies".
"""

from collections.abc import Mapping

PAGE = "text/html; charset=utf-8"
_ONLY_FROM_US = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'"
)
GUARDED = (
    ("content-security-policy", _ONLY_FROM_US),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""Headers of every page, beside what any answer has."""


def is_document(headers: Mapping[str, str]) -> bool:
    """A browser goes there: it needs a whole document. Everybody else gets the fragment.

    >>> is_document({"sec-fetch-dest": "document"}), is_document({"hx-request": "true"})
    (True, False)
    """
    if headers.get("hx-request") == "true":
        return headers.get("hx-history-restore-request") == "true"
    goes = headers.get("sec-fetch-dest") == "document"
    return goes or headers.get("upgrade-insecure-requests") == "1"
