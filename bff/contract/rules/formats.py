"""Well-known formats of strings: what makes an e-mail address, a host name, a URI.

Called by text.py.
Never     asks a name server, or backtracks: every pattern has one way to match.
Source    buf/validate/validate.proto (StringRules.well_known); the HTML standard (e-mail); RFC 1034
          3.5; RFC 3986; RFC 9562.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from types import MappingProxyType

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TRIMMED_UUID = re.compile(r"[0-9A-Fa-f]{32}")
_MOST_HOST_CHARACTERS = 253

_PLAIN = r"A-Za-z0-9\-._~!$&'()*+,;="
_ESCAPE = "%[0-9A-Fa-f]{2}"
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    rf"(?://(?:(?:[{_PLAIN}:]|{_ESCAPE})*@)?"
    rf"(?:\[(?P<literal>[^\]]*)\]|(?:[{_PLAIN}]|{_ESCAPE})*)(?::[0-9]*)?(?=[/?#]|\Z)|(?!//))"
    rf"(?:[{_PLAIN}:@/]|{_ESCAPE})*"
    rf"(?:\?(?:[{_PLAIN}:@/?]|{_ESCAPE})*)?"
    rf"(?:#(?:[{_PLAIN}:@/?]|{_ESCAPE})*)?"
)
_FUTURE = re.compile(rf"[vV][0-9A-Fa-f]+\.[{_PLAIN}:]+")


def is_hostname(text: str) -> bool:
    """Labels with dots between them, the last of which is no number.

    >>> is_hostname("a.example."), is_hostname("10.0.0.1"), is_hostname("-a")
    (True, False, False)
    """
    name = text.removesuffix(".")
    return (
        len(name) <= _MOST_HOST_CHARACTERS
        and _HOSTNAME.fullmatch(text) is not None
        and not name.rpartition(".")[2].isdigit()
    )


def is_ipv4(text: str) -> bool:
    """Four decimal numbers, none with a leading zero."""
    return _is_address(IPv4Address, text)


def is_ipv6(text: str) -> bool:
    """RFC 4291 text, with or without a zone (`fe80::1%en0`)."""
    address, sign, zone = text.partition("%")
    return bool(zone or not sign) and _is_address(IPv6Address, address)


def is_ip(text: str) -> bool:
    """Either."""
    return is_ipv4(text) or is_ipv6(text)


def is_uri(text: str) -> bool:
    """A URI with its scheme.

    >>> is_uri("https://a.example/b?c#d"), is_uri("/b"), is_uri("http://[::1]:80/")
    (True, False, True)
    """
    found = _URI.fullmatch(text)
    if found is None:
        return False
    literal = found["literal"]
    return literal is None or _FUTURE.fullmatch(literal) is not None or _is_zoned(literal)


def _is_zoned(literal: str) -> bool:
    return is_ipv6(literal.replace("%25", "%", 1)) and ("%" not in literal or "%25" in literal)


def _is_address(kind: type[IPv4Address] | type[IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except AddressValueError:
        return False
    return True


def _all_of(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


FORMATS: Mapping[str, tuple[Callable[[str], bool], str]] = MappingProxyType(
    {
        "address": (lambda text: is_hostname(text) or is_ip(text), "a host name or an IP address"),
        "email": (_all_of(_EMAIL), "an e-mail address"),
        "hostname": (is_hostname, "a host name"),
        "ip": (is_ip, "an IP address"),
        "ipv4": (is_ipv4, "an IPv4 address"),
        "ipv6": (is_ipv6, "an IPv6 address"),
        "tuuid": (_all_of(_TRIMMED_UUID), "a UUID without hyphens"),
        "uri": (is_uri, "a URI with its scheme"),
        "uuid": (_all_of(_UUID), "a UUID"),
    }
)
"""By the option's name: whether a text is one, and what to send."""
