"""Where a target is, as an operator writes it: "host:port", "https://host", "unix:/run/x". Pure.

Called by transport.py, targets.py.
Source    grpc/doc/naming.md for unix:; RFC 3986 for brackets around IPv6.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"h2c": 80, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is set for a Unix socket only; `secure` asks for TLS."""

    host: str
    port: int
    secure: bool = False
    path: str = ""

    @property
    def authority(self) -> str:
        """What :authority says unless the operator knows better.

        >>> Address("::1", 443).authority
        '[::1]:443'
        """
        if self.path:
            return "localhost"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address_of(target: str) -> Address:
    """Raises ValueError, with a sentence, for what names no place.

    >>> address_of("users:50051"), address_of("unix:/run/users.sock").path
    (Address(host='users', port=50051, secure=False, path=''), '/run/users.sock')
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
