"""Run a server streaming rpc as an endpoint: one request, an answer that comes message by message.

Why       What fails before the first message must have its real status, so the head of the answer
          waits for a sign of life; what fails later can only be the last record of the stream.
When      The head is sent when the first message is here, when the service has opened the stream
          (its initial metadata came), or when the endpoint's deadline has passed in silence: a
          watch that has nothing to tell is no failure, and a browser never comes back to an
          EventSource that was answered with an error. From then on only the stream's own deadline
          holds; dead connections are the transport's to find. Raw bytes wait for the first of
          them, which knows their type.
Called by compose/way.py, once per binding of a server streaming rpc.
Never     asks the service for a message before the one before it was sent on (ST6).
Source    docs/spec/transcoding.md ST1-ST7, ST10, HB4.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import orjson
from google.protobuf.message import DecodeError

from bff.calls.call import StreamCall
from bff.compose.ahead import END, Ahead
from bff.compose.endpoint import Ask, Streamed
from bff.compose.frames import FRAMINGS, Framing
from bff.compose.streaming import Streaming, once, overdue
from bff.contract.catalog import RpcMethod
from bff.contract.media.http_body import INERT, RawBody, answers_raw, raw_body
from bff.contract.media.types import OCTETS
from bff.contract.reply.error_document import HIDDEN_DETAIL, Place
from bff.contract.request.bind import Binder
from bff.contract.request.protobuf_body import ProtobufBody
from bff.contract.request.resume import LAST_EVENT_ID, LastEventId, Resume
from bff.contract.routes.http_rule import HttpBinding
from bff.terms.closing import Ending
from bff.terms.codes import Code
from bff.terms.context import Metadata, RequestContext
from bff.terms.errors import Failure
from bff.terms.silence import unreadable

GRACE_S = 0.02
"""An error without messages comes right behind the metadata that would open a stream."""

Record = tuple[bytes, str]
"""(document, event id)"""
Chunks = AsyncGenerator[bytes, None]


class ServerStream:
    """One binding of a server streaming rpc.

    place  a service's field path to where the client sent that field
    """

    def __init__(
        self,
        rpc: RpcMethod,
        binding: HttpBinding,
        *,
        binder: Binder,
        resume: Resume,
        place: Place,
        shared: Streaming,
    ) -> None:
        self._rpc = rpc
        self._binder = binder
        self._binary = ProtobufBody.of(rpc.request, binding, shared.codec)
        self._path = tuple(binding.response_body.split(".")) if binding.response_body else ()
        self._raw = answers_raw(rpc.reply, self._path)
        self._event_id = resume.event_id
        self._resume = LastEventId.of(rpc.request, resume, codec=shared.codec, limits=shared.limits)
        self._place = place
        self._shared = shared

    def __repr__(self) -> str:
        return f"<ServerStream of {self._rpc.name}>"

    @property
    def produces(self) -> tuple[str, ...]:
        """The media types to choose from; () for raw bytes, which have a type of their own."""
        return () if self._raw else tuple(FRAMINGS)

    async def run(self, context: RequestContext, ask: Ask) -> Streamed:
        """Open the stream. Raises as the service fails, until there is a sign of life."""
        heard = _Heard()
        read = self._read_raw if self._raw else self._reader(FRAMINGS[ask.accept])
        call = StreamCall(
            rpc=self._rpc.name,
            requests=once(self._request(ask)),
            context=self._shared.lasting(context),
            read=read,
            hear=heard,
        )
        if self._raw:
            chunks = self._raw_chunks(self._shared.open(call), context)
        else:
            ahead = Ahead[Record](self._shared.calls.open(call))
            chunks = self._framed(ahead, context, heard=heard, accept=ask.accept)
        media_type = await anext(chunks)
        return Streamed(
            media_type=media_type.decode("latin-1"),
            chunks=chunks,
            headers=(
                *self._shared.metadata.outbound(heard.metadata),
                *(INERT if self._raw else ()),
            ),
            tells_errors=not self._raw,
        )

    def _request(self, ask: Ask) -> bytes:
        body, content_type = self._binary.as_json(ask.body, ask.content_type)
        message = self._binder.bind(ask.values, ask.query, body, content_type=content_type)
        event_id = ask.headers.get(LAST_EVENT_ID, "")
        if event_id and self._resume is not None:
            self._resume.into(message, event_id)
        return message.SerializeToString()

    async def _framed(
        self, ahead: Ahead[Record], context: RequestContext, *, heard: "_Heard", accept: str
    ) -> Chunks:
        """The media type once the stream is open, then its records."""
        framing = FRAMINGS[accept]
        count = 0
        with self._shared.ending(context) as told:
            async with aclosing(ahead):
                await heard.open(ahead, within_s=context.deadline.remaining_s())
                yield accept.encode()
                try:
                    while True:
                        while not await self._arrives(ahead, told):
                            if framing.heartbeat:
                                yield framing.heartbeat
                        record = await ahead.take()
                        if record is END:
                            break
                        document, event_id = record
                        count += 1
                        yield framing.record(document, count - 1, event_id or self._number(count))
                except Exception as error:
                    yield framing.error(self._told(error, context), count)
                    raise
                if ending := framing.end(count):
                    yield ending

    async def _raw_chunks(
        self, pieces: AsyncGenerator[RawBody, None], context: RequestContext
    ) -> Chunks:
        """The media type of the first piece, then the bytes of all, with nothing between (HB4)."""
        async with aclosing(pieces):
            try:
                async with asyncio.timeout(context.deadline.remaining_s()):
                    piece = await anext(pieces, None)
            except TimeoutError:
                raise overdue(self._rpc.name) from None
            yield (OCTETS if piece is None else piece.media_type).encode("latin-1")
            while piece is not None:
                if piece.data:
                    yield piece.data
                piece = await anext(pieces, None)

    def _number(self, count: int) -> str:
        """An id for those who have none. A proto that names a field gives ids, or none at all."""
        return "" if self._event_id else str(count)

    async def _arrives(self, ahead: Ahead[Record], told: Ending) -> bool:
        arrived = await ahead.arrives(self._shared.options.heartbeat_s, unless=told)
        self._shared.check(told)
        return arrived

    def _reader(self, framing: Framing) -> Callable[[bytes], Record]:
        codec, reply, path = self._shared.codec, self._rpc.reply, self._path
        named = self._event_id if framing.numbered else ()

        def read(wire: bytes) -> Record:
            event_id = codec.wire_to_json(reply, wire, named) if named else b""
            return codec.wire_to_json(reply, wire, path), _bare(event_id)

        return read

    def _read_raw(self, wire: bytes) -> RawBody:
        try:
            return raw_body(self._rpc.reply.FromString(wire), self._path)
        except DecodeError:
            raise unreadable("a piece of the answer does not decode") from None

    def _told(self, error: Exception, context: RequestContext) -> bytes:
        """The error document of a failure on the way; a bug of ours is told as that, no more."""
        bug = Failure(HIDDEN_DETAIL, code=Code.INTERNAL)
        failure = error if isinstance(error, Failure) else bug
        languages = context.headers.get("accept-language", "")
        document = self._shared.errors.of(
            failure, context.request_id, languages=languages, place=self._place
        )
        return document.body


class _Heard:
    """Hears that the service has opened the stream, and with which metadata."""

    def __init__(self) -> None:
        self.metadata: Metadata = ()
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __repr__(self) -> str:
        return f"<_Heard {'open' if self._opened.done() else 'nothing'}>"

    def __call__(self, metadata: Metadata) -> None:
        """The initial metadata; what comes at the end comes too late to be a header."""
        if not self._opened.done():
            self.metadata = metadata
            self._opened.set_result(None)

    async def open(self, ahead: Ahead[Any], *, within_s: float) -> None:
        """Wait for a sign of life, or for the time to pass. Raises an early failure."""
        arrived = await ahead.arrives(within_s, unless=self._opened)
        if not arrived and self._opened.done():
            await ahead.arrives(GRACE_S)
        ahead.raise_early()


def _bare(event_id: bytes) -> str:
    """A field's JSON as an event's id: a text without its quotes, "" for what is not set."""
    if event_id.startswith(b'"'):
        return str(orjson.loads(event_id))
    return "" if event_id == b"null" else event_id.decode()
