"""How services are reached, and what they are told of who calls: the settings' words, at work.

Called by app.py, cli.py (checks).
Never     opens a connection: a transport does that when it is first used.
Source    docs/configuration.md [services], [security], [identity].
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bff.calls.cache import Cache
from bff.calls.call import Calls
from bff.calls.pipeline import pipeline
from bff.calls.showing import as_it_came
from bff.calls.tags import Tags
from bff.contract.catalog import Catalog
from bff.guard.services.chosen import ServiceIdentity, ServiceIdentityOptions
from bff.settings import Settings
from bff.terms.events import Emit, silence
from bff.terms.mistakes import ContractMistake, ContractMistakes
from bff.transport.http2.options import Http2Options
from bff.transport.security import ServiceSecurity, check_security
from bff.transport.targets import transport_for
from bff.transport.transport import Transport

OTHERS = "*"
_AS_USUAL = ServiceSecurity()


def transports_of(settings: Settings, emit: Emit) -> Mapping[str, Transport]:
    """One transport per address and way of trusting it: services that have both share it.

    Raises ContractMistakes for plaintext that nobody asked for
    """
    check_reach(settings)
    wanted = {
        service: (address, options_of(settings, service))
        for service, address in settings.services.items()
    }
    made = {
        (address, options): transport_for(address, options, emit=emit)
        for address, options in set(wanted.values())
    }
    return {service: made[one] for service, one in wanted.items()}


def check_reach(settings: Settings) -> None:
    """Raises ContractMistakes that name every service that would be spoken to in the clear."""
    mistakes: list[ContractMistake] = []
    for name in sorted(settings.security.keys() - {OTHERS, *settings.services}):
        what = "no service has this name in [services]"
        mistakes.append(ContractMistake(what, where=f'security."{name}"'))
    for service, target in settings.services.items():
        try:
            check_security(target, options_of(settings, service), where=service)
        except ContractMistake as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise ContractMistakes.of(mistakes)


def options_of(settings: Settings, service: str) -> Http2Options:
    """What holds for the connections to one service."""
    chosen = settings.security.get(service, settings.security.get(OTHERS, _AS_USUAL))
    return _with_paths(chosen, settings).over(settings.transport)


def service_identity_of(
    settings: Settings, services: Collection[str], emit: Emit = silence
) -> ServiceIdentity:
    """What services are told. Raises ContractMistakes.

    services  names of those in the contract
    """
    return ServiceIdentity(
        ServiceIdentityOptions(
            telling=settings.identity,
            signing=settings.signing,
            exchange=settings.exchange,
            folder=settings.folder,
            issuers=tuple(one.issuer for one in settings.issuers),
            forwards=settings.metadata.forward,
        ),
        services=(*services, *settings.services),
        emit=emit,
    )


def calls_of(
    settings: Settings,
    catalog: Catalog,
    transports: Mapping[str, Transport],
    *,
    telling: ServiceIdentity,
    cache: Cache | None,
    emit: Emit,
) -> Calls:
    """The pipeline of every call."""
    return pipeline(
        transports,
        emit=emit,
        cache=cache,
        tags=Tags(catalog),
        policies=settings.policies_of_calls,
        reads=catalog.reads,
        shows_of=telling.shows_of if telling.tells else as_it_came,
    )


def _with_paths(chosen: ServiceSecurity, settings: Settings) -> ServiceSecurity:
    """Files are found from the config file's folder."""

    def path(name: str) -> str:
        return str(settings.path(name)) if name else ""

    return replace(
        chosen,
        ca_file=path(chosen.ca_file),
        certificate_file=path(chosen.certificate_file),
        key_file=path(chosen.key_file),
    )
