"""The roof: wires the rooms together, by plain calls, from the operator's settings.

Called by cli.py, reload.py, serve.py, tryout.py, tests/journeys.
Never     decides anything that a room could decide; never starts with a mistake in the contract.

    bff = assemble(settings)       # raises ContractMistakes: every mistake at once
    bff.public                     # the ASGI app of the public port
    bff.admin                      # the ASGI app of the admin port
    async with bff.running(): ...  # key sets refreshed, connections closed at the end
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bff import __version__
from bff.calls.cache import Cache, cache_of
from bff.calls.call import Calls
from bff.calls.pipeline import pipeline
from bff.calls.readiness import Readiness
from bff.calls.tags import Tags
from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Endpoint
from bff.compose.ranking import ranked
from bff.compose.transcode import TranscodeOptions, Transcoder
from bff.contract.catalog import Catalog
from bff.contract.codec import Codec
from bff.contract.error_document import ErrorDocuments
from bff.contract.json_options import JsonChoices
from bff.contract.metadata import MetadataRules
from bff.edge import htmx
from bff.edge.batch import Batch, is_batched
from bff.edge.batched import Inside
from bff.edge.by_hand import ByHand, named
from bff.edge.compression import Compression
from bff.edge.forwarded import Proxies
from bff.edge.front import App, Front, FrontOptions
from bff.edge.health import Ailments, health
from bff.edge.problem import Problems
from bff.edge.purge import purging
from bff.edge.shell import shell
from bff.gate import gate_of
from bff.guard.identity import BearerIdentity, IssuerOptions
from bff.publish.pages import pages
from bff.screens import Screens
from bff.settings import Settings
from bff.sources import Sources, read_files
from bff.telemetry.metrics import Metrics
from bff.terms.context import Identity
from bff.terms.events import Emit
from bff.terms.process import Process
from bff.transport.targets import transport_for
from bff.transport.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Bff:
    """One assembled BFF, not yet listening."""

    settings: Settings
    blueprint: Blueprint
    calls: Calls
    public: App
    admin: App
    identity: BearerIdentity
    readiness: Readiness
    transports: Mapping[str, Transport]
    by_hand: ByHand | None
    cache: Cache | None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bff"]:
        """Refresh key sets while inside; close every connection on the way out.

        Raises ContractMistakes where a team's own app refuses to start
        """
        async with AsyncExitStack() as stack:
            for transport in set(self.transports.values()):
                stack.push_async_callback(transport.close)
            stack.push_async_callback(self.readiness.close)
            if self.cache is not None:
                stack.push_async_callback(self.cache.close)
            stack.push_async_callback(self.identity.stop)
            await self.identity.start()
            if self.by_hand is not None:
                await stack.enter_async_context(self.by_hand.running())
            yield self


def blueprint_of(
    settings: Settings,
    calls: Calls,
    sources: Sources | None = None,
    *,
    catalog: Catalog | None = None,
    cache: Cache | None = None,
    inside: Callable[[], Inside] | None = None,
    process: Process | None = None,
) -> Blueprint:
    """Everything that these settings serve. Raises ContractMistakes.

    sources  as `assemble` takes it
    catalog  that of the sources, where somebody made it already
    cache    where views keep what may be kept; None: this is looked at, not served
    inside   the door for a batch's requests; None: this is looked at, not served
    process  whose end its streams hear of
    """
    if settings.server.handlers:
        named(settings.server.handlers)
    found = read_files(settings) if sources is None else sources
    endpoints: list[Endpoint] = []
    errors = ErrorDocuments(shape=settings.json.errors)
    tags: Mapping[str, str] = {}
    unchecked: tuple[str, ...] = ()
    catalog = found.catalog() if catalog is None else catalog
    if settings.contract.has_services:
        transcoder = _transcoder(settings, calls, catalog, process)
        endpoints += transcoder.endpoints()
        errors = transcoder.errors
        tags = transcoder.tags
        unchecked = transcoder.unchecked
    if settings.contract.views:
        screens = Screens(
            settings=settings, calls=calls, catalog=catalog, cache=cache, errors=errors
        )
        endpoints += screens.endpoints()
    if is_batched(settings.batch, endpoints):
        batch = Batch(settings.batch, inside=inside, limits=settings.limits, errors=errors)
        endpoints.append(batch.endpoint)
    return Blueprint(
        ranked(endpoints, settings.criticality),
        title=settings.server.title,
        version=__version__,
        fully_decode=found.exposure.fully_decode,
        errors=errors,
        tags=tags,
        unchecked=unchecked,
    )


def assemble(
    settings: Settings,
    *,
    emit: Emit,
    metrics: Metrics,
    sources: Sources | None = None,
    act_as: Identity | None = None,
    process: Process | None = None,
) -> Bff:
    """Build every room. Must run inside the event loop that will serve. Raises ContractMistakes.

    sources  what `read_sources` read; None: the files of the settings are read now
    act_as   the identity of every request, tokens unread: for `bff try`, which listens on no port
    """
    process = process or Process()
    found = read_files(settings) if sources is None else sources
    settings = found.addressed(settings)
    transports = _transports(settings, emit)
    catalog, cache = found.catalog(), cache_of(settings.cache, emit)
    tags, policies = Tags(catalog), settings.policies_of_calls
    calls = pipeline(transports, emit=emit, cache=cache, tags=tags, policies=policies)

    def inside() -> Inside:  # asked when a batch comes: both are there by then
        return Inside(public, blueprint.router)

    blueprint = blueprint_of(
        settings, calls, found, catalog=catalog, cache=cache, inside=inside, process=process
    )
    identity, readiness = BearerIdentity(_issuers(settings), emit=emit), Readiness(transports)
    probes, documents = health(_ailments(readiness, identity, process)), pages(blueprint)
    options = _front_options(settings, blueprint)
    by_hand = _by_hand(settings, options.problems)
    shown = [*(documents if settings.server.docs else ()), *htmx.routes(blueprint.endpoints)]
    behind = shell([*probes, *shown], problems=options.problems, beyond=by_hand)
    gate = gate_of(identity, act_as=act_as, process=process)
    public = Front(blueprint, shell=behind, gate=gate, emit=emit, options=options)
    admin = shell([*probes, _metrics(metrics), _purge(settings, cache), *documents])
    return Bff(
        settings=settings,
        blueprint=blueprint,
        calls=calls,
        public=public,
        admin=admin,
        identity=identity,
        readiness=readiness,
        transports=transports,
        by_hand=by_hand,
        cache=cache,
    )


def _by_hand(settings: Settings, problems: Problems) -> ByHand | None:
    name = settings.server.handlers
    return ByHand(name, problems) if name else None


def _purge(settings: Settings, cache: Cache | None) -> BaseRoute:
    return purging(cache.purge if cache else None, settings.admin)


def _ailments(readiness: Readiness, identity: BearerIdentity, process: Process) -> Ailments:
    async def ailments() -> Mapping[str, str]:
        keys = {f"issuer {index}": one for index, one in enumerate(identity.problems(), start=1)}
        return {**await readiness.ailments(), **keys, "process": process.unready}

    return ailments


def _front_options(settings: Settings, blueprint: Blueprint) -> FrontOptions:
    return FrontOptions(
        problems=Problems(blueprint.errors),
        metadata=MetadataRules(settings.metadata),
        proxies=Proxies(settings.server.trusted_proxies),
        compression=Compression(settings.compression),
        inflate=settings.limits.inflate,
    )


def _issuers(settings: Settings) -> tuple[IssuerOptions, ...]:
    """The issuers, with key files found from the config file's folder."""
    return tuple(
        one if "://" in one.keys else replace(one, keys=str(settings.path(one.keys)))
        for one in settings.issuers
    )


