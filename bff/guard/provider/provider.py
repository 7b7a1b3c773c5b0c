"""The identity provider, as we ask it: tokens for codes, and who it says has come or gone.

Why       A provider that is down costs its users a sentence, and nobody else anything.
Called by guard/login, guard/sessions/renewal, guard/login/sign_out.
Never     shows a provider's words to a client.
Source    OpenID Connect Core 1.0; RFC 6749, 7009; docs/spec/reliability.md F20.
"""

import asyncio
from collections.abc import Collection, Mapping
from time import monotonic, time

from bff.guard.outbound import Answered, Unreachable, ask
from bff.guard.provider.description import Description
from bff.guard.provider.discovery import Doors
from bff.guard.provider.id_token import (
    ID_TOKEN,
    LOGOUT_TOKEN,
    Expected,
    Goodbye,
    NotForUs,
    judge_id_token,
    judge_logout_token,
)
from bff.guard.provider.options import LoginOptions
from bff.guard.provider.token_answer import Tokens, read_tokens
from bff.guard.tokens.compact import UntrustedToken, read_token
from bff.guard.tokens.header import judge_header
from bff.guard.tokens.key_set import Sleep
from bff.guard.turns import Ask, Turns, basic
from bff.terms.deadline import Clock
from bff.terms.errors import Refused
from bff.terms.events import Emit, silence

RENEWAL_PATIENCE = 2
"""Times `timeout_s`: who hangs up on the answer has lost the new refresh token, and the old one."""

Claims = Mapping[str, object]


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
        self._wall = wall
        self._description = Description(options, emit=emit, ask=ask, clock=clock, sleep=sleep)
        self._expected = Expected(issuer=options.issuer, client_id=options.client_id)
        self._signing_in = Turns(ask)
        self._renewing = Turns(ask)  # strangers' sign-ins hold up no user

    def __repr__(self) -> str:
        return f"<Provider by {self._description!r}>"

    async def start(self) -> None:
        """Returns after it was asked once, whatever it said: a sign-in asks again."""
        await self._description.start()

    async def stop(self) -> None:
        """Leaves no task behind."""
        await self._description.stop()

    async def doors(self) -> Doors:
        """Where to go. Raises ServiceSilent where it never said so."""
        return await self._description.doors()

    @property
    def patience_s(self) -> float:
        """How long a renewal may take."""
        return RENEWAL_PATIENCE * self.options.timeout_s

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """Tokens for a code. Raises GrantRefused; ServiceSilent."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        form["redirect_uri"] = self.options.redirect_url
        return await self._tokens(form, self._signing_in, self.options.timeout_s)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens. Raises GrantRefused; ServiceSilent."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._tokens(form, self._renewing, self.patience_s)

    async def revoke(self, refresh_token: str) -> None:
        """The refresh token is good for nothing any more. Raises ServiceSilent."""
        doors = await self.doors()
        if not doors.revocation:
            return
        form = {"token": refresh_token, "token_type_hint": "refresh_token"}
        answer = await self._asked(doors.revocation, form, self._renewing, self.options.timeout_s)
        if answer.status != 200:
            raise self._description.failed(f"the revocation endpoint answered {answer.status}")

    async def prove(self, tokens: Tokens, *, nonce: str | None) -> Claims:
        """Who signed in. Raises NotForUs, KeyUnknown; ServiceSilent where there are no keys."""
        token = await self._signed(tokens.id_token, ID_TOKEN)
        return judge_id_token(
            token,
            self._expected,
            nonce=nonce,
            access_token=tokens.access_token,
            now_s=self._wall(),
        )

    async def prove_goodbye(self, text: str) -> Goodbye:
        """Who signed out. Raises as `prove` does."""
        token = await self._signed(text, LOGOUT_TOKEN)
        return judge_logout_token(token, self._expected, now_s=self._wall())

    async def told(self, tokens: Tokens, proved: Claims) -> Claims:
        """What may be shown of who signed in: what it signed, and what it tells whoever has the
        access token. Without that answer a sign-in goes on.
        """
        doors = await self.doors()
        is_ours = not self.options.resource  # else the token is for somebody else to read
        if not (doors.userinfo and is_ours and set(self.options.claims) - proved.keys()):
            return proved
        bearer = ("authorization", f"Bearer {tokens.access_token}")
        timeout_s = self.options.timeout_s
        try:
            answer = await self._signing_in.ask(
                doors.userinfo, headers=(bearer,), timeout_s=timeout_s
            )
            return {**_claims_of(answer, proved["sub"]), **proved}
        except Unreachable as error:
            self._description.failed(str(error))
            return proved

    async def _signed(self, text: str, kinds: Collection[str]) -> UntrustedToken:
        """The token, its header and signature checked, its claims not. Raises as `prove` does."""
        try:
            token = read_token(text)
            name = judge_header(token.header, algorithms=self.options.algorithms, kinds=kinds)
        except Refused:
            raise NotForUs("it is no token, or one of another kind (alg, typ, crit)") from None
        key = await self._description.key(name)
        if not key.verifies(
            algorithm=name.algorithm, signed=token.signed, signature=token.signature
        ):
            raise NotForUs("the token's signature is not valid")
        return token

    async def _tokens(self, form: Mapping[str, str], turns: Turns, timeout_s: float) -> Tokens:
        doors = await self.doors()
        if self.options.resource:
            form = {**form, "resource": self.options.resource}
        answer = await self._asked(doors.token, form, turns, timeout_s)
        try:
            return read_tokens(answer)
        except Unreachable as error:
            raise self._description.failed(str(error)) from None

    async def _asked(
        self, url: str, form: Mapping[str, str], turns: Turns, timeout_s: float
    ) -> Answered:
        """Asked as the client that we are there. Raises ServiceSilent."""
        form, headers = as_client(self.options, form)
        try:
            return await turns.ask(url, form=form, headers=headers, timeout_s=timeout_s)
        except Unreachable as error:
            raise self._description.failed(str(error)) from None


def as_client(
    options: LoginOptions, form: Mapping[str, str]
) -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """The form and the headers that prove who we are (RFC 6749 section 2.3.1)."""
    if options.client_auth == "basic":
        return form, (basic(options.client_id, options.client_secret),)
    return {**form, "client_id": options.client_id, "client_secret": options.client_secret}, ()


def _claims_of(answer: Answered, subject: object) -> Claims:
    """What the userinfo endpoint told. Raises Unreachable, too, for what is of somebody else
    (OpenID Connect Core 1.0 section 5.3.2).
    """
    told = answer.told
    if answer.status != 200 or told is None or told.get("sub") != subject:
        raise Unreachable(f"the userinfo endpoint answered {answer.status}, and not of the user")
    return told
