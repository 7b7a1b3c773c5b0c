"""Who may come in: the rooms of guard, in their order.

Why       One file owns the order, so that nobody is asked who they are by a server that has no time
          for them, and nobody is let in unasked.
How       Each step is asked twice: without waiting, for the short way of a GET, and with.
Called by app.
Never     decides anything: guard does.
"""

from bff.compose.endpoint import Endpoint
from bff.edge.front import Gate
from bff.guard.access import admit
from bff.guard.identity import BearerIdentity
from bff.guard.presented import Presented
from bff.guard.refusal import challenge
from bff.guard.shedding import shed
from bff.terms.context import Identity, RequestContext
from bff.terms.process import Process


def gate_of(identity: BearerIdentity, *, act_as: Identity | None, process: Process) -> Gate:
    """act_as  the identity of every request, tokens unread; None: as they say"""

    def at_once(
        context: RequestContext, endpoint: Endpoint, shown: Presented
    ) -> RequestContext | None:
        shed(endpoint.criticality, process.pressure())
        if act_as is not None:
            return context._replace(identity=act_as)
        known = identity.known(context, shown.authorizations)
        if known is not None:
            admit(endpoint.access, known.identity)
        return known

    async def enter(
        context: RequestContext, endpoint: Endpoint, shown: Presented
    ) -> RequestContext:
        shed(endpoint.criticality, process.pressure())
        known = await identity.identify(context, shown.authorizations)
        admit(endpoint.access, known.identity)
        return known

    return Gate(at_once=at_once, admit=enter, challenge=challenge)
