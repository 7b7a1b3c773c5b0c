"""How often may they come: what each request costs, whose quotas pay, and what they are told.

Why       A request that makes forty calls is not one of forty that make one each; and who is told
          what is left needs not run into the wall.
How       At boot each endpoint gets its list of quotas, with its price and the texts of its
          headers: what is left for a request is a look-up for each quota.
Called by bff/gate.py: by address before anything else is asked, by identity when all is known.
Never     waits where `at_once` holds; counts a batch for less than its parts: each of them walks
          through the gate by itself (bad-input row 119).
Source    draft-ietf-httpapi-ratelimit-headers-11; RFC 6585 section 4; RFC 9110 section 10.2.3.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil
from random import random
from types import MappingProxyType
from typing import NamedTuple

from bff.compose.endpoint import Endpoint
from bff.compose.view.cost import cost_of
from bff.guard.rate_limit_key import address_key, identity_key
from bff.guard.rate_limit_options import QuotaOptions, RateLimitOptions, check_names, is_named
from bff.stores.meters import Meters
from bff.stores.quota import Quota, Verdict
from bff.stores.store import Soon
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.errors import Refused
from bff.terms.events import Emit, RateLimited, silence
from bff.terms.mistakes import ContractMistakes

Headers = tuple[tuple[bytes, bytes], ...]


class _Share(NamedTuple):
    """What one endpoint takes of one quota.

    key    what stands before the address or identity in the meters
    whose  the rest of it
    left   its item in the RateLimit header, with places for what is left and for how long
    """

    name: str
    key: str
    whose: Callable[[RequestContext], str]
    quota: Quota
    cost: int
    left: bytes


class _Side(NamedTuple):
    """All quotas of one endpoint that are asked at one time. `policy` is its header."""

    shares: tuple[_Share, ...]
    policy: tuple[bytes, bytes]
    endpoint: str
    legacy: bool


class Limits:
    """All quotas of one BFF. Raises ContractMistakes for one that names what is not there.

    chance  0.0 to 1.0: who is refused together is told to come back apart
    """

    def __init__(
        self,
        options: RateLimitOptions,
        quotas: Mapping[str, QuotaOptions],
        *,
        endpoints: Sequence[Endpoint],
        meters: Meters,
        emit: Emit = silence,
        chance: Callable[[], float] = random,
    ) -> None:
        mistakes = check_names(
            quotas,
            endpoints=[name for one in endpoints for name in _names(one)],
            clients={one.client for one in endpoints},
        )
        if mistakes:
            raise ContractMistakes.of(mistakes)
        self._meters = meters
        self._emit = emit
        self._chance = chance
        self._headers = options.headers
        self._by_address = dict[str, _Side]()
        self._by_identity = dict[str, _Side]()
        for endpoint in endpoints:
            early = tuple(_shares(quotas, endpoint, late=False))
            late = tuple(_shares(quotas, endpoint, late=True))
            legacy = options.legacy_headers
            if early:
                self._by_address[endpoint.name] = _side(early, endpoint, legacy=legacy and not late)
            if late:
                self._by_identity[endpoint.name] = _side(late, endpoint, legacy=legacy)

    def __repr__(self) -> str:
        shown = f"{len(self._by_address)} endpoints by address"
        return f"<Limits of {shown}, {len(self._by_identity)} otherwise: {self._meters!r}>"

    @property
    def at_once(self) -> bool:
        """Neither question gives anything to wait for now: the short way may ask them."""
        return not self._meters.waits

    def by_address(self, context: RequestContext, endpoint: Endpoint) -> Soon[Headers]:
        """What the answer says of it. Raises Refused (rate-limited), at once or when awaited."""
        side = self._by_address.get(endpoint.name)
        return () if side is None else self._taken(side, context)

    def by_identity(self, context: RequestContext, endpoint: Endpoint) -> Soon[Headers]:
        """The same, when the context knows who calls; of nobody, the address pays."""
        side = self._by_identity.get(endpoint.name)
        return () if side is None else self._taken(side, context)

    def _taken(self, side: _Side, context: RequestContext) -> Soon[Headers]:
        charges = [
            (key + whose(context), quota, cost) for _, key, whose, quota, cost, _ in side.shares
        ]
        taken = self._meters.take(charges)
        if isinstance(taken, tuple):
            return self._told(side, taken)
        return self._told_later(side, taken)

    async def _told_later(self, side: _Side, taken: Awaitable[tuple[Verdict, ...]]) -> Headers:
        return self._told(side, await taken)

    def _told(self, side: _Side, verdicts: tuple[Verdict, ...]) -> Headers:
        if len(verdicts) == 1:  # what most have, in a third of the time
            allowed, remaining, reset_s, _ = verdicts[0]
            if allowed and self._headers and not side.legacy:
                left = side.shares[0].left % (remaining, ceil(reset_s))
                return (side.policy, (b"ratelimit", left))
        if not all(verdict.allowed for verdict in verdicts):
            raise self._refused(side, verdicts)
        return self._told_at_length(side, verdicts)

    def _told_at_length(self, side: _Side, verdicts: tuple[Verdict, ...]) -> Headers:
        if not self._headers:
            return ()
        items = [
            share.left % (verdict.remaining, ceil(verdict.reset_s))
            for share, verdict in zip(side.shares, verdicts, strict=True)
        ]
        told = (side.policy, (b"ratelimit", b",".join(items)))
        return (*told, *_legacy(side, verdicts)) if side.legacy else told

    def _refused(self, side: _Side, verdicts: tuple[Verdict, ...]) -> Refused:
        wait_s = 0.0
        for share, verdict in zip(side.shares, verdicts, strict=True):
            if not verdict.allowed:
                wait_s = max(wait_s, verdict.retry_after_s)
                self._emit(RateLimited(share.name, side.endpoint))
        wait_s += self._chance() * max(1.0, wait_s / 10)
        refused = Refused(
            f"Too many requests: come back in {ceil(wait_s)} s.",
            reason="rate-limited",
            code=Code.RESOURCE_EXHAUSTED,
            retry_after_s=wait_s,
        )
        refused.headers = self._told_at_length(side, verdicts)
        return refused


def price(endpoint: Endpoint) -> int:
    """How many rpcs one request may make at most; of a screen with variants, the dearest."""
    if endpoint.plan is None:
        return max(1, len(endpoint.calls))
    return max(1, *(cost_of(plan) for plan in (endpoint.plan, *endpoint.variants)))


def _shares(
    quotas: Mapping[str, QuotaOptions], endpoint: Endpoint, *, late: bool
) -> Iterator[_Share]:
    for name, options in sorted(quotas.items()):
        if (options.per != "address") is late and _counts(options, endpoint):
            yield _share(name, options, endpoint)


def _counts(options: QuotaOptions, endpoint: Endpoint) -> bool:
    if options.clients and endpoint.client not in options.clients:
        return False
    names = _names(endpoint)
    asked = options.endpoints
    return not asked or any(is_named(wanted, one) for wanted in asked for one in names)


def _names(endpoint: Endpoint) -> Iterable[str]:
    """What a setting may call it: an rpc's routes by the rpc, too."""
    return (endpoint.name,) if endpoint.plan else (endpoint.name, *endpoint.calls)


