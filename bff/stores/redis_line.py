"""One connection to Redis, by redis-py: one question, one answer.

Why       What redis-py calls its errors, and what it does of its own accord (pools, retries, health
          checks), differs by release; a connection that asks and reads hardly does. So this file
          alone knows redis-py, and what is said of a connection's end is said by us.
Called by stores/redis_lines.py (dials), stores/redis_client.py (asks).
Never     shows a password, a key or a value: an error says one word of Redis's, or the system's.
"""

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from bff.stores.options import StoreOptions
from bff.terms.mistakes import ContractMistake, ContractMistakes

if TYPE_CHECKING:
    from redis.asyncio.connection import AbstractConnection

Word: TypeAlias = bytes | str | int | float
_NAMED: Final = {
    "NoScriptError": "NOSCRIPT",
    "OutOfMemoryError": "OOM",
    "ReadOnlyError": "READONLY",
    "NoPermissionError": "NOPERM",
}
_UNNAMED: Final[Mapping[bool, Mapping[str, None]]] = MappingProxyType(
    {True: {"driver_info": None}, False: {"lib_name": None, "lib_version": None}}
)
"""By whether redis-py has a `driver_info`: dialling says nothing of itself (CLIENT SETINFO)."""


class LineLost(Exception):
    """The connection is of no more use, or there never was one; its text says why."""


class Said(Exception):
    """Redis answered with an error. Its text is the error's first word, such as "OOM"."""


class Line(Protocol):
    """A connection that is there."""

    @property
    def gone(self) -> bool:
        """Redis has closed it, as it does with idle ones and when it ends."""
        ...

    async def ask(self, words: Sequence[Word]) -> Any:
        """Redis's answer. Raises LineLost and Said; after a cancellation the line is of no use."""
        ...

    async def close(self) -> None:
        """At once, with whatever is still to come on it."""
        ...


Dial: TypeAlias = Callable[[], Awaitable[Line]]
"""A new connection. Raises LineLost."""


def dialing(options: StoreOptions) -> Dial:
    """Raises ContractMistakes where redis-py is not installed."""
    if importlib.util.find_spec("redis") is None:
        what = "a store needs redis-py: install the extra [redis], or redis itself"
        raise ContractMistakes.of([ContractMistake(what, where="store.url")])
    from redis.asyncio.connection import ConnectionPool

    secured = {"ssl_check_hostname": True} if options.url.startswith("rediss:") else {}
    pool = ConnectionPool.from_url(
        options.url,
        **secured,  # what older releases of redis-py leave out
        protocol=2,
        **_UNNAMED[importlib.util.find_spec("redis.driver_info") is not None],
        socket_timeout=None,
        socket_connect_timeout=options.connect_timeout_ms / 1000,
        health_check_interval=0,
    )

    async def dial() -> Line:
        line = RedisLine(pool.make_connection())  # type: ignore[no-untyped-call]
        try:
            await line.open(options.connect_timeout_ms / 1000)
        except BaseException:  # given up half-way, it is as open as any
            await line.close()
            raise
        return line

    return dial


class RedisLine:
    """Around redis-py's connection."""

    def __init__(self, connection: "AbstractConnection") -> None:
        self._connection = connection

    def __repr__(self) -> str:
        return "<RedisLine>"

    @property
    def gone(self) -> bool:
        reader = getattr(self._connection, "_reader", None)
        return reader is not None and bool(reader.at_eof() or reader.exception())

    async def open(self, within_s: float) -> None:
        """With TLS, password and database; redis-py's own limit is for the socket alone."""
        from redis.exceptions import RedisError

        try:
            async with asyncio.timeout(within_s):
                await self._connection.connect()  # type: ignore[no-untyped-call]
        except TimeoutError:
            raise LineLost("no connection in time") from None
        except (RedisError, OSError) as error:
            raise LineLost(_why(error)) from None

    async def ask(self, words: Sequence[Word]) -> Any:
        from redis.exceptions import RedisError, ResponseError

        try:
            await self._connection.send_command(*words)
            return await self._connection.read_response()
        except ResponseError as error:
            raise Said(_word(error)) from None
        # RuntimeError is uvloop's word for a transport that a reset has closed
        except (RedisError, OSError, RuntimeError) as error:
            raise LineLost(_why(error)) from None

    async def close(self) -> None:
        await self._connection.disconnect(nowait=True)


def _word(error: Exception) -> str:
    """The first word of what Redis said; the others may quote what it was asked."""
    first, _, _ = str(error).partition(" ")
    return _NAMED.get(type(error).__name__, first if first.isupper() else "ERR")


def _why(error: BaseException) -> str:
    """One phrase: the system's own where there is one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
