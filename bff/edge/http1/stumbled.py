"""What the parser of HTTP/1.1 stumbled over, in our words.

Why       Its own name no place in the request, and a method that it does not know is no mistake in
          the form of one.
Called by protocol.py.
Never     quotes the request.
Source    httptools (llhttp); RFC 9110 15.5.6; docs/spec/bad-input.md rows 4, 6, 7.
"""

import re

from httptools import HttpParserError

from bff.edge.http1.framing import NOT_ALLOWED, UNSUPPORTED, Flaw, Flawed, malformed

_METHOD = re.compile(rb"([A-Z]{1,20}) ")


def flaw_in(error: HttpParserError, data: bytes, *, fresh: bool) -> Flaw:
    """What the parser stumbled over. Raises a bug of ours, which it only handed on.

    data   the bytes that it was reading
    fresh  whether they begin with a request
    """
    cause = error.__context__
    if isinstance(cause, Flawed):
        return cause.flaw
    if cause is not None and not isinstance(cause, HttpParserError):
        raise cause
    words = str(cause or error)  # the parser's own, which never quote the request
    if words == "Invalid HTTP version":
        return UNSUPPORTED if b" HTTP/1." not in data else malformed("This is no version of HTTP.")
    if fresh and words == "Invalid method encountered" and _METHOD.match(data):
        return NOT_ALLOWED
    return malformed(f"This is no request in HTTP: {words[:1].lower()}{words[1:]}.")
