"""How often may they come: whose quotas pay for a request, and what its client is told.

Why       A request that makes forty calls is not one of forty that make one each; and who is told
          what is left needs not run into the wall.
How       shares.py has worked out at boot what each endpoint takes of which quota.
Called by bff/gate.py: by address before anything else is asked, by identity when all is known; for
          a visit of what is no endpoint; for each further message of a conversation.
Never     waits where `at_once` holds.
Source    draft-ietf-httpapi-ratelimit-headers-11; RFC 6585 section 4; RFC 9110 section 10.2.3.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import ceil
from random import random
from typing import Final

from bff.compose.endpoint import Endpoint
from bff.guard.limits.options import QuotaOptions, RateLimitOptions, check_names
from bff.guard.limits.shares import Side, of_endpoint, of_message, of_visit, side_of
from bff.stores.meters import Meters
from bff.stores.quota import Verdict
from bff.stores.store import Soon
from bff.terms.codes import Code
from bff.terms.context import NOBODY, Identity, RequestContext
from bff.terms.errors import Refused
from bff.terms.events import Emit, RateLimited, silence
from bff.terms.mistakes import raise_any

Headers = tuple[tuple[bytes, bytes], ...]
_EARLY: Final = frozenset({"address"})
_LATE: Final = frozenset({"identity", "client"})
_ALL: Final = _EARLY | _LATE


def check_quotas(
    quotas: Mapping[str, QuotaOptions], *, endpoints: Sequence[Endpoint], visits: Sequence[str]
) -> None:
    """Raises ContractMistakes for quotas that name what is not there."""
    counted = (*map(of_endpoint, endpoints), *map(of_visit, visits))
    names = [name for one in counted for name in one.names]
    mistakes = check_names(quotas, endpoints=names, clients={one.client for one in endpoints})
    raise_any(mistakes)


class Limits:
    """All quotas of one BFF. Raises ContractMistakes for one that names what is not there.

    visits  paths of what is no endpoint and is counted all the same
    chance  0.0 to 1.0: who is refused together is told to come back apart
    """

    def __init__(
        self,
        options: RateLimitOptions,
        quotas: Mapping[str, QuotaOptions],
        *,
        endpoints: Sequence[Endpoint],
        visits: Sequence[str] = (),
        meters: Meters,
        emit: Emit = silence,
        chance: Callable[[], float] = random,
    ) -> None:
        check_quotas(quotas, endpoints=endpoints, visits=visits)
        counted = [of_endpoint(one) for one in endpoints]
        visited = {path: of_visit(path) for path in visits}
        self._meters = meters
        self._emit = emit
        self._chance = chance
        self._headers = options.headers
        self._by_address = dict[str, Side | None]()
        self._by_identity = dict[str, Side | None]()
        self._by_message = dict[str, Side | None]()
        legacy = options.legacy_headers
        for endpoint, one in zip(endpoints, counted, strict=True):
            name = endpoint.name
            late = side_of(one, quotas, per=_LATE, legacy=legacy)
            early = side_of(one, quotas, per=_EARLY, legacy=legacy and late is None)
            self._by_address[name], self._by_identity[name] = early, late
            if endpoint.converse is not None:
                self._by_message[name] = side_of(of_message(endpoint), quotas, per=_ALL)
        self._by_visit = {
            path: side_of(one, quotas, per=_ALL, legacy=legacy) for path, one in visited.items()
        }

    def __repr__(self) -> str:
        sides = (self._by_address, self._by_identity, self._by_message, self._by_visit)
        shown = sum(side is not None for one in sides for side in one.values())
        return f"<Limits of {shown} questions: {self._meters!r}>"

    @property
    def at_once(self) -> bool:
        """Neither question gives anything to wait for now: the short way may ask them."""
        return not self._meters.waits

    def counts(self, endpoint: Endpoint) -> bool:
        """Whether any quota holds for requests of it."""
        sides = self._by_address[endpoint.name], self._by_identity[endpoint.name]
        return sides != (None, None)

    def by_address(self, context: RequestContext, endpoint: Endpoint) -> Soon[Headers]:
        """What the answer says of it. Raises Refused (rate-limited), at once or when awaited."""
        return self._taken(self._by_address[endpoint.name], context.peer, context.identity)

    def by_identity(self, context: RequestContext, endpoint: Endpoint) -> Soon[Headers]:
        """The same, when the context knows who calls; of nobody, the address pays."""
        return self._taken(self._by_identity[endpoint.name], context.peer, context.identity)

    def by_message(self, context: RequestContext, endpoint: Endpoint) -> Soon[Headers]:
        """All of them, for a further message of a conversation that was let in."""
        return self._taken(self._by_message[endpoint.name], context.peer, context.identity)

    def by_visit(self, path: str, peer: str) -> Soon[Headers]:
        """All of them, for a visit of that path; it is nobody's, so the address pays."""
        return self._taken(self._by_visit.get(path), peer, NOBODY)

    def _taken(self, side: Side | None, peer: str, identity: Identity) -> Soon[Headers]:
        if side is None:
            return ()
        charges = [
            (key + whose(peer, identity), quota, cost)
            for _, key, whose, quota, cost, _ in side.shares
        ]
        taken = self._meters.take(charges)
        if isinstance(taken, tuple):
            return self._told(side, taken)
        return self._told_later(side, taken)

    async def _told_later(self, side: Side, taken: Awaitable[tuple[Verdict, ...]]) -> Headers:
        return self._told(side, await taken)

    def _told(self, side: Side, verdicts: tuple[Verdict, ...]) -> Headers:
        if len(verdicts) == 1:  # what most have, in a third of the time
            allowed, remaining, reset_s, _ = verdicts[0]
            if allowed and self._headers and not side.legacy:
                left = side.shares[0].left % (remaining, ceil(reset_s))
                return (side.policy, (b"ratelimit", left))
        if not all(verdict.allowed for verdict in verdicts):
            raise self._refused(side, verdicts)
        return self._told_at_length(side, verdicts)

    def _told_at_length(self, side: Side, verdicts: tuple[Verdict, ...]) -> Headers:
        if not self._headers:
            return ()
        items = [
            share.left % (verdict.remaining, ceil(verdict.reset_s))
            for share, verdict in zip(side.shares, verdicts, strict=True)
        ]
        told = (side.policy, (b"ratelimit", b",".join(items)))
        return (*told, *_legacy(side, verdicts)) if side.legacy else told

    def _refused(self, side: Side, verdicts: tuple[Verdict, ...]) -> Refused:
        wait_s = 0.0
        for share, verdict in zip(side.shares, verdicts, strict=True):
            if not verdict.allowed:
                wait_s = max(wait_s, verdict.retry_after_s)
                self._emit(RateLimited(share.name, side.name))
        wait_s += self._chance() * max(1.0, wait_s / 10)
        refused = Refused(
            f"Too many requests: come back in {ceil(wait_s)} s.",
            reason="rate-limited",
            code=Code.RESOURCE_EXHAUSTED,
            retry_after_s=wait_s,
        )
        refused.headers = self._told_at_length(side, verdicts)
        return refused


def _legacy(side: Side, verdicts: tuple[Verdict, ...]) -> Headers:
    """Of several quotas, the one that is used up first. Reset is in seconds from now."""
    pairs = zip(side.shares, verdicts, strict=True)
    share, verdict = min(pairs, key=lambda pair: (pair[1].allowed, pair[1].remaining))
    return (
        (b"x-ratelimit-limit", b"%d" % share.quota.limit),
        (b"x-ratelimit-remaining", b"%d" % verdict.remaining),
        (b"x-ratelimit-reset", b"%d" % ceil(verdict.reset_s)),
    )
