"""What all streams of one BFF share: the means, and the times that hold for them.

Why       A stream has no one deadline: how long may it live, how long may either side be silent?
          Each has its own answer here.
Called by app (fills the options), compose/way.py (hands it to streams, uploads, conversations).
Source    docs/spec/transcoding.md 1.7; docs/spec/reliability.md section 2; docs/spec/bad-input.md
          row 121.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from bff.calls.call import Calls, StreamCall
from bff.compose.ahead import END, Ahead
from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits
from bff.contract.metadata import MetadataRules
from bff.contract.reply.error_document import ErrorDocuments
from bff.terms.closing import Closing
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent
from bff.terms.standing import Standings, signed_out


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """The endpoint's own deadline is for the first sign of life; these are for what comes after.

    deadline_s   the whole stream, however lively
    heartbeat_s  a silence of the service after which text/event-stream gets a comment
    pause_s      how long a client may take to send one message of an upload
    messages     the most that one upload may have
    closing      whether this process is about to end, and its streams with it
    standings    whose sessions have ended, and their streams with them
    """

    deadline_s: float = 3_600.0
    heartbeat_s: float = 15.0
    pause_s: float = 30.0
    messages: int = 100_000
    closing: Closing = field(default_factory=Closing)
    standings: Standings = field(default_factory=Standings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """One per BFF."""

    calls: Calls
    codec: Codec
    limits: JsonLimits
    errors: ErrorDocuments
    metadata: MetadataRules
    options: StreamOptions

    def lasting(self, context: RequestContext) -> RequestContext:
        """The context of the stream's call: a stream outlives the endpoint's deadline."""
        return context._replace(deadline=Deadline.after(self.options.deadline_s))

    def open(self, call: StreamCall) -> AsyncGenerator[Any, None]:
        """The replies, for as long as whoever asked is signed in."""
        replies, session = self.calls.open(call), call.context.session
        return self._standing(replies, session) if session else replies

    async def _standing(
        self, replies: AsyncGenerator[Any, None], session: str
    ) -> AsyncGenerator[Any, None]:
        """Raises Refused (session-expired) once that session has ended."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.options.standings.join(session, over)
        ahead = Ahead(replies)
        try:
            while await ahead.arrives(None, unless=over) and not over.done():
                reply = await ahead.take()
                if reply is END:
                    return
                yield reply
            raise signed_out()
        finally:
            self.options.standings.leave(session, over)
            await ahead.aclose()


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
