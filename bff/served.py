"""Everything that some settings serve, as one Blueprint: rpcs, screens, and batches of both.

Called by app, and by the commands that look at it and serve nothing.
Never     starts with a mistake in the contract.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bff import __version__
from bff.calls.cache import Cache
from bff.calls.call import Calls
from bff.compose.admission import admitting, default_access
from bff.compose.blueprint import Blueprint
from bff.compose.cursors import paging
from bff.compose.endpoint import Endpoint
from bff.compose.idempotency import writes_once
from bff.compose.ranking import ranked
from bff.compose.transcode import TranscodeOptions, Transcoder
from bff.contract.catalog import Catalog
from bff.contract.codec import Codec
from bff.contract.json_options import JsonChoices
from bff.contract.metadata import MetadataRules
from bff.contract.reply.error_document import ErrorDocuments
from bff.edge.batches.batch import Batch, is_batched
from bff.edge.batches.part import Inside
from bff.gate import VISITS
from bff.guard.limits.quotas import check_quotas
from bff.screens import Screens
from bff.settings import Settings
from bff.sources import Sources, read_files
from bff.stores.shelves import Shelves
from bff.terms.access import SIGNED_IN
from bff.terms.mistakes import ContractMistake, collected, raise_any
from bff.terms.process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What it takes to serve, and not to look at what would be served.

    cache    where views keep what may be kept
    inside   the door for a batch's requests
    process  whose end its streams hear of
    shelves  where writes with a key are remembered
    """

    cache: Cache | None = None
    inside: Callable[[], Inside] | None = None
    process: Process | None = None
    shelves: Shelves | None = None


TO_LOOK_AT = Means()


def blueprint_of(
    settings: Settings,
    calls: Calls,
    sources: Sources | None = None,
    *,
    catalog: Catalog | None = None,
    means: Means = TO_LOOK_AT,
) -> Blueprint:
    """Everything that these settings serve. Raises ContractMistakes.

    sources  as `assemble` takes it
    catalog  that of the sources, where somebody made it already
    """
    found = read_files(settings) if sources is None else sources
    mistakes: list[ContractMistake] = []
    endpoints: list[Endpoint] = []
    transcoder = None
    catalog = found.catalog() if catalog is None else catalog
    with collected(mistakes):
        if settings.contract.has_services:
            transcoder = _transcoder(settings, calls, catalog, means.process)
            endpoints += paging(transcoder.endpoints(), settings.cursors)
    errors = transcoder.errors if transcoder else ErrorDocuments(shape=settings.json.errors)
    with collected(mistakes):
        if settings.contract.views:
            screens = Screens(
                settings=settings, calls=calls, catalog=catalog, cache=means.cache, errors=errors
            )
            endpoints += screens.endpoints()
    raise_any(mistakes)
    if is_batched(settings.batch, endpoints):
        inside, limits = means.inside, settings.limits
        endpoints.append(
            Batch(settings.batch, inside=inside, limits=limits, errors=errors).endpoint
        )
    endpoints = _as_chosen(endpoints, settings, means, mistakes)
    with collected(mistakes):
        blueprint = Blueprint(
            admitting(endpoints, settings.access),
            title=settings.server.title,
            version=__version__,
            fully_decode=found.exposure.fully_decode,
            errors=errors,
            tags=transcoder.tags if transcoder else {},
            unchecked=transcoder.unchecked if transcoder else (),
            has_sessions=bool(settings.login.issuer),
        )
    raise_any(mistakes)
    return blueprint


def _as_chosen(
    endpoints: list[Endpoint], settings: Settings, means: Means, mistakes: list[ContractMistake]
) -> list[Endpoint]:
    """With what the operator says of them by name."""
    records = (means.shelves or Shelves(settings.store)).records("idempotency")
    with collected(mistakes):
        endpoints = writes_once(endpoints, records, settings.idempotency, own=settings.idempotent)
    with collected(mistakes):
        endpoints = ranked(endpoints, settings.criticality)
    with collected(mistakes):
        check_quotas(settings.quotas, endpoints=endpoints, visits=VISITS)
    return endpoints


def _transcoder(
    settings: Settings, calls: Calls, catalog: Catalog, process: Process | None
) -> Transcoder:
    default = settings.access.get("default", str(SIGNED_IN))
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
            default_access=default_access(default),
            deadline_s=settings.calls.deadline_ms / 1000,
            metadata=MetadataRules(settings.metadata),
            streams=settings.calls.streams,
            ignored_parameters=frozenset(settings.contract.ignored_parameters),
            usually=settings.clients.get("api", JsonChoices()),
            choices=settings.routes,
        ),
        process=process,
    )
