"""Run an rpc over a WebSocket: one text frame is one message, either way.

Why       HTTP/1.1 answers when the request is over, so a conversation needs another door.
Which     A rpc that streams both ways: each frame is a request. One that streams its answer alone:
          the first frame is the request, unless the rule maps no body; the URL says it all then,
          and frames are ignored, as the body of a GET is.
Called by compose/way.py.
Never     half-closes: a WebSocket can't. The call ends when the service ends it or the client
          leaves, so a rpc that answers once, at the end of its requests, is not served here.
Source    docs/spec/transcoding.md ST9; RFC 6455.
"""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing

from bff.calls.call import StreamCall
from bff.compose.endpoint import Answer, Ask, Conversation
from bff.compose.streaming import Streaming, once
from bff.contract.catalog import RpcMethod
from bff.contract.request.bind import Binder
from bff.contract.routes.http_rule import HttpBinding
from bff.terms.context import RequestContext
from bff.terms.errors import BadInput


def conversation(
    rpc: RpcMethod, binding: HttpBinding, *, binder: Binder, shared: Streaming
) -> Conversation:
    """How one binding of a rpc that streams its answer talks."""
    path = tuple(binding.response_body.split(".")) if binding.response_body else ()
    codec, reply = shared.codec, rpc.reply

    def read(wire: bytes) -> bytes:
        return codec.wire_to_json(reply, wire, path)

    def bound(ask: Ask, frame: bytes) -> bytes:
        return binder.bind(ask.values, ask.query, frame).SerializeToString()

    async def requests(ask: Ask, frames: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
        async for frame in frames if binder.body_expected else once(b""):
            yield bound(ask, frame)
            if not rpc.client_streaming:
                return

    async def converse(
        context: RequestContext, ask: Ask, frames: AsyncIterable[bytes]
    ) -> AsyncGenerator[bytes, None]:
        call = StreamCall(
            rpc=rpc.name,
            requests=requests(ask, frames),
            context=shared.lasting(context),
            read=read,
        )
        async with aclosing(shared.open(call)) as replies:
            async for one in replies:
                yield one

    most = None if rpc.client_streaming else 1
    return Conversation(run=converse, most_frames=most if binder.body_expected else 0)


async def only_over_websocket(_context: RequestContext, _ask: Ask) -> Answer:
    """What plain HTTP gets of a rpc that streams both ways."""
    raise BadInput("This is a conversation: open it as a WebSocket.", reason="upgrade-required")
