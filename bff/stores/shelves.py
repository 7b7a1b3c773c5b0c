"""All places where something is remembered: in this process, or in the Redis of the settings.

Why       Each use has its own: bounds in memory, connections, patience and keys in Redis. What
          strangers can fill (idempotency keys) pushes out nobody's session, and a cache that gave
          up on a slow Redis says nothing about the sessions.
Called by app.py, which hands them out and closes them.
Never     connects before somebody asks.
"""

from collections.abc import Mapping

from bff.stores.options import StoreOptions
from bff.stores.records import Records
from bff.stores.records_memory import MemoryRecords
from bff.stores.records_redis import RedisRecords
from bff.stores.redis import RedisStore
from bff.stores.redis_client import RedisClient
from bff.stores.redis_line import dialing
from bff.terms.events import Emit, silence


class Shelves:
    """Raises ContractMistakes where Redis is wanted and redis-py is not installed."""

    def __init__(self, options: StoreOptions, *, emit: Emit = silence) -> None:
        self._options = options
        self._emit = emit
        self._dial = dialing(options) if options.url else None
        self._clients: dict[str, RedisClient] = {}

    def __repr__(self) -> str:
        return f"<Shelves in {self._options.place}: {', '.join(self._clients) or 'unused'}>"

    @property
    def place(self) -> str:
        """Where all is remembered, for an operator to read."""
        return self._options.place

    @property
    def near_s(self) -> float:
        """How long a process may give out what it has seen in the shared cache."""
        return self._options.near_ms / 1000

    def records(self, use: str) -> Records:
        """Those of one use, such as "sessions"."""
        client = self.client(use, timeout_s=self._options.timeout_ms / 1000)
        return MemoryRecords() if client is None else RedisRecords(client)

    def cache(self, *, edition: str = "") -> RedisStore | None:
        """The shared cache; None: there is none but that of this process.

        edition  changes with the contract and the screens, and beside it with the operator's own
        """
        client = self.client("cache", timeout_s=self._options.cache_timeout_ms / 1000)
        own = self._options.edition
        return None if client is None else RedisStore(client, edition=f"{edition} {own}")

    def client(self, use: str, *, timeout_s: float) -> RedisClient | None:
        """Whoever needs more than these; always the same one for one use. None: no Redis."""
        if self._dial is not None and use not in self._clients:
            self._clients[use] = RedisClient(
                self._dial,
                use=use,
                prefix=f"{self._options.prefix}:{use}:",
                timeout_s=timeout_s,
                connections=self._options.connections,
                emit=self._emit,
            )
        return self._clients.get(use)

    def remarks(self) -> Mapping[str, str]:
        """For /readyz: who has lost Redis. It is no reason to send traffic elsewhere, for all the
        others have lost it, too.
        """
        if self._dial is None:
            return {}
        lost = [use for use, client in self._clients.items() if not client.reachable]
        return {"store": f"lost to {', '.join(lost)}" if lost else "ok"}

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.close()