def _transcoder(
    settings: Settings, calls: Calls, catalog: Catalog, process: Process | None
) -> Transcoder:
    access = dict(settings.access)
    options = replace(
        settings.json,
        omit_sensitive=settings.json.omit_sensitive | catalog.sensitive_fields,
        omit_written=settings.json.omit_written | catalog.input_only_fields,
    )
    codec = Codec(options, settings.limits, pool=catalog.pool)
    return Transcoder(
        catalog,
        codec=codec,
        limits=settings.limits,
        calls=calls,
        options=TranscodeOptions(
            default_access=access.pop("default", "signed_in"),
            access=access,
            deadline_s=settings.calls.deadline_ms / 1000,
            metadata=MetadataRules(settings.metadata),
            streams=replace(settings.calls.streams, closing=(process or Process()).closing),
            ignored_parameters=frozenset(settings.contract.ignored_parameters),
            usually=settings.clients.get("api", JsonChoices()),
            choices=settings.routes,
        ),
    )


def _transports(settings: Settings, emit: Emit) -> Mapping[str, Transport]:
    """One transport per address: services at one address share it."""
    options = settings.transport
    by_address = {
        address: transport_for(address, options, emit=emit)
        for address in set(settings.services.values())
    }
    return {service: by_address[address] for service, address in settings.services.items()}


def _metrics(metrics: Metrics) -> BaseRoute:
    async def scrape(_request: Request) -> Response:
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Route("/metrics", scrape)
