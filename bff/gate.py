"""Who may come in: the rooms of guard, in their order.

Why       One file owns the order, so that nobody is asked who they are by a server that has no time
          for them, nobody is let in unasked, and whoever guesses tokens pays for each guess.
Order     shed -> quotas by address -> who (session or bearer token) -> access -> quotas by identity
Cookies   A browser adds them unasked: where anybody may come in, nobody is asked for theirs, and a
          session that has ended shuts no public page.
How       Asked twice: without waiting, and with. What would have to wait says so before anything
          was counted. Without waiting, each endpoint has its way in from boot on.
Visits    Pages that are no endpoints (/bff/...) pay quotas here and ask the rest themselves. A
          conversation came in by its handshake: each further message pays.
Called by app.
Never     decides anything: guard does.
"""

from bff.compose.endpoint import Endpoint
from bff.edge import login_pages, refresh
from bff.edge.front import AtOnce, Gate
from bff.guard.access import admit
from bff.guard.limits.quotas import Headers, Limits
from bff.guard.limits.shedding import shed
from bff.guard.presented import Presented
from bff.guard.refusal import challenge
from bff.guard.sessions.sessions import Sessions
from bff.guard.tokens.bearer import BearerIdentity
from bff.stores.store import Soon, soon
from bff.terms.context import Identity, RequestContext
from bff.terms.crowd import Crowd
from bff.terms.errors import Failure, ServiceSilent
from bff.terms.process import Process

NO_HEADERS: Headers = ()
VISITS = (*login_pages.PATHS, refresh.PATH)
"""What is no endpoint and pays quotas."""


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
    if act_as is not None:
        return _gate_of_one(act_as)
    rooms = _Rooms(bearer, sessions, limits, crowd=process.crowd)
    return Gate(
        at_once=rooms.at_once,
        admit=rooms.enter,
        again=rooms.again,
        visit=rooms.visit,
        challenge=challenge,
        hold=rooms.hold,
        crowd=process.crowd,
    )


def _gate_of_one(identity: Identity) -> Gate:
    async def admit(context: RequestContext, _to: Endpoint, _shown: Presented) -> RequestContext:
        return context._replace(identity=identity)

    return Gate(admit=admit, challenge=challenge)


class _Rooms:
    def __init__(
        self,
        bearer: BearerIdentity,
        sessions: Sessions | None,
        limits: Limits | None,
        *,
        crowd: Crowd,
    ) -> None:
        self._bearer, self._sessions, self._limits = bearer, sessions, limits
        self._crowd = crowd

    def __repr__(self) -> str:
        return f"<Gate of {self._bearer!r}, {self._sessions!r}, {self._limits!r}>"

    def at_once(self, endpoint: Endpoint) -> AtOnce:
        """Its way in, made once: what it does not ask for costs its requests nothing."""
        pressure, access = self._crowd.pressure, endpoint.access
        limits, sessions = self._limits_of(endpoint), self._sessions_of(endpoint)

        def way_in(context: RequestContext, shown: Presented) -> RequestContext | None:
            if pressure():
                self.hold(endpoint)
            if limits is not None and not limits.at_once:
                return None
            known, failure = context, None
            if shown.authorizations or (sessions is not None and shown.cookies):
                try:
                    found = self._known(context, shown, sessions)
                    if found is None:
                        return None
                    known = found
                except Failure as unknown:  # it is told when the address has paid
                    failure = unknown
            said = NO_HEADERS if limits is None else _now(limits.by_address(context, endpoint))
            if failure is not None:
                raise failure
            if not access.is_public:
                admit(access, known.identity, shown)
            if limits is not None:
                said += _now(limits.by_identity(known, endpoint))
            return known._replace(answer_headers=known.answer_headers + said) if said else known

        return way_in

    async def enter(
        self, context: RequestContext, endpoint: Endpoint, shown: Presented
    ) -> RequestContext:
        self.hold(endpoint)
        limits, said = self._limits_of(endpoint), NO_HEADERS
        if limits is not None:
            said = await soon(limits.by_address(context, endpoint))
        known = context
        sessions = self._sessions_of(endpoint)
        if sessions is not None and shown.cookies:
            known = await sessions.identify(context, shown)
        if known is context:
            known = await self._bearer.identify(context, shown.authorizations)
        admit(endpoint.access, known.identity, shown)
        if limits is not None:
            said += await soon(limits.by_identity(known, endpoint))
        return known._replace(answer_headers=known.answer_headers + said) if said else known

    async def again(self, context: RequestContext, endpoint: Endpoint) -> None:
        """One more message of whoever was let in. Raises Refused (rate-limited)."""
        if self._limits is not None:
            await soon(self._limits.by_message(context, endpoint))

    async def visit(self, path: str, peer: str) -> Headers:
        """Somebody at a page that is no endpoint's; who that is, it asks by itself. Raises Refused
        (rate-limited).
        """
        return NO_HEADERS if self._limits is None else await soon(self._limits.by_visit(path, peer))

    def _known(
        self, context: RequestContext, shown: Presented, sessions: Sessions | None
    ) -> RequestContext | None:
        if sessions is not None and shown.cookies:
            found = sessions.at_once(context, shown)
            if found is not context:
                return found
        return self._bearer.known(context, shown.authorizations)

    def _sessions_of(self, endpoint: Endpoint) -> Sessions | None:
        """Those that its cookies may name."""
        return None if endpoint.access.is_public else self._sessions

    def _limits_of(self, endpoint: Endpoint) -> Limits | None:
        """Those that count it."""
        limits = self._limits
        return limits if limits is not None and limits.counts(endpoint) else None

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
