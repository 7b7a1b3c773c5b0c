"""What every transport can do: carry serialized messages to one target, and say how it fares.

Why       The hot path never sees a message object, so a transport moves bytes; how they are read is
          the caller's.
Called by calls/pipeline.py and calls/readiness.py.
Never     retries, logs, or decodes a message.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import Any, Protocol, runtime_checkable

from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.errors import Failure

Hear = Callable[[Metadata], object]
"""Takes what metadata came with a reply: the initial, then the trailing."""
Done = Callable[[bytes, Failure | None], object]
"""Takes the reply's bytes and None, or b"" and why there is none."""


class Transport(Protocol):
    """One target (one service's address)."""

    async def unary(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> bytes:
        """One unary call. `path` is "/pkg.Service/Method"; returns the reply's wire bytes.

        `hear` is told the metadata of a reply that is OK; without it nobody pays for them.

        Raises ServiceSaid for a status that the service spoke, ServiceSilent for everything that we
        inferred: unreachable, late, cut off, too large, or no message with an OK.
        """
        ...

    def stream(
        self,
        path: str,
        requests: AsyncIterable[bytes],
        *,
        metadata: Metadata,
        deadline: Deadline,
        hear: Hear | None = None,
    ) -> AsyncGenerator[bytes, None]:
        """One call with any number of messages either way; on the wire all kinds of rpc are this
        one.

        `hear` is told the initial metadata as soon as they come, then the trailing of a good end.

        Fails as `unary` does, at the point of the stream where it happened; what `requests` raises
        cancels the call and is raised here. Closing the iterator (`aclose`) cancels the call.
        """
        ...

    async def close(self) -> None:
        """Give the connections back. Calls under way are cancelled."""
        ...


@runtime_checkable
class Starting(Protocol):
    """A transport that needs nobody to wait for a unary call."""

    def start(
        self,
        path: str,
        request: bytes,
        *,
        metadata: Metadata,
        deadline: Deadline,
        done: Done,
        hear: Hear | None = None,
    ) -> Any:
        """Begin a unary call as `unary` has it; `done` is called once, maybe at once, maybe amid
        the reading of a socket: it must not raise, nor wait; nor must `hear`, called before it.
        Returns what `cancel` takes.

        Raises ValueError for metadata that must not be sent.
        """
        ...

    def cancel(self, call: Any) -> None:
        """Give the call up: its `done` is not called any more."""
        ...
