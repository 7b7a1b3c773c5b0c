"""How one rpc speaks JSON: the tools that its settings make, shared by all that have the same.

Why       Leniency is a choice per route; a codec, schemas and error documents per route would cost
          what the choice does not.
Called by compose/transcode.py, once per rpc.
Never     lets two rpcs of other settings share a schema: the document merges them by name.
Source    docs/spec/transcoding.md, settings at its top.
"""

from dataclasses import dataclass

from bff.calls.call import Calls
from bff.compose.streaming import Streaming, StreamOptions
from bff.contract.catalog import Catalog
from bff.contract.codec import Codec
from bff.contract.json_options import JsonOptions
from bff.contract.metadata import MetadataRules
from bff.contract.reply.error_details import DetailReader
from bff.contract.reply.error_document import ErrorDocuments
from bff.contract.schema import Schemas
from bff.terms.process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """`schemas` collects the components of every endpoint that has this manner."""

    codec: Codec
    schemas: Schemas
    errors: ErrorDocuments
    streaming: Streaming


class Manners:
    """The manners of one API; `usual` is that of every rpc without a choice of its own."""

    def __init__(
        self,
        catalog: Catalog,
        codec: Codec,
        *,
        calls: Calls,
        metadata: MetadataRules,
        streams: StreamOptions,
        process: Process,
    ) -> None:
        self._catalog = catalog
        self._codec = codec
        self._calls = calls
        self._metadata = metadata
        self._streams = streams
        self._process = process
        self._made: dict[JsonOptions, Manner] = {}
        self.usual = self.of(codec.options)

    def __repr__(self) -> str:
        return f"<Manners, {len(self._made)} of them>"

    def of(self, options: JsonOptions) -> Manner:
        """The manner of these options: the same for equal ones."""
        if options not in self._made:
            self._made[options] = self._manner(options)
        return self._made[options]

    def _manner(self, options: JsonOptions) -> Manner:
        codec = self._codec.under(options)
        errors = ErrorDocuments(DetailReader(options.error_details, codec), shape=options.errors)
        streaming = Streaming(
            calls=self._calls,
            codec=codec,
            limits=codec.limits,
            errors=errors,
            metadata=self._metadata,
            options=self._streams,
            process=self._process,
        )
        schemas = Schemas(options, self._catalog.describe)
        return Manner(codec=codec, schemas=schemas, errors=errors, streaming=streaming)
