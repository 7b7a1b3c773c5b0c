"""What a service is shown of who calls, where that is not the client's own credentials.

Why       A service that believes whatever carries a user's name believes everybody who can reach
          it. What it is shown is made here, per service, and takes the place of all that came.
Called by calls/pipeline.py, calls/ways.py; bff/guard/services/telling.py makes them.
Never     is part of a key: what is shared depends on who calls, not on the token that says so.
Source    docs/spec/threats.md "metadata injection, fake identity headers"; RFC 8693.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Protocol, runtime_checkable

from bff.calls.call import Call, Calls, Cancel, Done, Read, Start, StreamCall
from bff.terms.context import Metadata, RequestContext

CREDENTIALS = "authorization"


@runtime_checkable
class Shows(Protocol):
    """Of one service."""

    def metadata(self, context: RequestContext) -> Metadata:
        """All metadata of a call for that caller. Never raises: a retry asks from a timer."""
        ...


@runtime_checkable
class ShowsLater(Shows, Protocol):
    """Shows what must be fetched before; without that, nothing."""

    async def ready(self, context: RequestContext) -> None:
        """Returns when `metadata` has what it needs. Raises Failure."""
        ...


ShowsOf = Callable[[str], Shows | None]
"""By a service's name; None: it is shown what the client's metadata say."""


def as_it_came(_service: str) -> None:
    """Every service is shown what the client's metadata say."""


def without_credentials(metadata: Metadata) -> Metadata:
    """All but what says who calls.

    >>> without_credentials((("x-request-id", "r"), ("authorization", "Bearer x")))
    (('x-request-id', 'r'),)
    """
    return tuple([pair for pair in metadata if pair[0] != CREDENTIALS])


def made_ready(calls: Calls, shows_of: ShowsOf) -> Calls:
    """The same calls; one whose credentials may have to be fetched can only be awaited."""

    def later(rpc: str) -> ShowsLater | None:
        shows = shows_of(rpc.partition("/")[0])
        return shows if isinstance(shows, ShowsLater) else None

    async def ready_then(call: Call, shows: ShowsLater) -> Any:
        await shows.ready(call.context)
        return await calls.make(call)

    def make(call: Call) -> Awaitable[Any]:
        shows = later(call.rpc)
        return calls.make(call) if shows is None else ready_then(call, shows)

    def prepared(rpc: str, read: Read, *, idempotent: bool = False) -> Start | None:
        return None if later(rpc) else calls.starter(rpc, read, idempotent=idempotent)

    def begin(call: Call, done: Done) -> Cancel | None:
        return None if later(call.rpc) else calls.begin(call, done)

    async def opened(call: StreamCall) -> AsyncGenerator[Any, None]:
        shows = later(call.rpc)
        if shows is not None:
            await shows.ready(call.context)
        async with aclosing(calls.open(call)) as replies:
            async for reply in replies:
                yield reply

    return Calls(make=make, open=opened, starter=prepared, begin=begin)
