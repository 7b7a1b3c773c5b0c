"""A raw query string to its pairs of name and value: decoded once, strictly, and counted.

Called by bind.py, compose/inputs.py.
Never     splits at `;` or `,`, or guesses what a broken escape meant.
Source    WHATWG URL, application/x-www-form-urlencoded; docs/spec/transcoding.md QP2, QP22-QP24;
          docs/spec/bad-input.md row 42.
"""

import re
from urllib.parse import unquote

from bff.terms.errors import BadInput

DEFAULT_MOST = 100

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})").search


def pairs(query: str, most: int = DEFAULT_MOST) -> list[tuple[str, str]]:
    """The parameters in their order; a flag without "=" has the value "". Empty names are skipped.

    query   the raw bytes as latin-1 text, without the "?"
    most    how many there may be
    Raises  BadInput: malformed-request, too-many-parameters

    >>> pairs("a=1&&b=x+y%2B&flag&=nameless")
    [('a', '1'), ('b', 'x y+'), ('flag', '')]
    """
    if not query.isascii():
        raise _malformed("percent-encode what is not ASCII")
    found: list[tuple[str, str]] = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name:
            found.append((name, value))
            if len(found) > most:
                raise BadInput(
                    f"send at most {most} query parameters", reason="too-many-parameters"
                )
    if "%" in query or "+" in query:
        return _decoded(query, found)
    return found


def _decoded(query: str, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if _BAD_ESCAPE(query):
        raise _malformed("write a percent sign as %25")
    try:
        unquote(query, errors="strict")  # what has no name is skipped, but judged
    except UnicodeDecodeError:
        raise _malformed("its percent-encoded bytes must be UTF-8") from None
    return [(_text(name), _text(value)) for name, value in found]


def _text(raw: str) -> str:
    spaced = raw.replace("+", " ")
    return unquote(spaced) if "%" in raw else spaced


def _malformed(what: str) -> BadInput:
    return BadInput(f"the query is malformed: {what}", reason="malformed-request")
