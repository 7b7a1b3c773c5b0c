"""Which HTTP status answers which failure. The only file of the BFF that holds HTTP error numbers.

Why       One table tells a service's own 429 from a limit of ours, and no room can disagree with
          it.
Called by edge (writes answers), publish (documents them), compose (marks gaps as retryable),
          transport (reads a proxy's).
Never     decides who failed: `terms.errors` did that already.
Source    google/rpc/code.proto (code to HTTP); RFC 9110; RFC 9457 (problem types);
          docs/spec/transcoding.md 1.8.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bff.terms.codes import Code
from bff.terms.errors import Failure

PROBLEM_TYPE_PREFIX = "https://grpc-bff.dev/problems/"
"""A problem's `type` is a name, not a page that is fetched; docs/problems.md explains each."""
SWITCHED = 101
OK = 200
NO_CONTENT = 204
NOT_MODIFIED = 304
BODILESS = frozenset({NO_CONTENT, NOT_MODIFIED})
SUCCESSES = frozenset({200, 201, 202, 203, 204})
SEE_OTHER = 303
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FIRST_ERROR = 400
BAD_REQUEST = 400
UNPROCESSABLE = 422
"""What FastAPI answers when a handler's own parameters do not validate."""
RETRY_AFTER_S = 1.0
"""What a client is told to wait when nobody knows better."""


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One problem type: its HTTP status, its title, and whether the same request may work later."""

    status: int
    title: str
    retryable: bool = False


_SPOKEN: Final = {
    "cancelled": ProblemKind(499, "The request was cancelled"),
    "unknown": ProblemKind(500, "A service failed"),
    "invalid-argument": ProblemKind(400, "A service refused the request"),
    "deadline-exceeded": ProblemKind(504, "A service did not answer in time", retryable=True),
    "not-found": ProblemKind(404, "Not found"),
    "already-exists": ProblemKind(409, "It exists already"),
    "permission-denied": ProblemKind(403, "You may not do this"),
    "resource-exhausted": ProblemKind(429, "Too many requests", retryable=True),
    "failed-precondition": ProblemKind(400, "Not possible in the present state"),
    "aborted": ProblemKind(409, "Another change came first", retryable=True),
    "out-of-range": ProblemKind(400, "Out of range"),
    "unimplemented": ProblemKind(501, "Not implemented"),
    "internal": ProblemKind(500, "Something broke on our side"),
    "unavailable": ProblemKind(503, "A service is unavailable", retryable=True),
    "data-loss": ProblemKind(500, "A service lost data"),
    "unauthenticated": ProblemKind(401, "Sign in first"),
}
_INFERRED: Final = {
    "upstream-unavailable": ProblemKind(503, "A service is unavailable", retryable=True),
    "upstream-timeout": ProblemKind(504, "A service did not answer in time", retryable=True),
    "upstream-invalid-response": ProblemKind(502, "A service answered with nonsense"),
    "upstream-response-too-large": ProblemKind(502, "A service answered with too much"),
    "upstream-unimplemented": ProblemKind(501, "A service does not know this method"),
    "identity-unavailable": ProblemKind(503, "Nobody can be signed in just now", retryable=True),
    "overloaded": ProblemKind(503, "This server has too much to do", retryable=True),
    "shutting-down": ProblemKind(503, "This server is shutting down", retryable=True),
}
_REQUEST: Final = {
    "malformed-request": ProblemKind(400, "Malformed request"),
    "malformed-json": ProblemKind(400, "Malformed JSON"),
    "invalid-field": ProblemKind(400, "A field has a wrong value"),
    "ambiguous-credentials": ProblemKind(400, "Two credentials at once"),
    "ambiguous-session": ProblemKind(401, "Two session cookies at once"),
    "session-expired": ProblemKind(401, "The session has ended"),
    "csrf-rejected": ProblemKind(403, "This may not be asked from another site"),
    "login-failed": ProblemKind(400, "The sign-in did not work"),
    "invalid-return-url": ProblemKind(400, "The return URL must be a path of this site"),
    "unknown-field": ProblemKind(400, "Unknown field"),
    "duplicate-field": ProblemKind(400, "A field was given twice"),
    "duplicate-key": ProblemKind(400, "A key was given twice"),
    "oneof-conflict": ProblemKind(400, "Only one of these fields may be set"),
    "binding-conflict": ProblemKind(400, "Path, query and body disagree"),
    "unknown-parameter": ProblemKind(400, "Unknown query parameter"),
    "duplicate-parameter": ProblemKind(400, "A parameter was given twice"),
    "too-many-parameters": ProblemKind(400, "Too many parameters"),
    "invalid-field-mask": ProblemKind(400, "The field mask has an unknown path"),
    "invalid-page-token": ProblemKind(400, "The page token is not valid"),
    "too-deep": ProblemKind(400, "Nested too deeply"),
    "too-complex": ProblemKind(400, "Too complex"),
    "idempotency-key-missing": ProblemKind(400, "An Idempotency-Key is needed"),
    "idempotency-in-progress": ProblemKind(
        409, "The first request with this key is under way", retryable=True
    ),
    "idempotency-mismatch": ProblemKind(422, "This key was sent with another request"),
    "method-not-allowed": ProblemKind(405, "Method not allowed"),
    "not-acceptable": ProblemKind(406, "Not acceptable"),
    "request-timeout": ProblemKind(408, "The request took too long to arrive", retryable=True),
    "body-too-large": ProblemKind(413, "The body is too large"),
    "uri-too-long": ProblemKind(414, "The URI is too long"),
    "unsupported-media-type": ProblemKind(415, "Unsupported media type"),
    "unsupported-encoding": ProblemKind(415, "Unsupported content encoding"),
    "expectation-failed": ProblemKind(417, "Expectation failed"),
    "misdirected-request": ProblemKind(421, "Misdirected request"),
    "headers-too-large": ProblemKind(431, "The headers are too large"),
    "upgrade-required": ProblemKind(426, "This is served over WebSocket"),
    "rate-limited": ProblemKind(429, "Too many requests", retryable=True),
    "http-version-not-supported": ProblemKind(505, "HTTP version not supported"),
}
PROBLEMS: Mapping[str, ProblemKind] = MappingProxyType({**_SPOKEN, **_INFERRED, **_REQUEST})
"""Every reason that a problem document may carry, by its slug."""

_BY_FRAMEWORK_STATUS: Mapping[int, str] = MappingProxyType(
    {
        401: "unauthenticated",
        403: "permission-denied",
        404: "not-found",
        405: "method-not-allowed",
        406: "not-acceptable",
        408: "request-timeout",
        413: "body-too-large",
        414: "uri-too-long",
        415: "unsupported-media-type",
        417: "expectation-failed",
        421: "misdirected-request",
        422: "invalid-field",
        429: "rate-limited",
        431: "headers-too-large",
        503: "upstream-unavailable",
    }
)
_CODE_BY_PROXY_STATUS: Mapping[int, Code] = MappingProxyType(
    {
        400: Code.INTERNAL,
        401: Code.UNAUTHENTICATED,
        403: Code.PERMISSION_DENIED,
        404: Code.UNIMPLEMENTED,
        429: Code.UNAVAILABLE,
        502: Code.UNAVAILABLE,
        503: Code.UNAVAILABLE,
        504: Code.UNAVAILABLE,
    }
)


def kind_of(failure: Failure) -> ProblemKind:
    """The problem type of a failure; a reason that nobody registered is an internal error."""
    return PROBLEMS.get(failure.reason, PROBLEMS["internal"])


def grpc_code(status: int) -> Code:
    """The code for an answer of HTTP alone, such as a proxy gives in a service's place
    (grpc/doc/http-grpc-status-mapping.md).

    >>> grpc_code(503).name, grpc_code(302).name
    ('UNAVAILABLE', 'UNKNOWN')
    """
    return _CODE_BY_PROXY_STATUS.get(status, Code.UNKNOWN)


def reason_of_status(status: int) -> str:
    """The reason for an HTTP status that the framework chose (422 is a bad field, as 400 is).

    >>> reason_of_status(405)
    'method-not-allowed'
    """
    fallback = "malformed-request" if 400 <= status < 500 else "internal"
    return _BY_FRAMEWORK_STATUS.get(status, fallback)


def is_hidden(status: int) -> bool:
    """Whether a service's own text must not be shown: any fault that is not the client's (ER5)."""
    return status >= 500


def retryable(failure: Failure) -> bool:
    """May the same request work a little later, with nothing changed?"""
    return kind_of(failure).retryable
