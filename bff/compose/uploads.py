"""Run a client streaming rpc as an endpoint: a body of many messages, one answer.

Why       An import must not be in memory, and its third message may be wrong: each message is
          checked and sent while the next one is still on its way.
Which     Path and query are part of every message, so each is a whole request by itself and none
          can say another parent than the path (the path wins). The bytes of a google.api.HttpBody
          are one file cut in pieces: there the first message alone has the other fields (HB4).
Whose turn  A client has `pause_s` for each message. The service has the endpoint's deadline for
          each message that it takes, and for its answer after the last.
Called by compose/way.py, once per binding of a client streaming rpc.
Never     ends the requests where the body is wrong: the service would take the half for the whole.
          The call is cancelled instead.
Source    docs/spec/transcoding.md ST8, HB4; docs/spec/bad-input.md row 121.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing

from bff.calls.call import StreamCall
from bff.compose.documents import Documents
from bff.compose.endpoint import Answer, Ask
from bff.compose.reply_reader import ReplyReader
from bff.compose.streaming import Streaming, once, overdue
from bff.contract.catalog import RpcMethod
from bff.contract.media.types import check_json
from bff.contract.request.bind import Binder
from bff.contract.request.multipart import is_form
from bff.terms.context import Metadata, RequestContext
from bff.terms.errors import BadInput, Violation
from bff.terms.silence import unreadable

RAW_PIECE_BYTES = 64 * 1024
_LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})


class Upload:
    """One binding of a client streaming rpc."""

    def __init__(
        self, rpc: RpcMethod, *, binder: Binder, replies: ReplyReader, shared: Streaming
    ) -> None:
        self._rpc = rpc
        self._binder = binder
        self._replies = replies
        self._shared = shared

    def __repr__(self) -> str:
        return f"<Upload to {self._rpc.name}>"

    async def run(self, context: RequestContext, ask: Ask) -> Answer:
        """Raises BadInput for a message that is wrong, late or too large; as the service fails;
        as Streaming.open where the end comes before the last message.
        """
        check_type(ask, raw=self._binder.takes_raw_body)
        try:
            async with asyncio.timeout(None) as limit:
                turns = _Turns(limit, budget_s=context.deadline.remaining_s())
                return await self._answer(context, ask, turns)
        except TimeoutError:
            raise overdue(self._rpc.name) from None

    async def _answer(self, context: RequestContext, ask: Ask, turns: "_Turns") -> Answer:
        heard: list[tuple[str, str | bytes]] = []
        call = StreamCall(
            rpc=self._rpc.name,
            requests=turns.taken(self._messages(ask)),
            context=self._shared.lasting(context),
            read=self._replies.read(ask.accept),
            hear=heard.extend,
        )
        found: Answer | None = None
        async with aclosing(self._shared.open(call, whole=turns.over)) as replies:
            async for reply in replies:
                if found is not None:
                    raise unreadable("more than one reply")
                found = reply
        if found is None:
            raise unreadable("no reply")
        return found.with_headers(self._outbound(tuple(heard)))

    def _outbound(self, metadata: Metadata) -> tuple[tuple[str, str], ...]:
        return self._shared.metadata.outbound(metadata)

    async def _messages(self, ask: Ask) -> AsyncGenerator[bytes, None]:
        number = 0
        async with aclosing(self._parts(ask)) as parts:
            while (part := await self._next(parts)) is not None:
                if number == self._shared.options.messages:
                    what = f"one upload may have at most {number} messages"
                    raise BadInput(what, reason="too-complex")
                yield self._message(ask, part, number)
                number += 1

    async def _next(self, parts: AsyncGenerator[bytes, None]) -> bytes | None:
        try:
            async with asyncio.timeout(self._shared.options.pause_s):
                return await anext(parts, None)
        except TimeoutError:
            what = "The next message took too long to arrive."
            raise BadInput(what, reason="request-timeout") from None

    def _parts(self, ask: Ask) -> AsyncGenerator[bytes, None]:
        pieces = ask.pieces if ask.pieces is not None else once(ask.body)
        if not self._binder.body_expected:
            return once(b"")
        if self._binder.takes_raw_body:
            return _cut(pieces)
        lines = ask.content_type.partition(";")[0].strip().lower() in _LINES
        return _documents(pieces, Documents(most_bytes=self._shared.limits.body_bytes, lines=lines))

    def _message(self, ask: Ask, part: bytes, number: int) -> bytes:
        if self._binder.takes_raw_body:
            if number:
                return self._binder.further(part).SerializeToString()
            bound = self._binder.bind(ask.values, ask.query, part, content_type=ask.content_type)
            return bound.SerializeToString()
        try:
            return self._binder.bind(ask.values, ask.query, part).SerializeToString()
        except BadInput as bad:
            raise _numbered(bad, number) from None


class _Turns:
    """Stops the clock while the client is at work, and starts it again for the service."""

    def __init__(self, limit: asyncio.Timeout, *, budget_s: float) -> None:
        self._limit = limit
        self._budget_s = budget_s
        self._over = False

    def over(self) -> bool:
        """Whether the client has said all."""
        return self._over

    def __repr__(self) -> str:
        return f"<_Turns of {self._budget_s} s, {self._limit!r}>"

    async def taken(self, messages: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """The same messages; after each, and after the last, the service's time runs."""
        async with aclosing(messages):
            async for message in messages:
                self._start()
                yield message
                self._limit.reschedule(None)
            self._over = True
            self._start()

    def _start(self) -> None:
        self._limit.reschedule(asyncio.get_running_loop().time() + self._budget_s)


def check_type(ask: Ask, *, raw: bool) -> None:
    """Raises BadInput for a body that says it is no JSON, one or many; raw bytes may be anything
    but a form.
    """
    kind = ask.content_type.partition(";")[0].strip().lower()
    if raw and is_form(ask.content_type):
        what = "Send the file itself as the body, not in a form."
        raise BadInput(what, reason="unsupported-media-type")
    if not raw and kind not in _LINES:
        check_json(ask.content_type)


async def _documents(
    pieces: AsyncIterable[bytes], documents: Documents
) -> AsyncGenerator[bytes, None]:
    async for piece in pieces:
        for document in documents.feed(piece):
            yield document
    for document in documents.end():
        yield document


async def _cut(pieces: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """Pieces of one size; an empty body is one empty piece, since the message has other fields."""
    part = bytearray()
    count = 0
    async for piece in pieces:
        part += piece
        while len(part) >= RAW_PIECE_BYTES:
            yield bytes(part[:RAW_PIECE_BYTES])
            del part[:RAW_PIECE_BYTES]
            count += 1
    if part or not count:
        yield bytes(part)


def _numbered(bad: BadInput, number: int) -> BadInput:
    """The same, naming the message: pointers begin with its place, as if the body were an array."""
    found = tuple(
        Violation(f"/{number}{one.path}", one.message) if one.path[:1] in ("", "/") else one
        for one in bad.violations
    )
    return BadInput(f"message {number}: {bad.detail}", reason=bad.reason, violations=found)
