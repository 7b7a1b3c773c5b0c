"""What an endpoint, a visit or a message takes of which quotas: worked out once, at boot.

Why       What is left for a request is a look-up for each quota: its price, its key and the texts
          of its headers are known before it comes.
Called by quotas.py.
Never     counts a batch for less than its parts: each of them walks through the gate by itself
          (bad-input row 119).
Source    draft-ietf-httpapi-ratelimit-headers-11.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bff.compose.endpoint import Endpoint
from bff.compose.view.cost import cost_of
from bff.guard.limits.options import QuotaOptions, is_named
from bff.guard.limits.payer import address_key, identity_key
from bff.stores.quota import Quota
from bff.terms.context import Identity


class Countable(NamedTuple):
    """What a quota may count.

    names   what a setting may call it; the first is its own
    client  whose API it is part of; None: of nobody's, and no quota of a client counts it
    price   how many rpcs it may make at most
    """

    names: tuple[str, ...]
    client: str | None
    price: int


class Share(NamedTuple):
    """What it takes of one quota.

    key    what stands before the address or identity in the meters
    whose  the rest of it, for an address and who calls from there
    left   its item in the RateLimit header, with places for what is left and for how long
    """

    name: str
    key: str
    whose: Callable[[str, Identity], str]
    quota: Quota
    cost: int
    left: bytes


class Side(NamedTuple):
    """All quotas of one thing that are asked at one time. `policy` is its header."""

    shares: tuple[Share, ...]
    policy: tuple[bytes, bytes]
    name: str
    legacy: bool


def side_of(
    counted: Countable,
    quotas: Mapping[str, QuotaOptions],
    *,
    per: frozenset[str],
    legacy: bool = False,
) -> Side | None:
    """Its quotas that count by one of `per`; None where there are none."""
    shares = tuple(
        _share(name, options, counted)
        for name, options in sorted(quotas.items())
        if options.per in per and _counts(options, counted)
    )
    policy = ",".join(
        f'"{one.name}";q={one.quota.limit};w={one.quota.window_s:.0f}' for one in shares
    )
    named = (b"ratelimit-policy", policy.encode())
    return Side(shares, named, counted.names[0], legacy) if shares else None


def of_endpoint(endpoint: Endpoint) -> Countable:
    """An rpc's routes may be called by the rpc, too."""
    names = (endpoint.name,) if endpoint.plan else (endpoint.name, *endpoint.calls)
    return Countable(names, endpoint.client, price(endpoint))


def of_message(endpoint: Endpoint) -> Countable:
    """One message of a conversation, whatever the handshake cost."""
    return of_endpoint(endpoint)._replace(price=1)


def of_visit(path: str) -> Countable:
    """A page that is no endpoint of the Blueprint."""
    return Countable((path,), None, 1)


def price(endpoint: Endpoint) -> int:
    """How many rpcs one request may make at most; of a screen with variants, the dearest."""
    if endpoint.plan is None:
        return max(1, len(endpoint.calls))
    return max(1, *(cost_of(plan) for plan in (endpoint.plan, *endpoint.variants)))


def _counts(options: QuotaOptions, counted: Countable) -> bool:
    of_a_client = options.clients or options.per == "client"
    if of_a_client and (counted.client is None or not _is_one_of(options.clients, counted.client)):
        return False
    asked = options.endpoints
    return not asked or any(is_named(wanted, one) for wanted in asked for one in counted.names)


def _is_one_of(clients: tuple[str, ...], client: str) -> bool:
    return not clients or client in clients


def _share(name: str, options: QuotaOptions, counted: Countable) -> Share:
    quota = Quota.of(options.algorithm, options.limit, float(options.window_s), burst=options.burst)
    apart = f"{counted.names[0]}:" if options.each_endpoint else ""
    client = f"{counted.client}:" if options.per == "client" else ""
    cost = counted.price if options.counts == "calls" else 1
    return Share(
        name=name,
        key=f"{name}:{options.algorithm}:{apart}{client}",
        whose=_WHOSE[options.per],
        quota=quota,
        cost=min(cost, quota.burst),
        left=b'"%b";r=%%d;t=%%d' % name.encode(),
    )


def _of_address(peer: str, _identity: Identity) -> str:
    return address_key(peer)


def _of_identity(peer: str, identity: Identity) -> str:
    return identity_key(identity) if identity.known else address_key(peer)


def _of_all(_peer: str, _identity: Identity) -> str:
    return ""


_WHOSE: Mapping[str, Callable[[str, Identity], str]] = MappingProxyType(
    {"address": _of_address, "identity": _of_identity, "client": _of_all}
)
