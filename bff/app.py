"""The roof: wires the rooms together, by plain calls, from the operator's settings.

Called by cli.py, reload.py, serve.py, tryout.py, tests/journeys.
Never     decides anything that a room could decide; never starts with a mistake in the contract.

    bff = assemble(settings)       # raises ContractMistakes: every mistake at once
    bff.public                     # the ASGI app of the public port
    bff.admin                      # the ASGI app of the admin port
    async with bff.running(): ...  # key sets refreshed, connections closed at the end
"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bff.calls.cache import Cache, cache_of
from bff.calls.call import Calls
from bff.calls.pipeline import pipeline
from bff.calls.readiness import Readiness
from bff.compose.blueprint import Blueprint
from bff.contract.metadata import MetadataRules
from bff.edge import htmx
from bff.edge.batches.part import Inside
from bff.edge.browser.browser import Browser
from bff.edge.by_hand import ByHand, named
from bff.edge.compression import Compression
from bff.edge.forwarded import Proxies
from bff.edge.front import App, Front, FrontOptions
from bff.edge.health import Ailments, health
from bff.edge.login_pages import login_routes
from bff.edge.problem import Problems
from bff.edge.purge import purging
from bff.edge.refresh import refresh_routes
from bff.edge.service_keys import service_keys
from bff.edge.shell import shell
from bff.guarding import Guarding, guarding_of, known_by
from bff.publish.pages import pages
from bff.reach import calls_of, check_reach, service_identity_of, transports_of
from bff.served import Means, blueprint_of
from bff.settings import Settings
from bff.sources import Sources, edition_of, read_files
from bff.stores.shelves import Shelves
from bff.telemetry.metrics import CONTENT_TYPE, Metrics
from bff.terms.context import Identity
from bff.terms.events import Emit, silence
from bff.terms.mistakes import ContractMistake, ContractMistakes, collected
from bff.terms.process import Process
from bff.transport.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Bff:
    """One assembled BFF, not yet listening.

    made_in  the process that assembled it, and the only one that may run it
    """

    settings: Settings
    blueprint: Blueprint
    calls: Calls
    public: App
    admin: App
    guarding: Guarding
    readiness: Readiness
    transports: Mapping[str, Transport]
    by_hand: ByHand | None
    cache: Cache | None
    shelves: Shelves
    made_in: int = field(default_factory=os.getpid)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bff"]:
        """Refresh key sets while inside; close every connection on the way out.

        Raises ContractMistakes where a team's own app refuses to start, and after a fork: a child
        would share its parent's connections, and answer with what others asked
        """
        if os.getpid() != self.made_in:
            what = "it was assembled before this process was forked: assemble it in the child"
            raise ContractMistakes.of([ContractMistake(what, where="server.workers")])
        async with AsyncExitStack() as stack:
            for transport in set(self.transports.values()):
                stack.push_async_callback(transport.close)
            stack.push_async_callback(self.readiness.close)
            stack.push_async_callback(self.shelves.close)
            if self.cache is not None:
                stack.push_async_callback(self.cache.close)
            stack.push_async_callback(self.guarding.stop)
            await self.guarding.start()
            if self.by_hand is not None:
                await stack.enter_async_context(self.by_hand.running())
            yield self


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
    found = read_files(settings) if sources is None else sources
    settings = found.addressed(settings)
    process = process or Process()
    try:
        return _assembled(
            settings, found, emit=emit, metrics=metrics, act_as=act_as, process=process
        )
    except ContractMistakes as first:
        raise _every(settings, found, first) from None


def _every(settings: Settings, found: Sources, first: ContractMistakes) -> ContractMistakes:
    """With those of whatever does not depend on what has stopped the assembly."""
    mistakes = [*first.each]
    if not (found.mistakes and settings.contract.reflect):  # who was not reached named no services
        with collected(mistakes):
            check_reach(settings)
    with collected(mistakes):
        known_by(settings, Shelves(settings.store), emit=silence, process=Process())
    with collected(mistakes):
        if settings.server.handlers:
            named(settings.server.handlers)
    with collected(mistakes):
        catalog = found.catalog()
        with collected(mistakes):
            service_identity_of(settings, catalog.services)
        blueprint_of(settings, pipeline({}, emit=silence), found, catalog=catalog)
    return ContractMistakes.of(mistakes)


def _assembled(
    settings: Settings,
    found: Sources,
    *,
    emit: Emit,
    metrics: Metrics,
    act_as: Identity | None,
    process: Process,
) -> Bff:
    catalog, shelves = found.catalog(), Shelves(settings.store, emit=emit)
    transports = transports_of(settings, emit)
    shared = shelves.cache(edition=edition_of(found, settings)) if settings.store.url else None
    cache = cache_of(settings.cache, emit, shared=shared, near_s=shelves.near_s)
    telling = service_identity_of(settings, catalog.services, emit)
    calls = calls_of(settings, catalog, transports, telling=telling, cache=cache, emit=emit)

    def inside() -> Inside:  # asked when a batch comes: both are there by then
        return Inside(public, blueprint.router)

    means = Means(cache=cache, inside=inside, process=process, shelves=shelves)
    blueprint = blueprint_of(settings, calls, found, catalog=catalog, means=means)
    guarding = guarding_of(settings, blueprint, shelves, emit=emit, act_as=act_as, process=process)
    readiness, documents = Readiness(transports), pages(blueprint)
    probes = health(_ailments(readiness, guarding), shelves.remarks, process=process)
    around, by_hand = [*probes, *service_keys(telling.document)], _by_hand(settings, blueprint)
    shown = [*around, *(documents if settings.server.docs else ())]
    public = _public(settings, blueprint, guarding, shown=shown, by_hand=by_hand, emit=emit)
    admin = shell([*around, _metrics(metrics), _purge(settings, cache), *documents])
    return Bff(
        settings=settings,
        blueprint=blueprint,
        calls=calls,
        public=public,
        admin=admin,
        guarding=guarding,
        readiness=readiness,
        transports=transports,
        by_hand=by_hand,
        cache=cache,
        shelves=shelves,
    )


def _public(
    settings: Settings,
    blueprint: Blueprint,
    guarding: Guarding,
    *,
    shown: Sequence[BaseRoute],
    by_hand: ByHand | None,
    emit: Emit,
) -> Front:
    """The front door, and behind it what else is on its port."""
    options = _front_options(settings, blueprint)
    routes = [*shown, *htmx.routes(blueprint.endpoints), *refresh_routes(settings.refresh, emit)]
    if guarding.sessions is not None:
        routes += login_routes(guarding.sessions)
    behind = shell(routes, problems=options.problems, beyond=by_hand)
    return Front(blueprint, shell=behind, gate=guarding.gate, emit=emit, options=options)


def _by_hand(settings: Settings, blueprint: Blueprint) -> ByHand | None:
    name = settings.server.handlers
    return ByHand(name, Problems(blueprint.errors)) if name else None


def _purge(settings: Settings, cache: Cache | None) -> BaseRoute:
    return purging(cache.purge if cache else None, settings.admin)


def _ailments(readiness: Readiness, guarding: Guarding) -> Ailments:
    async def ailments() -> Mapping[str, str]:
        return {**await readiness.ailments(), **guarding.ailments()}

    return ailments


def _front_options(settings: Settings, blueprint: Blueprint) -> FrontOptions:
    return FrontOptions(
        problems=Problems(blueprint.errors),
        metadata=MetadataRules(settings.metadata),
        proxies=Proxies(settings.server.trusted_proxies),
        compression=Compression(settings.compression),
        browser=Browser(settings.browser, settings.cors, settings.cors_paths),
        inflate=settings.limits.inflate,
    )


def _metrics(metrics: Metrics) -> BaseRoute:
    async def scrape(_request: Request) -> Response:
        return Response(metrics.render(), media_type=CONTENT_TYPE)

    return Route("/metrics", scrape)
