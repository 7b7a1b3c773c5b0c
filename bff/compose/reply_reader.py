"""A unary reply into an answer: in the form that the client chose, with the headers it implies.

Called by compose/unary.py, inside the pipeline.
Never     reads more of a reply than an option asks for: a plain rpc's bytes go straight into JSON.
Source    docs/spec/transcoding.md 1.5, ER6, HM7, HM8, HT6, HT8.
"""

from functools import partial
from typing import Any

from google.protobuf.message import DecodeError

from bff.calls.call import Read, ReadWhole
from bff.compose.endpoint import Answer
from bff.contract.catalog import RpcMethod
from bff.contract.codec import Codec
from bff.contract.field_path import walk
from bff.contract.media.http_body import INERT, answers_raw, raw_body
from bff.contract.metadata import MetadataRules
from bff.contract.reply.headers import headers_of
from bff.contract.reply.scrub import Scrubber
from bff.contract.request.protobuf_body import PROTOBUF
from bff.contract.routes.http_rule import HttpBinding
from bff.contract.routes.rest_options import RestOptions
from bff.terms.context import Metadata
from bff.terms.silence import unreadable

_JSON = "application/json"
_RAW = ""
"""What was chosen where there is no choice."""
_VARIANT = "pb"
"""Marks the ETag of the binary form: one version of a thing has one tag per form."""


class ReplyReader:
    """Reads the replies of one binding of one unary rpc."""

    def __init__(
        self,
        rpc: RpcMethod,
        binding: HttpBinding,
        *,
        codec: Codec,
        rest: RestOptions,
        metadata: MetadataRules,
    ) -> None:
        self._reply = rpc.reply
        self._path = tuple(binding.response_body.split(".")) if binding.response_body else ()
        self._codec = codec
        self._rest = rest
        self._metadata = metadata
        self._scrubber = Scrubber(codec)
        plain = not (rest.read_from_reply or rest.empty)
        self._raw = answers_raw(rpc.reply, self._path)
        self.produces = self._offers()
        self._reads: dict[str, Read] = {
            kind: self._plain if plain and kind == _JSON else partial(self._whole, kind)
            for kind in self.produces or (_RAW,)
        }

    def __repr__(self) -> str:
        return f"<ReplyReader of {self._reply.DESCRIPTOR.full_name}>"

    def read(self, media_type: str) -> Read:
        """What reads a reply for a client that chose this type."""
        return self._reads[media_type]

    def read_whole(self, media_type: str) -> ReadWhole | None:
        """The same with metadata, None where no metadata may reach a client anyway."""
        if not self._metadata.answers:
            return None
        return partial(self._with_metadata, self._reads[media_type])

    def _plain(self, wire: bytes) -> Answer:
        return Answer(body=self._codec.wire_to_json(self._reply, wire, self._path))

    def _whole(self, media_type: str, wire: bytes) -> Answer:
        try:
            message = self._reply.FromString(wire)
        except DecodeError:
            raise unreadable("the reply does not decode") from None
        variant = "" if media_type in (_JSON, _RAW) else _VARIANT
        headers = headers_of(self._rest, message, variant=variant)
        if self._rest.empty:
            return Answer(body=b"", media_type="", headers=headers)
        if self._raw:
            raw = raw_body(message, self._path)
            return Answer(body=raw.data, media_type=raw.media_type, headers=(*headers, *INERT))
        body = self._codec.write(message, self._path) if not variant else self._binary(message)
        return Answer(body=body, media_type=media_type, headers=headers)

    def _with_metadata(self, read: Read, wire: bytes, metadata: Metadata) -> Answer:
        answer: Answer = read(wire)
        more = self._metadata.outbound(metadata)
        return answer.with_headers(more) if more else answer

    def _binary(self, message: Any) -> bytes:
        for name in self._path:
            message = getattr(message, name)
        return self._scrubber.scrubbed(message)

    def _offers(self) -> tuple[str, ...]:
        """() for raw bytes: their media type is in the reply (HB2)."""
        if self._raw:
            return ()
        return (_JSON, *PROTOBUF) if self._is_message() else (_JSON,)

    def _is_message(self) -> bool:
        """Whether what is answered is one message: a list or a scalar has no binary form."""
        if not self._path:
            return True
        reply: Any = self._reply.DESCRIPTOR
        field = walk(reply, self._path)[-1]
        return field.message_type is not None and not field.is_repeated
