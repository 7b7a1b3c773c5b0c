"""What the access log will say of one request: filled in as it becomes known.

Called by edge/front.py, edge/websocket.py.
Never     holds a body, a token or a value of the query.
"""

from time import perf_counter

from bff.compose.endpoint import Endpoint
from bff.edge.request import Head
from bff.terms.context import NOBODY
from bff.terms.events import RequestFinished


class Told:
    """One request. `endpoint` is None where none was found, or not yet."""

    __slots__ = ("endpoint", "gaps", "who")

    def __init__(self) -> None:
        self.endpoint: Endpoint | None = None
        self.who = NOBODY
        self.gaps = 0

    def __repr__(self) -> str:
        return f"<Told of {self.endpoint!r} by {self.who.subject or 'nobody'}>"

    def finished(
        self, head: Head, answered: tuple[int, str, int], started_s: float
    ) -> RequestFinished:
        """`answered`: its status, the problem's slug or "", the bytes of body that were sent."""
        endpoint = self.endpoint
        status, reason, sent_bytes = answered
        return RequestFinished(
            head.request_id,
            head.method,
            endpoint.template.text if endpoint else "",
            endpoint.name if endpoint else "",
            status,
            reason,
            self.who.subject,
            head.peer,
            elapsed_s=perf_counter() - started_s,
            sent_bytes=sent_bytes,
            gaps=self.gaps,
            issuer=self.who.issuer,
        )
