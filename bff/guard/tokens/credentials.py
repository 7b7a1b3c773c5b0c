"""Find the one bearer token in a request's headers, or refuse to guess between two.

Why       Two credentials in one request are how confused deputies are made: whoever checks one and
          uses the other acts for the wrong user.
Called by guard/tokens/bearer.
Never     looks inside the token.
Source    RFC 6750 section 2.1 (b64token); RFC 9110 section 5.3; docs/spec/bad-input.md rows 86, 87.
"""

import re
from collections.abc import Sequence

from bff.guard.refusal import no_credentials
from bff.terms.errors import BadInput

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE | re.ASCII)
_BEARER_WORD = re.compile(r"bearer\b", re.IGNORECASE | re.ASCII)


def bearer_token(authorization: Sequence[str]) -> str | None:
    """The token's text; None when there is no Authorization header.

    authorization  every value of that header, in order
    Raises         BadInput (malformed-request) for two headers;
                   Refused for another scheme or no token

    >>> bearer_token(["Bearer abc.def.ghi"])
    'abc.def.ghi'
    """
    if not authorization:
        return None
    if len(authorization) > 1:
        raise BadInput("Send exactly one Authorization header.", reason="malformed-request")
    value = authorization[0].strip(" \t")
    found = _BEARER.fullmatch(value)
    if found:
        return found[1]
    if _BEARER_WORD.match(value):
        raise no_credentials("The Authorization header needs the form: Bearer, a space, one token.")
    raise no_credentials("Only bearer tokens are accepted: send Authorization: Bearer, a token.")
