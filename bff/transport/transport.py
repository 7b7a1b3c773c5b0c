"""What every transport can do: carry serialized messages to one target, and say how it fares.

Why       The hot path never sees a message object, so a transport moves bytes; how they are read is
          the caller's.
Called by calls/pipeline.py and calls/readiness.py.
Never     retries, logs, or decodes a message.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import Protocol

from bff.terms.context import Metadata
from bff.terms.deadline import Deadline

Hear = Callable[[Metadata], object]
"""Takes what metadata came with a reply: the initial, then the trailing."""


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
