"""One caller looking at one screen: who asks, and the clients to ask the services with.

Called by compose/screen.py (makes one per request), screens in bff/views (use it).
"""

from typing import TypeVar

from bff.calls.call import Calls
from bff.calls.caller import MessageCaller
from bff.compose.fanout import Fanout
from bff.contract.client import ServiceClient
from bff.terms.context import RequestContext

Client = TypeVar("Client", bound=ServiceClient)


class Visit:
    """What a screen function gets. `context` says who calls and until when."""

    def __init__(self, context: RequestContext, calls: Calls) -> None:
        self.context = context
        self.gathered: list[Fanout] = []
        self._caller = MessageCaller(calls, context)

    def __repr__(self) -> str:
        return f"<Visit {self.context.request_id} by {self.caller_id or 'nobody'}>"

    @property
    def caller_id(self) -> str:
        """The `sub` of the caller's token; "" for nobody."""
        return self.context.identity.subject

    def client(self, kind: type[Client]) -> Client:
        """A typed client for this request: `visit.client(UserServiceClient)`."""
        return kind(self._caller)

    def fanout(self) -> Fanout:
        """Ask several services at once, within this request's deadline."""
        fanout = Fanout(self.context.deadline)
        self.gathered.append(fanout)
        return fanout
