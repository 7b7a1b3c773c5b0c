"""What generated clients stand on: messages in, messages out, for one request's context.

Why       A client such as UserServiceClient is made per request, so that whose request it is never
          needs guessing.
Called by compose/visit.py.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing

from google.protobuf.message import DecodeError

from bff.calls.call import Call, Calls, StreamCall, request_bytes
from bff.contract.client import Rep, Req, Rpc
from bff.terms.context import RequestContext
from bff.terms.silence import unreadable


class MessageCaller:
    """Makes calls of typed messages through the pipeline, on behalf of one request.

    Every method raises ServiceSaid or ServiceSilent; a reply that does not decode is a
    ServiceSilent.
    """

    def __init__(self, calls: Calls, context: RequestContext) -> None:
        self._calls = calls
        self._context = context

    def __repr__(self) -> str:
        return f"<MessageCaller for request {self._context.request_id}>"

    async def unary(self, rpc: Rpc[Req, Rep], request: Req, /) -> Rep:
        shared = rpc.idempotent  # twins of one request, and of one user's devices, are one call
        reply: Rep = await self._calls.make(
            Call(
                rpc=rpc.name,
                request=request_bytes(request) if shared else request.SerializeToString(),
                context=self._context,
                read=_reader(rpc),
                idempotent=shared,
                shared=shared,
            )
        )
        return reply

    def server_stream(self, rpc: Rpc[Req, Rep], request: Req, /) -> AsyncGenerator[Rep, None]:
        return self.bidi(rpc, _once(request))

    async def client_stream(self, rpc: Rpc[Req, Rep], requests: AsyncIterable[Req], /) -> Rep:
        async with aclosing(self.bidi(rpc, requests)) as replies:
            async for reply in replies:
                return reply
        raise unreadable("no reply", source=rpc.name)

    def bidi(
        self, rpc: Rpc[Req, Rep], requests: AsyncIterable[Req], /
    ) -> AsyncGenerator[Rep, None]:
        return self._calls.open(
            StreamCall(
                rpc=rpc.name,
                requests=_serialized(requests),
                context=self._context,
                read=_reader(rpc),
            )
        )


async def _once(request: Req) -> AsyncGenerator[Req, None]:
    yield request


async def _serialized(requests: AsyncIterable[Req]) -> AsyncGenerator[bytes, None]:
    async for request in requests:
        yield request.SerializeToString()


def _reader(rpc: Rpc[Req, Rep]) -> Callable[[bytes], Rep]:
    def read(wire: bytes) -> Rep:
        try:
            return rpc.reply.FromString(wire)
        except DecodeError:
            raise unreadable("the reply does not decode", source=rpc.name) from None

    return read
