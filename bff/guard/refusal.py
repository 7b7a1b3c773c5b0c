"""What a client hears when we don't know who it is: one sentence, and a WWW-Authenticate challenge.

Why       The sentence must help an honest client and teach an attacker nothing: ours are constants.
Called by every file of guard; edge adds `challenge(failure)` to the answer.
Never     quotes a token, a claim or a library's message.
Source    RFC 6750 section 3; RFC 9110 section 11.6.1.
"""

from bff.terms.codes import Code
from bff.terms.errors import Failure, Refused, ServiceSilent

REALM = "bff"


class NoCredentials(Refused):
    """Nothing usable was sent: RFC 6750 section 3.1 wants a challenge without an error code."""


class NoRights(Refused):
    """We know who it is, and that is not enough. `scopes`: with one of these it would be."""

    code = Code.PERMISSION_DENIED
    reason = "permission-denied"

    def __init__(self, detail: str, *, scopes: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.scopes = scopes


def unauthenticated(detail: str) -> Refused:
    """A token was sent, and it is not good."""
    return Refused(detail, reason="unauthenticated", code=Code.UNAUTHENTICATED)


def no_credentials(detail: str) -> NoCredentials:
    """No bearer token was sent at all."""
    return NoCredentials(detail, reason="unauthenticated", code=Code.UNAUTHENTICATED)


def unavailable(detail: str, *, retry_after_s: float) -> ServiceSilent:
    """Nobody can say who it is just now: no fault of the client's, and no end of its session."""
    return ServiceSilent(
        detail,
        reason="identity-unavailable",
        code=Code.UNAVAILABLE,
        retry_after_s=retry_after_s,
    )


def challenge(failure: Failure) -> str:
    """The WWW-Authenticate value for that failure.

    >>> challenge(unauthenticated("The bearer token has expired."))
    'Bearer realm="bff", error="invalid_token", error_description="The bearer token has expired."'
    >>> challenge(no_credentials("Sign in first."))
    'Bearer realm="bff"'
    """
    start = f'Bearer realm="{REALM}"'
    error = _error(failure)
    if not error:
        return start
    scopes = failure.scopes[:1] if isinstance(failure, NoRights) else ()
    scope = f', scope="{_quotable(scopes[0])}"' if scopes else ""
    return f'{start}, error="{error}", error_description="{_quotable(failure.detail)}"{scope}'


def _error(failure: Failure) -> str:
    if isinstance(failure, NoCredentials):
        return ""
    match failure.code:
        case Code.UNAUTHENTICATED:
            return "invalid_token"
        case Code.PERMISSION_DENIED:
            return "insufficient_scope"
        case Code.INVALID_ARGUMENT:
            return "invalid_request"
        case _:
            return ""


def _quotable(text: str) -> str:
    """What RFC 6750 allows in error_description: printable ASCII without quote and backslash."""
    return "".join(sign if " " <= sign <= "~" and sign not in '"\\' else "?" for sign in text)
