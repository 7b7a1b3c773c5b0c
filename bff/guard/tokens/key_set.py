"""One issuer's public keys, always at hand: read ahead of need, kept through the issuer's bad days.

Why       PyJWKClient blocks the event loop for up to 30 s under a lock and forgets its keys when
          the issuer is down. Here a known key never waits; an unknown one waits for at most one
          fetch, shared by all.
Rules     read every `refresh_s`; after failures again in 2, 4, 8, 16, 30, 30 ... s
          unknown kid: at most one fetch per 30 s, whoever asks and however many
          last good keys serve for 24 h of failures, then none do
          a set that is no set, or has no usable key, is a failure: it never replaces good keys
          every read takes the whole source (bounded) and compares bytes: a file swapped with its
          old mtime is noticed too
Called by guard/tokens/bearer; started and stopped by app through it.
Never     blocks the loop: files are read, and all is parsed, in a thread.
Source    docs/spec/reliability.md section 2 "IdP / JWKS down", F20; bad-input row 92.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from time import monotonic

from bff.guard.outbound import Unreachable
from bff.guard.refusal import unauthenticated, unavailable
from bff.guard.tokens.header import KeyName
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwks import Key, UnusableKeys, parse_keys, pick
from bff.guard.tokens.key_source import Fetch, fetcher
from bff.terms.deadline import Clock
from bff.terms.errors import Failure
from bff.terms.events import Emit, KeysRefreshed, silence

ASK_AGAIN_S = 30.0
STALE_S = 86_400.0
GIVE_UP_S = 15.0

Sleep = Callable[[float], Awaitable[object]]


def pause_s(failures: int, refresh_s: float) -> float:
    """How long until the next read, after that many failures in a row."""
    return refresh_s if failures == 0 else min(refresh_s, ASK_AGAIN_S, 2.0 ** min(failures, 10))


def may_ask(asked_at_s: float | None, now_s: float) -> bool:
    """May an unknown kid cause a fetch now?"""
    return asked_at_s is None or now_s - asked_at_s >= ASK_AGAIN_S


class KeySet:
    """`changed` is called when keys were replaced or dropped: what they proved is open again."""

    def __init__(
        self,
        options: IssuerOptions,
        *,
        fetch: Fetch | None = None,
        clock: Clock = monotonic,
        sleep: Sleep = asyncio.sleep,
        emit: Emit = silence,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.options = options
        self._fetch = fetch or fetcher(options.keys)
        self._clock = clock
        self._sleep = sleep
        self._emit = emit
        self._changed = changed
        self._keys: tuple[Key, ...] = ()
        self._body = b""
        self._loaded_at_s: float | None = None
        self._asked_at_s: float | None = None
        self._failures = 0
        self._error = "not read yet"
        self._flight: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopped = False

    def __repr__(self) -> str:
        names = ", ".join(key.kid or "(no kid)" for key in self._keys) or "no keys"
        state = f"failing: {self._error}" if self._error else "fresh"
        return f"<KeySet of {self.options.issuer}: {names}; {state}>"

    async def start(self) -> None:
        """Returns after the first read, good or bad: no keys are a problem(), not a crash."""
        self._stopped = False
        await asyncio.wait({self._refresh()})
        self._keeper = asyncio.create_task(self._keep_fresh())

    async def stop(self) -> None:
        """Leaves no task behind; waiters see that their key is unknown."""
        self._stopped = True
        tasks = [task for task in (self._keeper, self._flight) if task is not None]
        self._keeper = self._flight = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def problem(self) -> str:
        """One line for /readyz, "" when there are keys. Paths and addresses are in the log only."""
        return "" if self._keys else f"issuer {self.options.issuer}: no keys; the log says why"

    def held(self, name: KeyName) -> Key | None:
        """The key that such a token means, where it is at hand."""
        return pick(self._keys, name)

    async def key(self, kid: str | None, algorithm: str, *, wait_s: float | None = None) -> Key:
        """The key that such a token means. Waits at most `wait_s`, and only for an unknown key.

        Raises Refused (unknown key); ServiceSilent (identity-unavailable) when there are no keys
        """
        name = KeyName(kid, algorithm)
        found = self.held(name)
        if found is None and self._may_wait():
            # asyncio.wait cancels nothing: a waiter that leaves does not take the fetch along.
            await asyncio.wait({self._refresh()}, timeout=wait_s)
            found = self.held(name)
        if found is None:
            raise self._absence()
        return found

    def _absence(self) -> Failure:
        if self._keys:
            return unauthenticated("The bearer token is signed with an unknown key: sign in again.")
        return unavailable(
            "Sign-in can't be checked right now: try again in a moment.",
            retry_after_s=pause_s(self._failures, self.options.refresh_s),
        )

    def _may_wait(self) -> bool:
        flying = self._flight is not None and not self._flight.done()
        return not self._stopped and (flying or may_ask(self._asked_at_s, self._clock()))

    def _refresh(self) -> asyncio.Task[None]:
        """The read under way, or a new one: never two."""
        if self._flight is None or self._flight.done():
            self._asked_at_s = self._clock()
            self._flight = asyncio.create_task(self._load(), context=Context())
        return self._flight

    async def _keep_fresh(self) -> None:
        while True:
            await self._sleep(pause_s(self._failures, self.options.refresh_s))
            await asyncio.wait({self._refresh()})

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(GIVE_UP_S):
                body = await self._fetch()
                keys = self._keys
                if body != self._body:
                    keys = await asyncio.to_thread(parse_keys, body, self.options.algorithms)
        except (Unreachable, UnusableKeys) as error:
            self._failed(str(error))
        except TimeoutError:
            self._failed("timed out")
        # The refresher must outlive whatever a source throws.
        except Exception as error:  # noqa: BLE001
            self._failed(type(error).__name__)
        else:
            self._succeeded(body, keys)

    def _succeeded(self, body: bytes, keys: tuple[Key, ...]) -> None:
        new = body != self._body
        self._keys, self._body = keys, body
        self._loaded_at_s = self._clock()
        self._failures, self._error = 0, ""
        if new:
            self._changed()
        self._emit(KeysRefreshed(issuer=self.options.issuer, keys=len(keys)))

    def _failed(self, error: str) -> None:
        self._failures += 1
        self._error = error
        stale = self._loaded_at_s is not None and self._clock() - self._loaded_at_s > STALE_S
        if self._keys and stale:
            self._keys, self._body = (), b""
            self._changed()
        self._emit(KeysRefreshed(issuer=self.options.issuer, keys=len(self._keys), error=error))
