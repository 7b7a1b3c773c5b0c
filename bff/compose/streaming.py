"""What all streams of one BFF share: the means, and the times that hold for them.

Why       A stream has no one deadline: how long may it live, how long may either side be silent?
          Each has its own answer here. And whatever lasts hears here that it must end: with the
          process, or with the session or the token that it was let in with.
Called by app (fills the options), compose/way.py (hands it to streams, uploads, conversations).
Source    docs/spec/transcoding.md 1.7; docs/spec/reliability.md section 2; docs/spec/bad-input.md
          row 121.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any

from bff.calls.call import Calls, StreamCall
from bff.compose.ahead import END, Ahead
from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits
from bff.contract.metadata import MetadataRules
from bff.contract.reply.error_document import ErrorDocuments
from bff.terms.closing import Ending, end
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent
from bff.terms.process import Process
from bff.terms.standing import token_expired


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """The endpoint's own deadline is for the first sign of life; these are for what comes after.

    deadline_s   the whole stream, however lively
    heartbeat_s  a silence of the service after which text/event-stream gets a comment
    pause_s      how long a client may take to send one message of an upload
    messages     the most that one upload may have
    """

    deadline_s: float = 3_600.0
    heartbeat_s: float = 15.0
    pause_s: float = 30.0
    messages: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """One per manner of a BFF."""

    calls: Calls
    codec: Codec
    limits: JsonLimits
    errors: ErrorDocuments
    metadata: MetadataRules
    options: StreamOptions
    process: Process

    def lasting(self, context: RequestContext) -> RequestContext:
        """The context of the stream's call: a stream outlives the endpoint's deadline."""
        return context._replace(deadline=Deadline.after(self.options.deadline_s))

    async def open(
        self, call: StreamCall, *, whole: Callable[[], bool] = lambda: False
    ) -> AsyncGenerator[Any, None]:
        """The replies. Raises as `check` does, unless the request is `whole` by then: it may have
        been done already, so its answer is waited for.
        """
        with self.ending(call.context) as told:
            async with aclosing(Ahead(self.calls.open(call))) as ahead:
                while True:
                    await ahead.arrives(None, unless=told)
                    if not whole():
                        self.check(told)
                    if (reply := await ahead.take()) is END:
                        return
                    yield reply

    @contextmanager
    def ending(self, context: RequestContext) -> Iterator[Ending]:
        """Done when the process, or the session or token of whoever asked, ends its streams."""
        loop = asyncio.get_running_loop()
        told: Ending = loop.create_future()
        closing, standings, session = self.process.closing, self.process.standings, context.session
        until_s, expiry = context.identity.until_s, None
        closing.join(told)
        if session:
            standings.join(session, told)
        if until_s < inf:
            expiry = loop.call_later(max(0.0, until_s - monotonic()), end, told, token_expired)
        try:
            yield told
        finally:
            closing.leave(told)
            if session:
                standings.leave(session, told)
            if expiry is not None:
                expiry.cancel()

    def check(self, told: Ending) -> None:
        """Raises what that ends with, once it is done: ServiceSilent (shutting-down), Refused
        (session-expired; unauthenticated for a token).
        """
        if told.done():
            last = told.result()
            raise last()


def overdue(rpc: str) -> ServiceSilent:
    """The service gave no sign of life within the endpoint's deadline."""
    return ServiceSilent(
        "A service that this needs did not answer in time.",
        reason="upstream-timeout",
        code=Code.DEADLINE_EXCEEDED,
        source=rpc,
    )


async def once(item: bytes) -> AsyncGenerator[bytes, None]:
    """A stream of one."""
    yield item
