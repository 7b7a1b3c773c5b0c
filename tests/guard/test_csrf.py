"""Whose page asks?  Rows 98 to 100 and 120, as a table of what browsers send."""

import pytest

from bff.guard.sessions.csrf import check_csrf
from bff.terms.errors import Refused
from bff.terms.headers import Headers

OURS = frozenset({"https://app.example", "https://admin.example"})
Sent = dict[str, str]
VISIT = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def passes(method: str, sent: Sent) -> bool:
    try:
        check_csrf(method, Headers.of(sent.items()), OURS)
    except Refused as refused:
        return refused.reason != "csrf-rejected"
    return True


@pytest.mark.parametrize(
    ("reads", "changes", "sent"),
    [
        # our page's fetch, with and without the header
        (True, True, {"sec-fetch-site": "same-origin", "x-csrf": "1"}),
        (True, False, {"sec-fetch-site": "same-origin"}),
        (
            True,
            True,
            {"sec-fetch-site": "same-origin", "origin": "https://app.example", "x-csrf": "1"},
        ),
        # a browser without Fetch Metadata, and who is no browser
        (True, False, {"origin": "https://app.example"}),
        (True, True, {"x-csrf": "1"}),
        (False, False, {}),
        # what a user typed
        (True, False, {"sec-fetch-site": "none", **VISIT}),
        # a listed origin of our site
        (
            True,
            True,
            {"sec-fetch-site": "same-site", "origin": "https://admin.example", "x-csrf": "1"},
        ),
        # another one, which does not say who it is
        (False, False, {"sec-fetch-site": "same-site", "x-csrf": "1"}),
        (False, False, {"sec-fetch-site": "cross-site", "x-csrf": "1"}),
        # a link from elsewhere, an image, a frame
        (True, False, {"sec-fetch-site": "cross-site", **VISIT}),
        (False, False, {"sec-fetch-site": "same-site", "sec-fetch-dest": "image"}),
        (False, False, {"sec-fetch-site": "cross-site", **VISIT, "sec-fetch-dest": "iframe"}),
        # origins that are not ours
        (False, False, {"origin": "null", "x-csrf": "1"}),
        (False, False, {"origin": "https://app.example.evil", "x-csrf": "1"}),
        (False, False, {"origin": "https://evil.app.example", "x-csrf": "1"}),
        (False, False, {"origin": "http://app.example", "x-csrf": "1"}),
        (False, False, {"origin": "", "x-csrf": "1"}),
        (False, False, {"sec-fetch-site": "same-origin", "origin": "https://evil", "x-csrf": "1"}),
        # a header of another value, a site that no browser says
        (False, False, {"x-csrf": "2"}),
        (False, False, {"x-csrf": "1, 1"}),
        (False, False, {"sec-fetch-site": "same-origin, cross-site", "x-csrf": "1"}),
    ],
)
def test_who_may_use_the_cookie(reads: bool, changes: bool, sent: Sent) -> None:
    assert {"GET": reads, "HEAD": reads} == {one: passes(one, sent) for one in ("GET", "HEAD")}
    assert {changes} == {passes(one, sent) for one in ("POST", "PUT", "PATCH", "DELETE", "X")}
