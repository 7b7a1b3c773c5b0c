"""Who may come in: the rooms of guard, in their order.

Why       One file owns the order, so that nobody is asked who they are by a server that has no time
          for them, nobody is let in unasked, and whoever guesses tokens pays for each guess.
Order     shed -> quotas by address -> who (session or bearer token) -> access -> quotas by identity
Cookies   A browser adds them unasked: where anybody may come in, nobody is asked for theirs, and a
          session that has ended shuts no public page.
How       Asked twice: without waiting, for the short way of a GET, and with. What would have to
          wait says so before anything was counted.
Called by app.
Never     decides anything: guard does.
"""

from bff.compose.endpoint import Endpoint
from bff.edge.front import Gate
from bff.guard.access import admit
from bff.guard.identity import BearerIdentity
from bff.guard.presented import Presented
from bff.guard.rate_limit import Headers, Limits
from bff.guard.refusal import challenge
from bff.guard.sessions import Sessions
from bff.guard.shedding import shed
from bff.stores.store import Soon, soon
from bff.terms.context import Identity, RequestContext
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.process import Process

NO_HEADERS: Headers = ()


def gate_of(
    bearer: BearerIdentity,
    *,
    sessions: Sessions | None = None,
    limits: Limits | None = None,
    act_as: Identity | None = None,
    process: Process,
) -> Gate:
    """sessions  None: nobody signs in here, and cookies mean nothing
    limits    None: they may come as often as they like
    act_as    the identity of every request, tokens unread; None: as they say
    """
    rooms = _Rooms(bearer, sessions, limits, act_as=act_as, process=process)
    return Gate(
        at_once=rooms.at_once,
        admit=rooms.enter,
        challenge=challenge,
        hold=rooms.hold,
        crowd=process.crowd,
    )


class _Rooms:
    def __init__(
        self,
        bearer: BearerIdentity,
        sessions: Sessions | None,
        limits: Limits | None,
        *,
        act_as: Identity | None,
        process: Process,
    ) -> None:
        self._bearer, self._sessions, self._limits = bearer, sessions, limits
        self._act_as = act_as
        self._crowd = process.crowd

    def __repr__(self) -> str:
        return f"<Gate of {self._bearer!r}, {self._sessions!r}, {self._limits!r}>"

    def at_once(
        self, context: RequestContext, endpoint: Endpoint, shown: Presented
    ) -> RequestContext | None:
        self.hold(endpoint)
        if self._act_as is not None:
            return context._replace(identity=self._act_as)
        limits = self._limits
        if limits is not None and not limits.at_once:
            return None
        failure: Failure | None = None
        known: RequestContext | None = context
        try:
            known = self._known(context, endpoint, shown)
        except Failure as unknown:  # it is told when the address has paid
            failure = unknown
        if known is None:
            return None
        said = NO_HEADERS if limits is None else _now(limits.by_address(context, endpoint))
        if failure is not None:
            raise failure
        admit(endpoint.access, known.identity, shown)
        if limits is not None:
            said += _now(limits.by_identity(known, endpoint))
        return known._replace(answer_headers=known.answer_headers + said) if said else known

    async def enter(
        self, context: RequestContext, endpoint: Endpoint, shown: Presented
    ) -> RequestContext:
        self.hold(endpoint)
        if self._act_as is not None:
            return context._replace(identity=self._act_as)
        limits, said = self._limits, NO_HEADERS
        if limits is not None:
            said = await soon(limits.by_address(context, endpoint))
        known = context
        if self._sessions is not None and shown.cookies and not endpoint.access.is_public:
            known = await self._sessions.identify(context, shown)
        if known is context:
            known = await self._bearer.identify(context, shown.authorizations)
        admit(endpoint.access, known.identity, shown)
        if limits is not None:
            said += await soon(limits.by_identity(known, endpoint))
        return known._replace(answer_headers=known.answer_headers + said) if said else known

    def _known(
        self, context: RequestContext, endpoint: Endpoint, shown: Presented
    ) -> RequestContext | None:
        if self._sessions is not None and shown.cookies and not endpoint.access.is_public:
            found = self._sessions.at_once(context, shown)
            if found is not context:
                return found
        return self._bearer.known(context, shown.authorizations)

    def hold(self, endpoint: Endpoint) -> None:
        """Raises ServiceSilent where there are too many inside for it."""
        pressure = self._crowd.pressure()
        if not pressure:
            return
        try:
            shed(endpoint.criticality, pressure)
        except ServiceSilent:
            self._crowd.refused += 1
            raise


def _now(headers: Soon[Headers]) -> Headers:
    """Of limits that answer at once."""
    found: Headers = headers  # type: ignore[assignment] # `at_once` has said so
    return found
