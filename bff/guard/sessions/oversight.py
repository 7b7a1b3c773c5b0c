"""End the streams of sessions that have ended without this process being told.

Why       Who signs out elsewhere, or idles too long, only leaves a gap in the store.
How       The vault tells of sessions that end here, at once. All others that have a stream here are
          looked for every CHECK_S seconds, one after the other.
Called by guard/sessions, which starts and stops it.
Never     takes a stream for a use of its session; never ends one because the store is away: then
          nobody can say, and whoever comes anew is not let in.
Source    docs/sessions.md "How long it lasts".
"""

import asyncio
from contextvars import Context
from time import time

from bff.guard.sessions.session import SessionOptions, Verdict, judge
from bff.guard.sessions.vault import Vault
from bff.guard.tokens.key_set import Sleep
from bff.stores.records import StoreUnreachable
from bff.terms.deadline import Clock
from bff.terms.standing import Standings

CHECK_S = 5.0


class Oversight:
    """Of the streams of one process."""

    def __init__(
        self,
        standings: Standings,
        vault: Vault,
        options: SessionOptions,
        *,
        wall: Clock = time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._standings, self._vault, self._options = standings, vault, options
        self._wall, self._sleep = wall, sleep
        self._keeper: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Oversight of {self._standings!r}>"

    def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), context=Context())

    async def stop(self) -> None:
        """Leaves no task behind."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            await self._sleep(CHECK_S)
            for session in self._standings.sessions:
                await self._check(session)

    async def _check(self, session: str) -> None:
        try:
            kept = await self._vault.load(session)
        except StoreUnreachable:
            return
        if kept is None or judge(kept.session, self._options, self._wall()) is Verdict.ENDED:
            self._standings.end(session)
