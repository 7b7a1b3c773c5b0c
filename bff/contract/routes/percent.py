"""Percent-decoding of a request path: once, strictly, and after matching.

Why       A path that is decoded before it is matched lets `%2F` make segments; one that is decoded
          twice turns `%252F` into a slash. Both have opened doors that were meant to be shut.
Called by bff/contract/routes/router.py (values and raw paths), path_template.py (literals).
Never     normalises: `.`, `..`, `;a=b`, `+` and upper or lower case are data and pass unchanged.
Source    docs/spec/transcoding.md PM7-PM12; docs/spec/bad-input.md rows 26-37; RFC 3986, 2.1.
"""

import re
from urllib.parse import unquote

from bff.terms.errors import BadInput

MAX_VALUE_BYTES = 2_048

# In a path of these characters alone, no value has anything to decode or to refuse.
_PLAIN = re.compile(rf'/[!"$&-)+-z|~]{{0,{MAX_VALUE_BYTES - 1}}}')
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SLASH_ESCAPE = re.compile(r"(%2[Ff])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLACEHOLDER = re.compile(r"\*\*?|\{[A-Za-z_][\w.]*(?:=[^{}]*)?\}")

is_plain = _PLAIN.fullmatch


def decoded(raw: str) -> str:
    """Every escape, once (PM7, PM10); a plus stays a plus (PM11).

    Raises UnicodeDecodeError where the bytes are not UTF-8.

    >>> decoded("p%20q%2Fr+%2525")
    'p q/r+%25'
    """
    return unquote(raw, errors="strict")


def decoded_but_slashes(raw: str) -> str:
    """Every escape but that of a slash, which stays as it was sent (PM8).

    >>> decoded_but_slashes("a%20b/c%2Fd%2fe")
    'a b/c%2Fd%2fe'
    """
    pieces = _SLASH_ESCAPE.split(raw)
    pieces[::2] = [decoded(piece) for piece in pieces[::2]]
    return "".join(pieces)


def refuse_malformed(raw_path: str) -> None:
    """Raises BadInput "malformed-request" for a path that can't be decoded (PM12, rows 32-35).

    Whole paths are checked, matched or not. A sequence of UTF-8 can't reach over a slash or a
    colon, so every value that is cut from a path that passed can be decoded.
    """
    if not raw_path.isascii() or "#" in raw_path:
        raise _malformed("percent-encode every character that is not ASCII, and `#`")
    if _BAD_ESCAPE.search(raw_path):
        raise _malformed(
            "write a percent sign as %25, and after every other one two hexadecimal digits"
        )
    try:
        decoded(raw_path)
    except UnicodeDecodeError:
        raise _malformed("its percent-encoded bytes must be UTF-8") from None


def refuse_unfit(name: str, value: str) -> None:
    """Raises BadInput "invalid-field", naming the variable, for a value no field should get.

    Control characters (row 31), more than MAX_VALUE_BYTES, an unfilled placeholder (row 37).
    """
    if _CONTROL.search(value):
        raise BadInput.at(name, "send it without control characters")
    if len(value) > MAX_VALUE_BYTES or len(value.encode()) > MAX_VALUE_BYTES:
        raise BadInput.at(name, f"send at most {MAX_VALUE_BYTES:,} bytes")
    if _PLACEHOLDER.fullmatch(value):
        raise BadInput.at(name, "send a value in place of the template's placeholder")


def _malformed(what: str) -> BadInput:
    return BadInput(f"the path is malformed: {what}", reason="malformed-request")
