"""Every answer that is not a success, its headers included.

Called by edge/front.py and edge/shell.py, so that the framework's own errors look the same.
Never     shows a service's text, address or name for a fault that is not the client's; never a
          stack trace.
Source    RFC 9457; docs/spec/transcoding.md ER1, ER5, 1.12; RFC 9110 section 10.2.3 (Retry-After).
"""

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType

from bff.contract.reply.error_document import (
    HIDDEN_DETAIL,
    ErrorDocument,
    ErrorDocuments,
    Place,
)
from bff.contract.status import PROBLEMS
from bff.edge.reply import Reply, encoded
from bff.terms.codes import Code
from bff.terms.errors import Failure

Headers = tuple[tuple[str, str], ...]


class Problems:
    """Makes the answers; one per BFF, so that all of them look the same."""

    def __init__(self, documents: ErrorDocuments | None = None) -> None:
        self._documents = documents or ErrorDocuments()

    def __repr__(self) -> str:
        return f"<Problems as {self._documents!r}>"

    def of(
        self,
        failure: Failure,
        request_id: str,
        *,
        headers: Headers = (),
        status: int | None = None,
        languages: str = "",
        place: Place | None = None,
        documents: ErrorDocuments | None = None,
    ) -> Reply:
        """The whole answer for a failure; `languages`, `place`, `status` as ErrorDocuments.of.

        documents  an endpoint's own, where it has some
        """
        document = (documents or self._documents).of(
            failure, request_id, languages=languages, place=place, status=status
        )
        return _reply(document, headers)

    def internal(self, request_id: str) -> Reply:
        """The answer for a bug of ours."""
        return self.of(Failure(HIDDEN_DETAIL, code=Code.INTERNAL), request_id)

    def plain(
        self,
        reason: str,
        detail: str,
        request_id: str,
        *,
        headers: Headers = (),
        status: int | None = None,
    ) -> Reply:
        """A problem that no rpc is behind, such as an unknown path."""
        code = _CODES.get(PROBLEMS[reason].status, Code.INVALID_ARGUMENT)
        failure = Failure(detail, reason=reason, code=code)
        return self.of(failure, request_id, headers=headers, status=status)


_CODES: Mapping[int, Code] = MappingProxyType(
    {
        PROBLEMS["not-found"].status: Code.NOT_FOUND,
        PROBLEMS["method-not-allowed"].status: Code.UNIMPLEMENTED,
        PROBLEMS["internal"].status: Code.INTERNAL,
        PROBLEMS["unavailable"].status: Code.UNAVAILABLE,
        PROBLEMS["unauthenticated"].status: Code.UNAUTHENTICATED,
        PROBLEMS["permission-denied"].status: Code.PERMISSION_DENIED,
    }
)


def _reply(document: ErrorDocument, headers: Headers) -> Reply:
    given = {name for name, _ in headers}
    if document.wait_s is not None and "retry-after" not in given:
        headers = (*headers, ("retry-after", str(max(1, ceil(document.wait_s)))))
    if "cache-control" not in given:
        headers = (*headers, ("cache-control", "no-store"))
    return Reply(
        status=document.status,
        body=document.body,
        media_type=document.media_type,
        headers=encoded(headers),
        reason=document.reason,
    )
