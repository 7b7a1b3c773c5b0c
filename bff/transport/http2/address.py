"""Where a target is, as an operator writes it: "host:port", "https://host", "unix:/run/x", or
several of them, "a:1,b:1". Pure.

Called by transport.py, targets.py, balancer.py.
Source    grpc/doc/naming.md for unix:; RFC 3986 for brackets around IPv6.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"h2c": 80, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is set for a Unix socket only; `secure` asks for TLS; `name` is the name that was
    looked up to find `host`, "" where the operator wrote `host`.
    """

    host: str
    port: int
    secure: bool = False
    path: str = ""
    name: str = ""

    @property
    def is_fixed(self) -> bool:
        """Is there nothing to look up?

        >>> Address("10.0.0.7", 1).is_fixed, Address("users", 1).is_fixed
        (True, False)
        """
        if self.path:
            return True
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True

    @property
    def authority(self) -> str:
        """What :authority says unless the operator knows better.

        >>> Address("::1", 443).authority
        '[::1]:443'
        """
        if self.path:
            return "localhost"
        host = self.name or self.host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """Where it is, for people: never the name that was looked up."""
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def places_of(target: str) -> tuple[Address, ...]:
    """The places of a target: one, or several with commas between. Raises ValueError.

    >>> [one.authority for one in places_of("a:1, b:1")]
    ['a:1', 'b:1']
    """
    places = tuple(dict.fromkeys(address_of(one.strip()) for one in target.split(",")))
    if len({place.secure for place in places}) > 1:
        raise ValueError(f"{target!r}: all of its places speak TLS, or none")
    return places


def address_of(target: str) -> Address:
    """Raises ValueError, with a sentence, for what names no place.

    >>> address_of("users:50051"), address_of("unix:/run/users.sock").path
    (Address(host='users', port=50051, secure=False, path='', name=''), '/run/users.sock')
    """
    if target.startswith("unix:"):
        return _socket(target)
    scheme, mark, _ = target.partition("://")
    if not mark:
        scheme, target = "h2c", f"h2c://{target}"
        return _network(target, scheme, None)
    if scheme not in _PORTS:
        raise ValueError(f"{target!r}: known schemes are {', '.join(sorted(_PORTS))} and unix:")
    return _network(target, scheme, _PORTS[scheme])


def _network(url: str, scheme: str, default_port: int | None) -> Address:
    said = urlsplit(url)
    port = said.port or default_port
    if not said.hostname or port is None:
        raise ValueError(f"{url!r}: say host:port")
    if said.path not in ("", "/") or said.query or "@" in said.netloc:
        raise ValueError(f"{url!r}: a service's address has no path, query or user")
    return Address(said.hostname, port, secure=scheme == "https")


def _socket(target: str) -> Address:
    path = target.removeprefix("unix:")
    path = path.removeprefix("//")
    if not path:
        raise ValueError(f"{target!r}: say unix:PATH")
    return Address("", 0, path=path)
