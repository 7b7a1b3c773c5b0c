"""Whatever a request ends with that is no success: the problem, and the headers that explain it.

Called by edge/front.py and edge/websocket.py.
Never     shows a bug: its traceback goes to the log, and the client gets a 500 that says nothing.
Source    RFC 9110 (Allow, WWW-Authenticate, Upgrade, Accept-Encoding); docs/spec/transcoding.md
          1.10.
"""

import traceback
from collections.abc import Callable

from bff.compose.endpoint import Endpoint, Refusal
from bff.contract.metadata import MetadataRules
from bff.contract.routes.router import MethodNotAllowed
from bff.contract.status import NO_CONTENT
from bff.edge.negotiation import reads_html, varies_by
from bff.edge.pages.policy import GUARDED, PAGE
from bff.edge.problem import Problems
from bff.edge.reply import Reply, encoded
from bff.edge.request import Head
from bff.terms.codes import Code
from bff.terms.errors import Failure, Refused, ServiceSaid, untraced
from bff.terms.events import Crashed, Emit

_Pairs = tuple[tuple[str, str], ...]


class Refusals:
    """Makes them for one front door.

    challenge  what a 401 says
    inflate    request bodies may come in gzip
    """

    def __init__(
        self,
        problems: Problems,
        *,
        challenge: Callable[[Refused], str],
        emit: Emit,
        metadata: MetadataRules,
        inflate: bool,
    ) -> None:
        self._problems = problems
        self._challenge = challenge
        self._emit = emit
        self._metadata = metadata
        self._inflate = inflate

    def __repr__(self) -> str:
        return f"<Refusals by {self._problems!r}>"

    def of(self, error: Exception, head: Head, endpoint: Endpoint | None) -> Reply:
        """A failure as its problem; anything else is a bug, told to whoever listens."""
        if isinstance(error, Failure):
            head.answer_headers += error.headers
        told = self._told(error, head, endpoint)
        untraced(error)
        if endpoint is None or endpoint.page is None or not reads_html(endpoint, head):
            return told
        refusal = Refusal(told.status, told.reason, told.body)
        drawn = endpoint.page.refused(refusal, head.headers)
        headers = (*told.headers, *encoded((*GUARDED, ("vary", varies_by(endpoint)[1].decode()))))
        return told._replace(body=drawn, media_type=PAGE, headers=headers)

    def _told(self, error: Exception, head: Head, endpoint: Endpoint | None) -> Reply:
        if not isinstance(error, Failure):
            where = endpoint.name if endpoint else "front"
            told = "".join(traceback.format_exception(error))
            self._emit(Crashed(request_id=head.request_id, where=where, traceback=told))
            return self._problems.internal(head.request_id)
        return self._problems.of(
            error,
            head.request_id,
            headers=self._explaining(error),
            languages=head.headers.text(b"accept-language"),
            place=endpoint.place if endpoint else None,
            documents=endpoint.errors if endpoint else None,
        )

    def not_allowed(self, found: MethodNotAllowed, head: Head) -> Reply:
        """A path that takes other methods; OPTIONS asks for just that."""
        allowed = ", ".join(found.allowed)
        headers = (("allow", allowed),)
        if head.method == "OPTIONS":
            return Reply(NO_CONTENT, headers=encoded(headers))
        what = f"This path takes {allowed}."
        return self._problems.plain("method-not-allowed", what, head.request_id, headers=headers)

    def _explaining(self, failure: Failure) -> _Pairs:
        """How to sign in, how to encode, what the service added."""
        headers: _Pairs = ()
        if isinstance(failure, ServiceSaid):
            headers = self._metadata.outbound(failure.trailers)
        if isinstance(failure, Refused) and failure.code is not Code.RESOURCE_EXHAUSTED:
            headers = (*headers, ("www-authenticate", self._challenge(failure)))
        elif failure.code is Code.UNAUTHENTICATED:
            again = Refused("A service did not accept these credentials.")
            headers = (*headers, ("www-authenticate", self._challenge(again)))
        if failure.reason == "upgrade-required":
            headers = (*headers, ("upgrade", "websocket"), ("connection", "upgrade"))
        if failure.reason == "unsupported-encoding":
            headers = (*headers, ("accept-encoding", "gzip" if self._inflate else "identity"))
        return headers
