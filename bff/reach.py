"""How services are reached, and what they are told of who calls: the settings' words, at work.

Called by app.py.
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
from bff.guard.services.telling import ServiceIdentity, ServiceIdentityOptions
from bff.settings import Settings
from bff.terms.events import Emit, silence
from bff.terms.mistakes import ContractMistake, collected, raise_any
from bff.transport.http2.options import Http2Options, Tls
from bff.transport.security import ServiceSecurity, check_security
from bff.transport.targets import transport_for
from bff.transport.transport import Transport

OTHERS = "*"
_AS_USUAL = ServiceSecurity()
_FILES = ("ca_file", "certificate_file", "key_file")


def transports_of(settings: Settings, emit: Emit) -> Mapping[str, Transport]:
    """One transport per address and way of trusting it: services that have both share it.

    Raises ContractMistakes as `check_reach` does
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
    """Raises ContractMistakes that name every service that would be spoken to in the clear, and
    every file for TLS that can't be read.
    """
    mistakes = _unreadable(settings)
    for name in sorted(settings.security.keys() - {OTHERS, *settings.services}):
        what = "no service has this name in [services]"
        mistakes.append(ContractMistake(what, where=f'security."{name}"'))
    for service, target in settings.services.items():
        with collected(mistakes):
            check_security(target, options_of(settings, service), where=service)
    raise_any(mistakes)


def options_of(settings: Settings, service: str) -> Http2Options:
    """What holds for the connections to one service."""
    chosen = settings.security.get(service, settings.security.get(OTHERS, _AS_USUAL))
    options = chosen.over(settings.transport)
    return replace(options, tls=_with_paths(options.tls, settings)) if options.tls else options


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


def _with_paths(tls: Tls, settings: Settings) -> Tls:
    """Files are found from the config file's folder."""
    named = {key: name for key in _FILES if (name := getattr(tls, key))}
    return replace(tls, **{key: str(settings.path(name)) for key, name in named.items()})


def _unreadable(settings: Settings) -> list[ContractMistake]:
    """A file that isn't there would be told to whoever calls first, as a service that isn't."""
    tables: dict[str, ServiceSecurity | Tls | None] = {"transport.tls": settings.transport.tls}
    tables |= {f'security."{service}"': one for service, one in settings.security.items()}
    mistakes: list[ContractMistake] = []
    for table, one in tables.items():
        for key in _FILES:
            name = getattr(one, key, "")
            try:
                if name:
                    settings.path(name).open("rb").close()
            except OSError as error:
                what = f"{name} cannot be read: {error.strerror}"
                mistakes.append(ContractMistake(what, where=f"{table}.{key}"))
    return mistakes
