"""What all streams of one BFF share: the means, and the times that hold for them.

Why       A stream has no one deadline: how long may it live, how long may either side be silent?
          Each has its own answer here.
Called by app (fills the options), compose/way.py (hands it to streams, uploads, conversations).
Source    docs/spec/transcoding.md 1.7; docs/spec/reliability.md section 2; docs/spec/bad-input.md
          row 121.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from bff.calls.call import Calls
from bff.contract.codec import Codec
from bff.contract.error_document import ErrorDocuments
from bff.contract.json_options import JsonLimits
from bff.contract.metadata import MetadataRules
from bff.terms.closing import Closing
from bff.terms.codes import Code
from bff.terms.context import RequestContext
from bff.terms.deadline import Deadline
from bff.terms.errors import ServiceSilent


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """The endpoint's own deadline is for the first sign of life; these are for what comes after.

    deadline_s   the whole stream, however lively
    heartbeat_s  a silence of the service after which text/event-stream gets a comment
    pause_s      how long a client may take to send one message of an upload
    messages     the most that one upload may have
    closing      whether this process is about to end, and its streams with it
    """

    deadline_s: float = 3_600.0
    heartbeat_s: float = 15.0
    pause_s: float = 30.0
    messages: int = 100_000
    closing: Closing = field(default_factory=Closing)


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
