"""What the provider says of itself, and its keys: read once in a while, and kept.

Why       A sign-in needs to know where to go, and whose signature counts; neither must be asked for
          at each of them, nor be forgotten on the provider's bad days.
Called by guard/provider.
Never     begins two readings at once.
Source    OpenID Connect Discovery 1.0; docs/spec/reliability.md F20.
"""

import asyncio
from contextvars import Context
from time import monotonic

from bff.guard.outbound import Unreachable, ask
from bff.guard.provider.discovery import BadDocument, Doors, document_url, read_document
from bff.guard.provider.id_token import KeyUnknown
from bff.guard.provider.options import LoginOptions
from bff.guard.refusal import unavailable
from bff.guard.tokens.header import KeyName
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwks import Key
from bff.guard.tokens.key_set import ASK_AGAIN_S, KeySet, Sleep, pause_s
from bff.guard.turns import Ask
from bff.terms.deadline import Clock
from bff.terms.errors import Refused, ServiceSilent
from bff.terms.events import Emit, SessionTurned, silence

MAX_DOCUMENT_BYTES = 262_144
DESCRIBED_FOR_S = 3_600.0


class Description:
    """Of one provider."""

    def __init__(
        self,
        options: LoginOptions,
        *,
        emit: Emit = silence,
        ask: Ask = ask,
        clock: Clock = monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._options = options
        self._emit, self._ask, self._clock, self._sleep = emit, ask, clock, sleep
        self._doors: Doors | None = None
        self._read_at_s = 0.0
        self._keys: KeySet | None = None
        self._flight: asyncio.Task[None] | None = None
        self._failures = 0

    def __repr__(self) -> str:
        state = "read" if self._doors else f"unknown after {self._failures} failures"
        return f"<Description of {self._options.issuer}: {state}>"

    async def start(self) -> None:
        """Returns after it was asked once, whatever it said: a sign-in asks again."""
        await self._described_anew()

    async def stop(self) -> None:
        """Leaves no task behind."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)
        if self._keys is not None:
            await self._keys.stop()

    async def doors(self) -> Doors:
        """Where to go. Raises ServiceSilent where it never said so."""
        now_s = self._clock()
        wait_s = pause_s(self._failures, DESCRIBED_FOR_S)
        if self._doors is None and (not self._failures or now_s - self._read_at_s >= wait_s):
            await self._described_anew()
        elif now_s - self._read_at_s >= wait_s:
            _ = self._begin()  # what it said last is good until it says otherwise
        if self._doors is None:
            raise self._silent()
        return self._doors

    async def key(self, name: KeyName) -> Key:
        """Raises KeyUnknown; ServiceSilent where there are no keys."""
        await self.doors()
        if self._keys is None:
            raise self._silent()
        try:
            return await self._keys.key(name.kid, name.algorithm, wait_s=self._options.timeout_s)
        except Refused:
            raise KeyUnknown("the token is signed with a key that is not known (kid)") from None

    def failed(self, detail: str) -> ServiceSilent:
        """What is raised, once the log has been told why."""
        self._emit(SessionTurned("provider-failed", detail))
        return self._silent()

    async def _described_anew(self) -> None:
        await asyncio.wait({self._begin()})

    def _begin(self) -> asyncio.Task[None]:
        """The reading under way, or a new one."""
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._describe(), context=Context())
        return self._flight

    async def _describe(self) -> None:
        issuer, timeout_s = self._options.issuer, self._options.timeout_s
        try:
            url = document_url(issuer)
            answer = await self._ask(url, timeout_s=timeout_s, max_bytes=MAX_DOCUMENT_BYTES)
            doors = read_document(answer, issuer)
        except (Unreachable, BadDocument) as error:
            self._failures += 1
            self.failed(str(error))
        else:
            await self._keyed(doors)
            self._doors, self._failures = doors, 0
        self._read_at_s = self._clock()

    async def _keyed(self, doors: Doors) -> None:
        """Its keys from there, read before anybody needs them."""
        if self._doors is not None and self._doors.keys == doors.keys:
            return
        before = self._keys
        self._keys = KeySet(
            self._key_options(doors), emit=self._emit, clock=self._clock, sleep=self._sleep
        )
        await self._keys.start()
        if before is not None:
            await before.stop()

    def _key_options(self, doors: Doors) -> IssuerOptions:
        mine = self._options
        return IssuerOptions(
            issuer=mine.issuer, audience=mine.client_id, algorithms=mine.algorithms, keys=doors.keys
        )

    def _silent(self) -> ServiceSilent:
        return unavailable(
            "Nobody can sign in just now: try again in a moment.",
            retry_after_s=min(ASK_AGAIN_S, pause_s(max(1, self._failures), ASK_AGAIN_S)),
        )
