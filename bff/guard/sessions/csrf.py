"""Did a page of ours ask this, or one of somebody else's that borrows the user's cookie?

Why       A browser adds the cookie to whatever any page asks for. A page of another origin can send
          a form or an image, yet no header of its own making; and it can't unsay where it is from.
Rules     Asked wherever a session cookie is about to be used, and nowhere else:
          Origin, where there is one, is ours
          Sec-Fetch-Site, where there is one, is same-origin; or none, for what a user typed
          what changes something has X-CSRF: 1
          what reads has one of the three, so that silence proves nothing
          A reader who follows a link to a page of ours comes from anywhere.
Called by guard/sessions, edge/login_pages.
Never     looks at Referer; never believes the absence of a header.
Source    IETF draft-ietf-oauth-browser-based-apps section 6.1.3.3; Fetch Metadata; OWASP CSRF
          Prevention; docs/spec/bad-input.md rows 98-100, 120.
"""

from collections.abc import Set as AbstractSet

from bff.terms.codes import Code
from bff.terms.errors import Refused
from bff.terms.headers import Headers

HEADER = b"x-csrf"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def check_csrf(method: str, headers: Headers, origins: AbstractSet[str]) -> None:
    """Raises Refused (csrf-rejected) unless one of our pages asked, or the user.

    origins  whose pages may use the cookie, as browsers write them: "https://app.example"
    """
    origin, site = headers.text(b"origin"), headers.text(b"sec-fetch-site")
    marked = headers.text(HEADER) == "1"
    is_safe = method in SAFE
    if origin not in origins and headers.has(b"origin"):
        raise _rejected("A page of another origin asked this.")
    if site and not _is_ours(site, origin, origins):
        if is_safe and _is_visit(headers):
            return
        raise _rejected("A page of another origin asked this.")
    if marked or (is_safe and (site or origin)):
        return
    raise _rejected("Send X-CSRF: 1 with whatever uses the session cookie.")


def _is_ours(site: str, origin: str, origins: AbstractSet[str]) -> bool:
    """A listed origin may be another one of our site; what a user typed has no page behind it."""
    return site in ("same-origin", "none") or (site == "same-site" and origin in origins)


def _is_visit(headers: Headers) -> bool:
    """Somebody follows a link: the page that they come from sees nothing of the answer."""
    mode, goal = headers.text(b"sec-fetch-mode"), headers.text(b"sec-fetch-dest")
    return mode == "navigate" and goal == "document"


def _rejected(detail: str) -> Refused:
    return Refused(detail, reason="csrf-rejected", code=Code.PERMISSION_DENIED)
