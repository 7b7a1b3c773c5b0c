"""Failures, by who must act. No HTTP status here: those are in `contract/status.py`.

Why       A caller of a failing function needs to know one thing first: who can mend it.
Called by every room; `edge/problem.py` turns a Failure into application/problem+json (RFC 9457).
Never     carries text of a service's own making in `detail` of a fault on our side of the wire.
Source    STYLE "Errors by who must act"; grpclib's three classes of error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bff.terms.codes import Code

BFF = "bff"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a request.

    path     JSON Pointer into the body (RFC 6901, "/todo/title"), or a parameter's name
    message  one sentence that says what to send instead; safe to show a stranger
    """

    path: str
    message: str


class Failure(Exception):
    """Something that a client must be told. A subclass says WHO must act.

    code    the gRPC code, whoever chose it
    reason  which of `contract.status.PROBLEMS` this is, such as "invalid-field"
    detail  one sentence, safe to show a stranger
    source  "catalog.v1.Books/Get", or "bff" when we decided it ourselves; for logs, never for
            clients
    headers what the answer must carry with it, such as a cookie to forget
    """

    code: Code = Code.UNKNOWN
    reason: str = "internal"
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def __init__(
        self,
        detail: str,
        *,
        reason: str | None = None,
        code: Code | None = None,
        source: str = BFF,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.source = source
        self.retry_after_s = retry_after_s
        if reason is not None:
            self.reason = reason
        if code is not None:
            self.code = code

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"<{name} {self.code.name} {self.reason} from {self.source}: {self.detail}>"


class BadInput(Failure):
    """The client must change its request. `violations` name every field at fault that we found."""

    code = Code.INVALID_ARGUMENT
    reason = "invalid-field"

    def __init__(
        self,
        detail: str,
        *,
        reason: str | None = None,
        violations: Sequence[Violation] = (),
        source: str = BFF,
    ) -> None:
        super().__init__(detail, reason=reason, source=source)
        self.violations = tuple(violations)

    @classmethod
    def at(cls, path: str, message: str, *, reason: str = "invalid-field") -> "BadInput":
        """One field at fault: `path` as in Violation."""
        return cls.of((Violation(path, message),), reason=reason)

    @classmethod
    def of(cls, violations: Sequence[Violation], *, reason: str = "invalid-field") -> "BadInput":
        """Some at fault; the detail tells the first."""
        first = violations[0]
        detail = f"{first.path or 'the body'}: {first.message}"
        return cls(detail, reason=reason, violations=violations)


class Refused(Failure):
    """The client must sign in, ask for rights, or slow down."""

    code = Code.UNAUTHENTICATED
    reason = "unauthenticated"


class ServiceSaid(Failure):
    """The service answered, with a non-OK status. It is up: never trips a breaker.

    message  the service's own text: for logs, and for clients only where the code is about their
             request
    status   the serialized google.rpc.Status of `grpc-status-details-bin`, or b""
    trailers the answer's trailing metadata
    """

    def __init__(
        self,
        detail: str,
        *,
        code: Code,
        source: str,
        status: bytes = b"",
        trailers: Sequence[tuple[str, str | bytes]] = (),
    ) -> None:
        super().__init__(
            detail, reason=code.name.lower().replace("_", "-"), code=code, source=source
        )
        self.status = status
        self.trailers = tuple(trailers)


class ServiceSilent(Failure):
    """No usable answer: unreachable, late, garbled, or breaker open. Another try may help.

    began     an answer had begun to come: the service did work on it
    trailers  what came with a status that means no answer; () where nothing came
    """

    code = Code.UNAVAILABLE
    reason = "upstream-unavailable"
    began = False
    trailers: Sequence[tuple[str, str | bytes]] = ()


def untraced(error: BaseException) -> None:
    """Let an error that was told forget the frames which it passed, and those which led to it.

    Some of them hold the error: until the collector comes, all that they hold would lie about.
    """
    passed: BaseException | None = error
    while passed is not None:
        passed.__traceback__ = None
        passed = passed.__context__