def _share(name: str, options: QuotaOptions, endpoint: Endpoint) -> _Share:
    quota = Quota.of(options.algorithm, options.limit, float(options.window_s), burst=options.burst)
    apart = f"{endpoint.name}:" if options.each_endpoint else ""
    client = f"{endpoint.client}:" if options.per == "client" else ""
    cost = price(endpoint) if options.counts == "calls" else 1
    return _Share(
        name=name,
        key=f"{name}:{options.algorithm}:{apart}{client}",
        whose=_WHOSE[options.per],
        quota=quota,
        cost=min(cost, quota.burst),
        left=b'"%b";r=%%d;t=%%d' % name.encode(),
    )


def _of_address(context: RequestContext) -> str:
    return address_key(context.peer)


def _of_identity(context: RequestContext) -> str:
    identity = context.identity
    return identity_key(identity) if identity.known else address_key(context.peer)


def _of_all(_context: RequestContext) -> str:
    return ""


_WHOSE: Mapping[str, Callable[[RequestContext], str]] = MappingProxyType(
    {"address": _of_address, "identity": _of_identity, "client": _of_all}
)


def _side(shares: tuple[_Share, ...], endpoint: Endpoint, *, legacy: bool) -> _Side:
    policy = ",".join(
        f'"{one.name}";q={one.quota.limit};w={one.quota.window_s:.0f}' for one in shares
    )
    return _Side(shares, (b"ratelimit-policy", policy.encode()), endpoint.name, legacy)


def _legacy(side: _Side, verdicts: tuple[Verdict, ...]) -> Headers:
    """Of several quotas, the one that is used up first. Reset is in seconds from now."""
    pairs = zip(side.shares, verdicts, strict=True)
    share, verdict = min(pairs, key=lambda pair: (pair[1].allowed, pair[1].remaining))
    return (
        (b"x-ratelimit-limit", b"%d" % share.quota.limit),
        (b"x-ratelimit-remaining", b"%d" % verdict.remaining),
        (b"x-ratelimit-reset", b"%d" % ceil(verdict.reset_s)),
    )
