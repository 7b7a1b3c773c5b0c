"""How services are told who calls, as the operator says it.

Called by settings (fills it), telling.py (obeys it).
Never     lets a token live longer than a minute: whoever stole one from a service's log or memory
          should find that it is over.
Source    RFC 7519, RFC 8693; docs/spec/threats.md "secrets and keys".
"""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from bff.guard.provider.discovery import is_guarded
from bff.terms.mistakes import ContractMistake

Telling = Literal["bearer", "signed", "exchange", "none"]
LONGEST_LIFE_S = 60.0
SHORTEST_LIFE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOptions:
    """For services that are told by a token of ours.

    issuer      its `iss`: a name of this BFF that services trust
    keys        PEM files of private keys, P-256 (ES256) or Ed25519 (EdDSA): the first signs, all
                are published, so that a new one can be known before it signs
    lifetime_s  how long a token is good; a new one is made after half of it
    """

    issuer: str = ""
    keys: tuple[str, ...] = ()
    lifetime_s: float = LONGEST_LIFE_S

    def __post_init__(self) -> None:
        """Raises ContractMistake."""
        if not SHORTEST_LIFE_S <= self.lifetime_s <= LONGEST_LIFE_S:
            what = f"must be between {SHORTEST_LIFE_S:g} and {LONGEST_LIFE_S:g} seconds"
            raise ContractMistake(what, where="signing.lifetime_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeOptions:
    """For services that are told by a token that the issuer makes of the caller's own.

    url            the issuer's token endpoint
    client_id      who we are there
    client_secret  how we prove it
    scope          what the new token is for; "" leaves it to the issuer
    timeout_s      how long it may take
    """

    url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    timeout_s: float = 2.0

    def __post_init__(self) -> None:
        """Raises ContractMistake for an address that is none, and for a secret in the clear."""
        if self.url:
            check_url(self.url, where="exchange.url")
            if not (self.client_id and self.client_secret):
                what = "needs client_id and BFF_EXCHANGE_CLIENT_SECRET, too"
                raise ContractMistake(what, where="exchange.url")
        if self.timeout_s <= 0:
            raise ContractMistake("must be above 0", where="exchange.timeout_s")


def check_url(url: str, *, where: str) -> None:
    """Raises ContractMistake unless tokens may be sent there: by https, or within this machine."""
    if not is_guarded(url) or urlsplit(url).username is not None or "#" in url:
        what = "must be an https:// address (http:// to this machine alone), without a user"
        raise ContractMistake(what, where=where)
