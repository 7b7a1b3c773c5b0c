"""Where a browser goes after it signed in: a path of this site, and nothing that could be another.

Why       `//evil.example` and `/\\evil.example` are other sites to a browser. What it strips (tabs,
          newlines) or decodes on the way makes more of them; so only a short alphabet may pass.
Called by guard/login.
Never     repairs: a URL that needs repair was written by somebody else.
Source    WHATWG URL; RFC 9700 section 4.11; docs/spec/bad-input.md row 104.
"""

import re
from urllib.parse import unquote

from bff.terms.errors import BadInput

MAX_CHARS = 2_048
_SURPRISING = re.compile(r"[\\\x00-\x1f\x7f]|//|/\.\.?(?:/|$)")
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*", re.ASCII)


def checked_return_url(text: str) -> str:
    """The same text; "/" for none. Raises BadInput (invalid-return-url).

    >>> checked_return_url("/web/v1/dashboard?tab=2")
    '/web/v1/dashboard?tab=2'
    """
    if not text:
        return "/"
    if len(text) <= MAX_CHARS and _PATH.fullmatch(text) and not _hides_another_site(text):
        return text
    raise BadInput(
        "Send a path of this site as returnUrl, such as /web/v1/dashboard.",
        reason="invalid-return-url",
    )


def _hides_another_site(text: str) -> bool:
    """Whether somebody who decodes once more would see more than a path."""
    path, _, query = text.partition("?")
    controls = any(sign < " " for sign in unquote(query))
    return controls or _SURPRISING.search(unquote(path)) is not None
