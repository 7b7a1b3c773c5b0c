"""A raw query string to its pairs of name and value: decoded once, strictly, and counted.

Called by contract/bind.py.
Never     splits at `;` or `,`, or guesses what a broken escape meant.
Source    WHATWG URL, application/x-www-form-urlencoded; docs/spec/transcoding.md QP2, QP22-QP24.
"""

import re
from urllib.parse import unquote

from bff.terms.errors import BadInput

MAX_PARAMETERS = 100

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def pairs(query: str) -> list[tuple[str, str]]:
    """The parameters in their order; a flag without "=" has the value "". Empty names are skipped.

    query   the raw bytes as latin-1 text, without the "?"
    Raises  BadInput: malformed-request, too-many-parameters

    >>> pairs("a=1&&b=x+y%2B&flag&=nameless")
    [('a', '1'), ('b', 'x y+'), ('flag', '')]
    """
    parts = [part for part in query.split("&") if part]
    if len(parts) > MAX_PARAMETERS:
        raise BadInput(
            f"send at most {MAX_PARAMETERS} query parameters", reason="too-many-parameters"
        )
    if not query.isascii() or _BAD_ESCAPE.search(query):
        raise _malformed("percent-encode what is not ASCII, and write a percent sign as %25")
    try:
        found = [_pair(part) for part in parts]
    except UnicodeDecodeError:
        raise _malformed("its percent-encoded bytes must be UTF-8") from None
    return [pair for pair in found if pair[0]]


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return _decoded(name), _decoded(value)


def _decoded(text: str) -> str:
    return unquote(text.replace("+", " "), errors="strict")


def _malformed(what: str) -> BadInput:
    return BadInput(f"the query is malformed: {what}", reason="malformed-request")
