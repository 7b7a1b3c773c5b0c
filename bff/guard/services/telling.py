"""How each service is told who calls: chosen per service, checked at boot, made once.

Why       Some services trust the issuer, some trust us, some should not know. None of them may be
          told anything by the client itself.
Called by app at boot; calls asks `shows_of` for each service.
Never     trusts a token of its own when it comes in by the front door: that is a boot mistake.
Source    docs/access.md; docs/spec/threats.md "metadata injection, fake identity headers".
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bff.calls.showing import Shows
from bff.guard.services.exchanged import ExchangedToken
from bff.guard.services.options import ExchangeOptions, SigningOptions, Telling
from bff.guard.services.signed import NoCredentials, SignedToken
from bff.guard.services.signing_keys import SigningKey, published, read_signing_key
from bff.terms.events import Emit, silence
from bff.terms.mistakes import ContractMistake, collected, raise_any

OTHERS = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceIdentityOptions:
    """All that the operator says of it.

    telling   "pkg.Service" -> how it is told; "*" for the others, "bearer" without it
    folder    what the names of key files are relative to
    issuers   the issuers whose tokens clients may send
    forwards  names of request headers that services get
    """

    telling: Mapping[str, Telling] = field(default_factory=dict)
    signing: SigningOptions = field(default_factory=SigningOptions)
    exchange: ExchangeOptions = field(default_factory=ExchangeOptions)
    folder: Path = Path()
    issuers: Collection[str] = ()
    forwards: Collection[str] = ("authorization",)


class ServiceIdentity:
    """Raises ContractMistakes that name every mistake.

    services  names of all that may be told
    """

    def __init__(
        self,
        options: ServiceIdentityOptions,
        *,
        services: Collection[str],
        emit: Emit = silence,
    ) -> None:
        self._options = options
        self._emit = emit
        mistakes = list(_mistakes(options, services))
        self.keys = _keys(options, mistakes)
        raise_any(mistakes)
        self._made: dict[str, Shows | None] = {}

    def __repr__(self) -> str:
        return f"<ServiceIdentity {dict(self._options.telling) or 'bearer'}>"

    @property
    def tells(self) -> bool:
        """Whether any service is told otherwise than by the client's own credentials."""
        return any(one != "bearer" for one in self._options.telling.values())

    @property
    def document(self) -> bytes:
        """The public keys, as a JWK Set; b"" without any."""
        return published(self.keys) if self.keys else b""

    def shows_of(self, service: str) -> Shows | None:
        """What that service is shown; None: the client's own credentials."""
        if service not in self._made:
            self._made[service] = self._make(service)
        return self._made[service]

    def _make(self, service: str) -> Shows | None:
        options = self._options
        match options.telling.get(service, options.telling.get(OTHERS, "bearer")):
            case "signed":
                signing = options.signing
                key = self.keys[0]
                return SignedToken(
                    service, key, issuer=signing.issuer, lifetime_s=signing.lifetime_s
                )
            case "exchange":
                return ExchangedToken(service, options.exchange, emit=self._emit)
            case "none":
                return NoCredentials()
            case _:
                return None


def _keys(
    options: ServiceIdentityOptions, mistakes: list[ContractMistake]
) -> tuple[SigningKey, ...]:
    found: list[SigningKey] = []
    for index, name in enumerate(options.signing.keys):
        path = (options.folder / name).resolve()
        with collected(mistakes):
            found.append(read_signing_key(path, where=f"signing.keys[{index}]"))
    return tuple(found)


def _mistakes(
    options: ServiceIdentityOptions, services: Collection[str]
) -> Iterator[ContractMistake]:
    for name in sorted(options.telling.keys() - {OTHERS, *services}):
        yield ContractMistake("no service has this name", where=f'identity."{name}"')
    ways = set(options.telling.values())
    signing = options.signing
    if "signed" in ways and not (signing.issuer and signing.keys):
        yield ContractMistake("a signed token needs an issuer and keys", where="signing")
    if signing.issuer and signing.issuer in options.issuers:
        what = "is trusted in [[issuers]], too: a token for a service would open the front door"
        yield ContractMistake(what, where="signing.issuer")
    if "exchange" in ways and not options.exchange.url:
        yield ContractMistake("an exchange needs the issuer's token endpoint", where="exchange.url")
    if "exchange" in ways and "authorization" not in {one.lower() for one in options.forwards}:
        what = '"authorization" must be among them: it is what is exchanged'
        yield ContractMistake(what, where="metadata.forward")
