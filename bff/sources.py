"""Where the contract comes from: descriptor sets, folders of protos, or running servers.

Why       Whoever has a gRPC service has at least one of the three. All of them end as descriptor
          sets, so that nothing above needs to know which it was.
Called by cli.py, serve.py and tryout.py (read_sources), app.py and served.py (what was read).
Never     stops at a mistake: those of every source are kept, for one report; never leaves a
          connection to a reflected server open.
Source    docs/spec/demo.md "zero-code"; docs/spec/transcoding.md PT16, HT9, HT11.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from bff import __version__
from bff.contract.catalog import Catalog
from bff.contract.routes.exposure import Exposure
from bff.contract.routes.service_rules import ServiceRules
from bff.settings import Settings
from bff.stores.key_digest import digest_of
from bff.terms.deadline import Deadline
from bff.terms.mistakes import ContractMistake, ContractMistakes, collected
from bff.transport.http2.options import Http2Options
from bff.transport.reflection import Reflected, reflected
from bff.transport.targets import check_target, transport_for

REFLECTION_S = 5.0
_PLAIN = Http2Options()
MAX_REFLECTION_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was read.

    services  addresses of reflected services, for those that the settings name none for
    mistakes  why some of it could not be read; then there is no catalog
    """

    descriptor_sets: tuple[bytes, ...] = ()
    services: Mapping[str, str] = field(default_factory=dict)
    exposure: Exposure = field(default_factory=Exposure)
    mistakes: tuple[ContractMistake, ...] = ()

    def addressed(self, settings: Settings) -> Settings:
        """The settings with the addresses of reflected services; what the operator said wins."""
        return replace(settings, services={**self.services, **settings.services})

    def catalog(self) -> Catalog:
        """What the protos promise; empty without any. Raises ContractMistakes."""
        if self.mistakes:
            raise ContractMistakes.of(self.mistakes)
        if not self.descriptor_sets:
            return Catalog({})
        return Catalog.of(*self.descriptor_sets, exposure=self.exposure)


async def read_sources(settings: Settings) -> Sources:
    """Read, compile and ask."""
    files = await asyncio.to_thread(read_files, settings)
    mistakes = [*files.mistakes]
    found: list[Reflected] = []
    services: dict[str, str] = {}
    for address in settings.contract.reflect:
        with collected(mistakes):
            one = await ask_server(address, settings.transport)
            found.append(one)
            services = {**dict.fromkeys(one.services, address), **services}
    sets = (*files.descriptor_sets, *(one.descriptor_set for one in found))
    return replace(files, descriptor_sets=sets, services=services, mistakes=tuple(mistakes))


def read_files(settings: Settings) -> Sources:
    """Read all but reflected servers, which need an event loop."""
    contract, mistakes = settings.contract, list[ContractMistake]()
    folders = [settings.path(name) for name in contract.protos]
    sets: list[bytes] = []
    rules = None
    for name in contract.descriptors:
        with collected(mistakes):
            sets.append(_bytes_of(settings, name))
    for folder in folders:
        with collected(mistakes):
            sets.append(_compiled(folder, folders))
    with collected(mistakes):
        if contract.rules:
            rules = _rules(settings)
    return Sources(
        descriptor_sets=tuple(sets),
        exposure=Exposure(rules, contract.expose_unannotated),
        mistakes=tuple(mistakes),
    )


async def ask_server(address: str, options: Http2Options = _PLAIN) -> Reflected:
    """What the server at this address says of itself. Raises ContractMistakes."""
    check_target(address, where=f"reflect {address}")
    transport = transport_for(address, replace(options, max_reply_bytes=MAX_REFLECTION_BYTES))
    try:
        return await reflected(transport, address=address, deadline=Deadline.after(REFLECTION_S))
    finally:
        await transport.close()


def edition_of(sources: Sources, settings: Settings) -> str:
    """Changes with the contract, the screens' own files and how JSON is written: what another
    release remembers in a store that both share is not given out by this one.
    """
    screens = tuple(sorted(_screens(settings.contract.views)))
    choices = (repr(settings.clients), astuple(settings.json))
    return digest_of((__version__, sources.descriptor_sets, screens, choices), space="").hex()


def _screens(packages: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Every file of theirs, templates too."""
    for name in packages:
        found = find_spec(name)
        for folder in (found and found.submodule_search_locations) or ():
            for path in Path(folder).rglob("*"):
                if path.is_file() and path.parent.name != "__pycache__":
                    yield path.relative_to(folder).as_posix(), path.read_bytes()


def _bytes_of(settings: Settings, name: str) -> bytes:
    try:
        return settings.path(name).read_bytes()
    except OSError as error:
        raise _mistake(f"cannot be read: {error.strerror}", name) from None


def _compiled(folder: Path, folders: list[Path]) -> bytes:
    from bff.codegen.protoc import compile_protos
    from bff.codegen.refusal import CannotGenerate

    others = [one for one in folders if one != folder]
    try:
        return compile_protos(folder, include=others)
    except CannotGenerate as refusal:
        raise _mistake(str(refusal), "contract.protos") from None


def _rules(settings: Settings) -> ServiceRules:
    name = settings.contract.rules
    try:
        read = json.loads(_bytes_of(settings, name))
    except ValueError as wrong:
        raise _mistake(f"this is not JSON: {wrong}", name) from None
    if not isinstance(read, dict):
        raise _mistake('this is no service configuration: {"http": {"rules": [...]}}', name)
    try:
        return ServiceRules.parse(read)
    except ContractMistakes as group:
        raise ContractMistakes.of(
            ContractMistake(one.what, where=f"{name}: {one.where}") for one in group.each
        ) from None


def _mistake(what: str, where: str) -> ContractMistakes:
    return ContractMistakes.of([ContractMistake(what, where=where)])
