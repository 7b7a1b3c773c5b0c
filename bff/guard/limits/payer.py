"""Whose a request is, for those who count: one text for one network, or for one account.

Why       Whoever rents a server gets 2^64 addresses of IPv6 with it, and would have as many
          quotas. The network is what one customer has.
Called by quotas.py.
Never     reads a header: the address is what edge/forwarded.py believes.
Source    RFC 6177 (a site gets a /64 or more); docs/spec/bad-input.md row 109.
"""

from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network

from bff.terms.context import Identity

_NETWORK_BITS = 64
_LONGEST_NAME = 64


@lru_cache(maxsize=4_096)  # one client asks often
def address_key(peer: str) -> str:
    """An IPv4 address as it is, the /64 network of an IPv6 one; "" where nobody knows.

    >>> address_key("192.0.2.1"), address_key("2001:db8::1"), address_key("::ffff:192.0.2.1")
    ('192.0.2.1', '2001:db8::/64', '192.0.2.1')
    """
    try:
        found = ip_address(peer.partition("%")[0])
    except ValueError:
        return _short(peer)
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, _NETWORK_BITS), strict=False))


def identity_key(identity: Identity) -> str:
    """An account of an issuer: two issuers may give out one name.

    >>> identity_key(Identity(subject="ada", issuer="https://id.example"))
    'https://id.example ada'
    """
    return _short(f"{identity.issuer} {identity.subject}")


def _short(name: str) -> str:
    """A long name's digest: keys are kept by the thousands."""
    if len(name) <= _LONGEST_NAME:
        return name
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=24).hexdigest()
