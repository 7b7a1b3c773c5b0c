"""May this target be spoken to as it is?  Plaintext leaves this machine only where that is wanted.

Why       Whoever can listen on the way reads every token, and whoever can answer is every service.
          A network that does this by itself (a mesh with mutual TLS) exists, and is said out loud.
Called by settings (fills it), bff/reach.py (checks it at boot, hands it on).
Never     guesses what a name resolves to: localhost and loopback addresses are this machine.
Source    docs/spec/threats.md "transport to services"; RFC 6761 section 6.3 (localhost).
"""

from dataclasses import dataclass, replace
from ipaddress import ip_address

from bff.terms.mistakes import ContractMistake
from bff.transport.http2.address import Address, places_of
from bff.transport.http2.options import Http2Options, Tls

_OF_THIS_MACHINE = ("unix:", "unix-abstract:", "vsock:")
_GRPCS_ADDRESSES = ("ipv4:", "ipv6:")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSecurity:
    """How one service is trusted, and how we are; as [transport] has it where nothing is said.

    insecure          plaintext to another machine is wanted
    ca_file           PEM of who may sign the service's certificate; "" for the system's own
    certificate_file  PEM of our own certificate (mutual TLS), or ""
    key_file          PEM of its private key; "" where the certificate's file holds it, too
    server_name       the name that must stand in the service's certificate; "" for the target's
    """

    insecure: bool = False
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    server_name: str = ""

    def __post_init__(self) -> None:
        """Raises ContractMistake for both of two that exclude each other."""
        if self.insecure and self._names_tls:
            what = "insecure = true, and files for TLS: take one of them away"
            raise ContractMistake(what, where="security")

    @property
    def _names_tls(self) -> bool:
        return bool(self.ca_file or self.certificate_file or self.key_file or self.server_name)

    def over(self, usual: Http2Options) -> Http2Options:
        """The usual options, with what this service wants otherwise."""
        if self._names_tls:
            tls = Tls(
                ca_file=self.ca_file,
                certificate_file=self.certificate_file,
                key_file=self.key_file,
                server_name=self.server_name,
            )
            return replace(usual, tls=tls)
        return replace(usual, insecure=True) if self.insecure else usual


def check_security(target: str, options: Http2Options, *, where: str) -> None:
    """Raises ContractMistake for plaintext to another machine that nobody has asked for."""
    if options.tls is not None or options.insecure or stays_here(target) or is_secure(target):
        return
    what = (
        f"{target} is spoken to in plaintext, and is another machine: write https://,"
        f' or [security."{where}"] with a ca_file, or insecure = true there'
    )
    raise ContractMistake(what, where=f'services."{where}"')


def is_secure(target: str) -> bool:
    """Whether the target itself asks for TLS, at all of its places."""
    return target.startswith("https://") and all(place.secure for place in places_of(target))


def stays_here(target: str) -> bool:
    """Whether every place of the target is on this machine.

    >>> [stays_here(one) for one in ("127.0.0.1:1,[::1]:2", "unix:/run/a", "a:1", "dns:///a:1")]
    [True, True, False, False]
    """
    if target.startswith(_OF_THIS_MACHINE):
        return True
    if target.startswith(_GRPCS_ADDRESSES):
        addresses = target.partition(":")[2].lstrip("/").split(",")
        return all(_is_loopback(one.rpartition(":")[0].strip("[]")) for one in addresses)
    try:
        return all(map(_is_here, places_of(target)))
    except ValueError:
        return False  # a name that gRPC resolves: nobody knows where that is


def _is_here(place: Address) -> bool:
    return bool(place.path) or _is_loopback(place.host)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
