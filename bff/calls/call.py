"""One call as data, and the type of everything that can make one.

Called by compose (makes Calls), calls/pipeline.py (runs them).
"""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from bff.terms.context import Metadata, RequestContext
from bff.transport.transport import Hear

ReadWhole = Callable[[bytes, Metadata], Any]
"""As Read, with the metadata that came along: initial and trailing."""
Read = Callable[[bytes], Any]
"""Turns a reply's wire bytes into what the caller wants; raises ServiceSilent for bytes that are
none.
"""


class Call(NamedTuple):
    """One rpc to make.

    rpc         "pkg.Service/Method"
    request     the serialized request
    read        applied to the reply inside the pipeline, so that an unreadable reply counts as a
                failed call
    read_whole  used instead of `read` where the reply's metadata matter, too; what it returns is
                shared by everybody who shares the call, so the metadata must be in it
    idempotent  whether a second attempt does no harm (NO_SIDE_EFFECTS or IDEMPOTENT in the proto)
    """

    rpc: str
    request: bytes
    context: RequestContext
    read: Read
    read_whole: ReadWhole | None = None
    idempotent: bool = False

    @property
    def service(self) -> str:
        return self.rpc.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamCall:
    """One rpc with any number of messages either way; `read` is applied to each reply.

    requests  what it raises cancels the call, and is raised by the stream of replies
    hear      told the initial metadata as soon as they come, then the trailing of a good end
    """

    rpc: str
    requests: AsyncIterable[bytes]
    context: RequestContext
    read: Read
    hear: Hear | None = None

    @property
    def service(self) -> str:
        return self.rpc.partition("/")[0]


Make = Callable[[Call], Awaitable[Any]]
"""Makes a call and returns what its `read` returned. Every step of the pipeline is one."""
Open = Callable[[StreamCall], AsyncGenerator[Any, None]]
"""Opens a stream. Nothing is sent before its first message is asked for; closing it cancels the
call.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The two ways to reach a service."""

    make: Make
    open: Open
