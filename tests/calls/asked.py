"""A service that answers when the test says so, and calls to it: doubles.

Called by tests/calls/test_coalesce.py, test_cache.py, test_crossings.py.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, field
from typing import Any

from bff.calls.call import Call, Calls, Make
from bff.calls.keep import Keep
from bff.calls.policies import Policies
from bff.calls.retry import RetryPolicy
from bff.terms.codes import Code
from bff.terms.context import NOBODY, Identity, Metadata, RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSaid, ServiceSilent
from bff.transport.transport import Hear

RPC = "shop.catalog.v1.CatalogService/GetProduct"
LATE = ServiceSilent("late", reason="upstream-timeout", code=Code.DEADLINE_EXCEEDED)
DOWN = ServiceSilent("down")
ONCE = Policies(retry=RetryPolicy(retries=0))
"""A service that fails is not asked again: the test says what it answers, each time."""


def down() -> ServiceSilent:
    """Another one: an exception raised again and again keeps the frames of each time."""
    return ServiceSilent("down")


def denied() -> ServiceSaid:
    return ServiceSaid("no", code=Code.PERMISSION_DENIED, source=RPC)


@dataclass(slots=True, eq=False)
class Heard:
    """One call that reached the service. `reply` is what it waits for."""

    request: bytes
    metadata: Metadata
    deadline: Deadline
    reply: "asyncio.Future[bytes]"


@dataclass(frozen=True, slots=True)
class Service:
    """A transport that can only be awaited."""

    heard: list[Heard] = field(default_factory=list)

    async def unary(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> bytes:
        reply = asyncio.get_running_loop().create_future()
        self.heard.append(Heard(request, metadata, deadline, reply))
        wire: bytes = await reply
        if hear:
            hear((("x-said", "by the service"),))
        return wire

    def stream(
        self, path: str, requests: AsyncIterable[bytes], **_: Any
    ) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StartingService(Service):
    """One that calls back, as our own HTTP/2 does."""

    given_up: list[Any] = field(default_factory=list)

    def start(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        done: Any,
        hear: Hear | None = None,
    ) -> Heard:
        reply = asyncio.get_running_loop().create_future()
        heard = Heard(request, metadata, deadline, reply)
        self.heard.append(heard)

        def told(reply: "asyncio.Future[bytes]") -> None:
            if not reply.cancelled():
                failure = reply.exception()
                if hear and not failure:
                    hear((("x-said", "by the service"),))
                done(b"" if failure else reply.result(), failure)

        reply.add_done_callback(told)
        return heard

    def cancel(self, call: Heard) -> None:
        self.given_up.append(call)
        call.reply.cancel()


def a_context(
    subject: str = "ada", *, seconds: float = 60.0, request_id: str = "r-1", **metadata: str
) -> RequestContext:
    """Of a request by `subject`, "" for nobody, whose token is sent along."""
    who = Identity(subject, "idp") if subject else NOBODY
    sent = {"x-request-id": request_id, "authorization": f"Bearer {subject}", **metadata}
    return RequestContext(request_id, Deadline.after(seconds), who, metadata=tuple(sent.items()))


def a_call(context: RequestContext | None = None, **changed: Any) -> Call:
    """A shared one."""
    call = Call(RPC, b"p-1", context or a_context(), bytes.decode, idempotent=True, shared=True)
    return call._replace(**changed)


def kept(context: RequestContext | None = None, **seconds: Any) -> Call:
    """One that is kept: `seconds` as Keep has them."""
    return a_call(context, keep=Keep(**seconds))


def by_callbacks(calls: Calls) -> Make:
    """The calls that can be begun without waiting, awaited; the others as ever."""

    async def make(call: Call) -> Any:
        came: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def done(value: Any, error: Exception | None) -> None:
            if error is None:
                came.set_result(value)
            else:
                came.set_exception(error)

        cancel = calls.begin(call, done)
        if cancel is None:
            return await calls.make(call)
        try:
            return await came
        except asyncio.CancelledError:
            cancel()
            raise

    return make


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(8):
        await asyncio.sleep(0)
