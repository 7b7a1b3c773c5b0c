"""While the shared meters don't answer, count here.

Why       A limit is there to keep us standing: a lost Redis must neither let everybody in nor
          nobody, and a slow one must not make every answer slow.
How       The client gives up after its time, and after a few failures in a row it is not asked at
          all until it answers again: no request waits for what is known to be lost.
Called by app (makes it).
Never     adds up what was counted here and there: meanwhile each process has the whole limit.
Source    docs/spec/reliability.md, "Redis/cache down".
"""

from collections.abc import Sequence

from bff.stores.meters import MemoryMeters, Meters
from bff.stores.meters_redis import RedisMeters
from bff.stores.quota import Charge, Verdict
from bff.stores.records import StoreUnreachable
from bff.stores.shelves import Shelves
from bff.stores.store import Soon


def meters_of(shelves: Shelves, *, most_keys: int, wait_s: float) -> Meters:
    """Those of all processes where they share a Redis, else of this one.

    wait_s  how long a request waits for Redis
    """
    memory = MemoryMeters(most_keys=most_keys)
    client = shelves.client("limits", timeout_s=wait_s)
    return memory if client is None else SpareMeters(RedisMeters(client), memory)


class SpareMeters:
    """shared  the meters of all processes
    spare   those of this one
    """

    def __init__(self, shared: RedisMeters, spare: MemoryMeters) -> None:
        self._shared = shared
        self._spare = spare

    def __repr__(self) -> str:
        where = "shared" if self.waits else f"counting here, {self._spare!r}"
        return f"<SpareMeters of {self._shared!r}: {where}>"

    @property
    def waits(self) -> bool:
        return self._shared.reachable

    def take(self, charges: Sequence[Charge]) -> Soon[tuple[Verdict, ...]]:
        if not self._shared.reachable:
            return self._spare.take(charges)
        return self._asked(charges)

    async def _asked(self, charges: Sequence[Charge]) -> tuple[Verdict, ...]:
        try:
            return await self._shared.take(charges)
        except StoreUnreachable:
            return self._spare.take(charges)
