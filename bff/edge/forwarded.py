"""Who is really asking: the chain of proxies between a client and us, as far as we believe it.

Why       X-Forwarded-For is text that anybody can send. Only what a listed proxy wrote is true.
Called by edge/request.py.
Never     reads `Forwarded` or `X-Real-IP`: one way to say it is enough to keep honest.
Source    docs/spec/transcoding.md HM5; docs/spec/bad-input.md rows 109, 110; MDN X-Forwarded-For
          ("trusted proxy list").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from bff.terms.context import Metadata
from bff.terms.headers import Headers
from bff.terms.mistakes import ContractMistake

MOST_HOPS = 20
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?")
_PROTOCOLS = ("http", "https")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """How a request came to us; `host` is "" where it is no host.

    metadata  the same for the services, with the chain that ends with our peer
    """

    client: str
    host: str
    scheme: str
    metadata: Metadata


@lru_cache(maxsize=1_024)  # one client asks often, and little of it changes
def _came(client: str, chain: tuple[str, ...], host: str, scheme: str) -> Forwarded:
    host = host if _HOST.fullmatch(host) else ""
    metadata: Metadata = (("x-forwarded-proto", scheme),)
    if chain:
        metadata = (("x-forwarded-for", ", ".join(chain)), *metadata)
    if host:
        metadata = (*metadata, ("x-forwarded-host", host))
    return Forwarded(client=client, host=host, scheme=scheme, metadata=metadata)


class Proxies:
    """The proxies that may say who is behind them. None unless they are listed.

    trusted  addresses or networks, "10.0.0.0/8"
    Raises   ContractMistake for what is neither
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted = tuple(_network(one) for one in trusted)

    def __repr__(self) -> str:
        return f"<Proxies {', '.join(map(str, self._trusted)) or 'none'}>"

    def read(self, headers: Headers, *, peer: str, scheme: str) -> Forwarded:
        """Believe the headers of a listed proxy; of everybody else only the socket's address."""
        host = headers.text(b"host")
        hops: tuple[str, ...] = ()
        client = peer
        if self._trusted and self.trusts(peer):
            hops = _hops(", ".join(headers.all(b"x-forwarded-for")))
            client = next((hop for hop in reversed(hops) if not self.trusts(hop)), "")
            client = client or (hops[0] if hops else peer)
            if headers.has(b"x-forwarded-host"):
                host = headers.text(b"x-forwarded-host")
            proposed = headers.text(b"x-forwarded-proto")
            scheme = proposed if proposed in _PROTOCOLS else scheme
        chain = (*hops, peer) if peer else hops
        return _came(client, chain, host, scheme)

    def trusts(self, address: str) -> bool:
        found = _address(address)
        return found is not None and any(found in network for network in self._trusted)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        what = f"{text!r} is no address or network, such as 10.0.0.0/8"
        raise ContractMistake(what, where="server.trusted_proxies") from None


def _hops(text: str) -> tuple[str, ...]:
    """The addresses of the chain, from the right as far as they are addresses."""
    found: list[str] = []
    for part in reversed(text.split(",")[-MOST_HOPS:]):
        address = _address(part.strip())
        if address is None:
            break
        found.append(str(address))
    return tuple(reversed(found))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without a port: `192.0.2.1:80`, `[2001:db8::1]:80`."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
