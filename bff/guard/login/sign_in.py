"""Sign a browser in: send it to the provider, and make a session of what it brings back.

Called by edge/login_pages.
Never     tells a client what the provider said; never keeps a session without a proved ID token.
Source    OpenID Connect Core 1.0 section 3.1; RFC 9700; docs/spec/bad-input.md rows 97, 103, 104.
"""

from collections.abc import Mapping
from typing import NamedTuple

from bff.guard.login.return_url import checked_return_url
from bff.guard.login.transaction import (
    LIFETIME_S,
    Transaction,
    code_in,
    login_failed,
    opened,
    read_answer,
)
from bff.guard.provider.id_token import NotForUs, roles_in
from bff.guard.provider.options import LoginOptions
from bff.guard.provider.token_answer import GrantRefused, Tokens
from bff.guard.sessions.cookies import (
    Header,
    clear_login,
    digest_of,
    login_cookie,
    login_name,
    login_names,
    set_login,
    set_session,
)
from bff.guard.sessions.session import Session, SessionOptions, renewal_due_s
from bff.guard.sessions.sessions import Sessions
from bff.stores.store import soon
from bff.terms.errors import Failure
from bff.terms.events import SessionTurned

MOST_UNDER_WAY = 4
"""Sign-ins that one browser keeps open; then it starts afresh."""


class Onward(NamedTuple):
    """Where the browser goes next, and with which headers."""

    url: str
    headers: tuple[Header, ...] = ()


class Login:
    """Signs browsers in, into these sessions."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._provider = sessions.provider

    def __repr__(self) -> str:
        return f"<Login by {self._provider!r}>"

    async def begin(self, return_url: str, cookies: tuple[str, ...]) -> Onward:
        """To the provider. Raises BadInput for the return URL; ServiceSilent."""
        checked = checked_return_url(return_url)
        doors = await self._provider.doors()
        mine = Transaction.new(checked, now_s=self._sessions.wall())
        before = login_names(cookies)
        cleared = map(clear_login, before if len(before) >= MOST_UNDER_WAY else ())
        sealed = mine.sealed(self._sessions.ring)
        kept = set_login(mine.state, sealed, max_age_s=LIFETIME_S)
        return Onward(mine.url(doors, self._provider.options), (*cleared, kept))

    async def finish(self, query: str, cookies: tuple[str, ...]) -> Onward:
        """Back to the page that was asked for, with a session.

        Raises BadInput (login-failed), which clears what the sign-in kept; ServiceSilent
        """
        try:
            return await self._finished(query, cookies)
        except Failure as failure:
            self._sessions.emit(SessionTurned("login-failed", failure.reason))
            raise

    async def _finished(self, query: str, cookies: tuple[str, ...]) -> Onward:
        answer = read_answer(query)
        state = answer["state"]
        ring, wall = self._sessions.ring, self._sessions.wall
        mine = opened(login_cookie(cookies, state), state, ring, now_s=wall())
        cleared = clear_login(login_name(state))
        try:
            session = await self._signed_in(mine, answer)
            identifier = await self._sessions.begin(session, cookies)
        except Failure as failure:
            failure.headers = (*failure.headers, cleared)
            raise
        return Onward(mine.return_url, (cleared, set_session(identifier)))

    async def _signed_in(self, mine: Transaction, answer: Mapping[str, str]) -> Session:
        """Raises BadInput (login-failed); ServiceSilent."""
        code = code_in(answer, await self._provider.doors(), self._provider.options)
        used = f"sign-in:{digest_of(mine.state)}"
        if not await soon(self._sessions.notes.add(used, b"1", ttl_s=LIFETIME_S)):
            raise login_failed()  # a replay, with the cookie and all
        try:
            tokens = await self._provider.exchange(code, mine.verifier)
            claims = await self._provider.prove(tokens, nonce=mine.nonce)
            shown = await self._provider.told(tokens, claims)
        except (GrantRefused, NotForUs) as refused:
            self._sessions.emit(SessionTurned("login-failed", str(refused)))
            raise login_failed() from None
        return session_of(
            tokens,
            claims,
            shown=shown,
            login=self._provider.options,
            options=self._sessions.options,
            now_s=self._sessions.wall(),
        )


def session_of(
    tokens: Tokens,
    claims: Mapping[str, object],
    *,
    shown: Mapping[str, object],
    login: LoginOptions,
    options: SessionOptions,
    now_s: float,
) -> Session:
    """A new session, out of what the provider proved; `shown` is for /bff/user alone."""
    provider_sid = claims.get("sid", "")
    expires_in_s = tokens.expires_in_s
    return Session(
        subject=str(claims["sub"]),
        issuer=login.issuer,
        scopes=tuple(sorted((tokens.scope or " ".join(login.scopes)).split())),
        roles=roles_in(claims, login.roles_claim),
        claims={name: shown[name] for name in login.claims if name in shown},
        provider_sid=provider_sid if isinstance(provider_sid, str) else "",
        access_token=tokens.access_token,
        access_until_s=now_s + expires_in_s,
        renew_at_s=renewal_due_s(options, expires_in_s=expires_in_s, now_s=now_s),
        refresh_token=tokens.refresh_token,
        id_token=tokens.id_token,
        began_s=now_s,
        seen_s=now_s,
    )
