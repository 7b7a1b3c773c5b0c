"""The identity provider, as we ask it: described, its keys, and tokens for codes.

Why       Everything that waits for somebody else's server is in one file, with one bound on time,
          on size and on how many wait at once; a provider that is down costs its users a sentence,
          and nobody else anything.
Called by guard/login, guard/renewal, guard/goodbye.
Never     shows a provider's words to a client; never begins two descriptions at once.
Source    OpenID Connect Core 1.0, Discovery 1.0; RFC 6749, 7009; docs/spec/reliability.md F20.
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Mapping
from time import monotonic, time
from typing import Protocol
from urllib.parse import quote_plus

from bff.guard.discovery import BadDocument, Doors, document_url, read_document
from bff.guard.header import MAX_KID_CHARS
from bff.guard.id_token import Expected, Goodbye, NotForUs, judge_id_token, judge_logout_token
from bff.guard.issuer import IssuerOptions
from bff.guard.jwks import Key
from bff.guard.key_set import ASK_AGAIN_S, KeySet, Sleep, pause_s
from bff.guard.login_options import LoginOptions
from bff.guard.outbound import Answered, Pairs, Unreachable, ask
from bff.guard.token_answer import Tokens, read_tokens
from bff.guard.token_text import UntrustedToken, read_token
from bff.terms.codes import Code
from bff.terms.deadline import Clock
from bff.terms.errors import Refused, ServiceSilent
from bff.terms.events import Emit, SessionTurned, silence

MAX_DOCUMENT_BYTES = 262_144
DESCRIBED_FOR_S = 3_600.0
MOST_AT_ONCE = 64
"""Questions under way; who comes later waits in line, and gives up with the others."""


class Ask(Protocol):
    """As outbound.ask."""

    def __call__(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Pairs = (),
        timeout_s: float = 5.0,
        max_bytes: int = 65_536,
    ) -> Awaitable[Answered]: ...


class Provider:
    """One identity provider, and us as its client.

    clock  monotonic seconds: pauses; `wall`: what tokens know
    """

    def __init__(
        self,
        options: LoginOptions,
        *,
        emit: Emit = silence,
        ask: Ask = ask,
        clock: Clock = monotonic,
        wall: Clock = time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.options = options
        self._emit, self._ask = emit, ask
        self._clock, self._wall, self._sleep = clock, wall, sleep
        self._expected = Expected(
            issuer=options.issuer, client_id=options.client_id, algorithms=options.algorithms
        )
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._renewing = asyncio.Semaphore(MOST_AT_ONCE)  # strangers' sign-ins hold up no user
        self._doors: Doors | None = None
        self._read_at_s = 0.0
        self._keys: KeySet | None = None
        self._flight: asyncio.Task[None] | None = None
        self._failures = 0

    def __repr__(self) -> str:
        state = "described" if self._doors else f"unknown after {self._failures} failures"
        return f"<Provider {self.options.issuer}: {state}>"

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

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """Tokens for a code. Raises GrantRefused; ServiceSilent."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        return await self._tokens({**form, "redirect_uri": self.options.redirect_url}, self._turns)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens. Raises GrantRefused; ServiceSilent."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._tokens(form, self._renewing)

    async def revoke(self, refresh_token: str) -> None:
        """The refresh token is good for nothing any more. Raises ServiceSilent."""
        doors = await self.doors()
        if not doors.revocation:
            return
        form = {"token": refresh_token, "token_type_hint": "refresh_token"}
        answer = await self._asked(doors.revocation, form, self._renewing)
        if answer.status != 200:
            raise self._failed(f"the revocation endpoint answered {answer.status}")

    async def prove(self, tokens: Tokens, *, nonce: str | None) -> Mapping[str, object]:
        """Who signed in. Raises NotForUs; ServiceSilent where there are no keys."""
        token = await self._signed(tokens.id_token)
        return judge_id_token(
            token,
            self._expected,
            nonce=nonce,
            access_token=tokens.access_token,
            now_s=self._wall(),
        )

    async def prove_goodbye(self, text: str) -> Goodbye:
        """Who signed out. Raises NotForUs; ServiceSilent where there are no keys."""
        token = await self._signed(text)
        return judge_logout_token(token, self._expected, now_s=self._wall())

    async def _signed(self, text: str) -> UntrustedToken:
        """The token, its signature checked and nothing else of it. Raises NotForUs."""
        try:
            token = read_token(text)
            algorithm, kid = token.header.get("alg"), token.header.get("kid")
            if not isinstance(algorithm, str) or algorithm not in self.options.algorithms:
                raise NotForUs("the token is signed in a way that is not accepted here (alg)")
            if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= MAX_KID_CHARS):
                raise NotForUs("the token's kid is none")
            key = await self._key(kid, algorithm)
        except Refused:
            raise NotForUs("the token can't be read, or names no key of the issuer") from None
        if not key.verifies(algorithm=algorithm, signed=token.signed, signature=token.signature):
            raise NotForUs("the token's signature is not valid")
        return token

    async def _key(self, kid: str | None, algorithm: str) -> Key:
        await self.doors()
        if self._keys is None:
            raise self._silent()
        return await self._keys.key(kid, algorithm, wait_s=self.options.timeout_s)

    async def _tokens(self, form: Mapping[str, str], turns: asyncio.Semaphore) -> Tokens:
        doors = await self.doors()
        if self.options.resource:
            form = {**form, "resource": self.options.resource}
        answer = await self._asked(doors.token, form, turns)
        try:
            return read_tokens(answer)
        except Unreachable as error:
            raise self._failed(str(error)) from None

    async def _asked(self, url: str, form: Mapping[str, str], turns: asyncio.Semaphore) -> Answered:
        form, headers = as_client(self.options, form)
        timeout_s = self.options.timeout_s
        try:
            async with asyncio.timeout(timeout_s), turns:
                return await self._ask(url, form=form, headers=headers, timeout_s=timeout_s)
        except Unreachable as error:
            raise self._failed(str(error)) from None
        except TimeoutError:
            raise self._failed("too many wait for the provider") from None

    async def _described_anew(self) -> None:
        await asyncio.wait({self._begin()})

    def _begin(self) -> asyncio.Task[None]:
        """The reading under way, or a new one."""
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._describe())
        return self._flight

    async def _describe(self) -> None:
        issuer, timeout_s = self.options.issuer, self.options.timeout_s
        try:
            url = document_url(issuer)
            answer = await self._ask(url, timeout_s=timeout_s, max_bytes=MAX_DOCUMENT_BYTES)
            doors = read_document(answer, issuer)
        except (Unreachable, BadDocument) as error:
            self._failures += 1
            self._failed(str(error))
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
        mine = self.options
        return IssuerOptions(
            issuer=mine.issuer, audience=mine.client_id, algorithms=mine.algorithms, keys=doors.keys
        )

    def _failed(self, detail: str) -> ServiceSilent:
        self._emit(SessionTurned("provider-failed", detail))
        return self._silent()

    def _silent(self) -> ServiceSilent:
        return ServiceSilent(
            "Nobody can sign in just now: try again in a moment.",
            reason="identity-unavailable",
            code=Code.UNAVAILABLE,
            retry_after_s=min(ASK_AGAIN_S, pause_s(max(1, self._failures), ASK_AGAIN_S)),
        )


def as_client(
    options: LoginOptions, form: Mapping[str, str]
) -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """The form and the headers that prove who we are (RFC 6749 section 2.3.1)."""
    if options.client_auth == "post":
        proof = {"client_id": options.client_id, "client_secret": options.client_secret}
        return {**form, **proof}, ()
    pair = f"{quote_plus(options.client_id)}:{quote_plus(options.client_secret)}"
    return form, (("authorization", f"Basic {b64encode(pair.encode()).decode()}"),)
