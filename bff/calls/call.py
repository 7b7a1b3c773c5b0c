"""One call as data, and the type of everything that can make one.

Called by compose (makes Calls), calls/pipeline.py (runs them).
"""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from google.protobuf.message import Message

from bff.calls.keep import Keep
from bff.calls.origin import Origin
from bff.terms.context import Metadata, RequestContext
from bff.transport.transport import Hear

ReadWhole = Callable[[bytes, Metadata], Any]
"""As Read, with the metadata that came along: initial and trailing."""
Read = Callable[[bytes], Any]
"""Turns a reply's wire bytes into what the caller wants; raises ServiceSilent for bytes that are
none.
"""

Note = Callable[[Origin], object]
"""Takes how a reply came; compose/view/serving/kept.py gathers it."""


class Call(NamedTuple):
    """One rpc to make.

    rpc         "pkg.Service/Method"
    request     the serialized request
    read        applied to the reply inside the pipeline, so that an unreadable reply counts as a
                failed call
    read_whole  used instead of `read` where the reply's metadata matter, too
    idempotent  whether a second attempt does no harm (NO_SIDE_EFFECTS or IDEMPOTENT in the proto);
                only such calls are shared or kept, whatever the fields below say
    shared      who asks the same at the same moment, as the same caller, gets the same reply; the
                request must be made by `request_bytes`
    keep        how long its reply is remembered, and for whom; implies `shared`
    note        told how the reply came, and what it is about; reading that costs a parse
    """

    rpc: str
    request: bytes
    context: RequestContext
    read: Read
    read_whole: ReadWhole | None = None
    idempotent: bool = False
    shared: bool = False
    keep: Keep | None = None
    note: Note | None = None

    @property
    def service(self) -> str:
        return self.rpc.partition("/")[0]


def request_bytes(request: Message) -> bytes:
    """Equal bytes for equal messages, maps included: the key of what is shared and kept."""
    return request.SerializeToString(deterministic=True)


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

Done = Callable[[Any, Exception | None], object]
"""Takes what `read` returned and None, or None and why there is nothing. Never raises."""
Cancel = Callable[[], object]
"""Gives a call up: its `done` is not called any more."""
Start = Callable[[bytes, RequestContext, Done], Cancel | None]
"""Begins a unary call with this request; `done` may be called at once. None where there is no time
left: nothing was begun then.
"""


Begin = Callable[[Call, Done], Cancel | None]
"""Begins a call that may be shared; `done` may be called at once. None where that takes a task:
nothing was begun then.
"""


class Starter(Protocol):
    """Prepares the calls of one rpc, by its name; None where they can only be awaited."""

    def __call__(self, rpc: str, read: Read, *, idempotent: bool = False) -> Start | None: ...


def _never(rpc: str, read: Read, *, idempotent: bool = False) -> None:  # noqa: ARG001 - a Starter
    return None


def _unbegun(_call: Call, _done: Done) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The ways to reach a service. `starter` is for calls that nobody shares or keeps."""

    make: Make
    open: Open
    starter: Starter = _never
    begin: Begin = _unbegun
