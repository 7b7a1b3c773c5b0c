"""Sign a browser out: here, at the provider, and when the provider says so.

Why       A session that ends here only comes back at the next click, by a refresh token or by the
          provider's own cookie.
Called by edge/login_pages.
Never     signs out for a page that is not ours; never fails to for want of an answer.
Source    OpenID Connect RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 7009;
          docs/spec/bad-input.md row 102.
"""

from urllib.parse import parse_qsl, urlencode

from bff.guard.login.sign_in import Onward
from bff.guard.provider.id_token import LOGOUT_LIFETIME_S, NotForUs
from bff.guard.sessions.cookies import clear_session, digest_of
from bff.guard.sessions.session import Session
from bff.guard.sessions.sessions import Sessions, is_sid_of, shown_id
from bff.guard.sessions.vault import of_provider_sid, of_subject
from bff.stores.store import soon
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Refused, ServiceSilent
from bff.terms.events import SessionTurned


class Leaving:
    """Signs browsers out, of these sessions."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._provider = sessions.provider

    def __repr__(self) -> str:
        return f"<Leaving of {self._sessions!r}>"

    async def leave(self, sid: str, cookies: tuple[str, ...]) -> Onward:
        """To the provider, to sign out there too. Raises Refused (csrf-rejected) without `sid`.

        Whoever has no session any more goes straight to where one goes after it.
        """
        identifier = shown_id(cookies)
        if not sid or (identifier and not is_sid_of(sid, identifier)):
            detail = "Sign out by the logoutUrl that /bff/user gives."
            raise Refused(detail, reason="csrf-rejected", code=Code.PERMISSION_DENIED)
        session = await self._sessions.end(identifier)
        if session is None:
            # a page of another site shows none, and must not take away the one that is there
            gone = (clear_session(),) if identifier else ()
            return Onward(self._provider.options.after_logout, gone)
        self._sessions.emit(SessionTurned("ended"))
        await self._revoked(session)
        return Onward(await self._last_door(session), (clear_session(),))

    async def heard(self, form: str) -> int:
        """The provider's back-channel: how many sessions its logout token ended.

        Raises BadInput for a token that is none; ServiceSilent
        """
        texts = [value for name, value in parse_qsl(form) if name == "logout_token"]
        if len(texts) != 1:
            raise _no_logout_token()
        try:
            said = await self._provider.prove_goodbye(texts[0])
        except NotForUs as refused:
            self._sessions.emit(SessionTurned("logout-refused", str(refused)))
            raise _no_logout_token() from None
        issuer, records = self._provider.options.issuer, self._sessions.records
        used = f"goodbye:{digest_of(f'{issuer} {said.name}')}"
        if await soon(records.get(used)) is not None:
            raise _no_logout_token()
        index = (
            of_provider_sid(issuer, said.provider_sid)
            if said.provider_sid
            else of_subject(issuer, said.subject)
        )
        ended = await self._sessions.vault.forget_all(index)
        # Noted last: what fails half-way may be said again.
        await soon(records.add(used, b"1", ttl_s=2 * LOGOUT_LIFETIME_S))
        self._sessions.emit(SessionTurned("ended-elsewhere", f"{ended} sessions"))
        return ended

    async def _revoked(self, session: Session) -> None:
        """A provider that does not answer keeps nobody signed in here: the provider's log tells."""
        if not session.refresh_token:
            return
        try:
            await self._provider.revoke(session.refresh_token)
        except ServiceSilent:
            return  # the event was told where it was found out

    async def _last_door(self, session: Session) -> str:
        options = self._provider.options
        try:
            doors = await self._provider.doors()
        except ServiceSilent:
            return options.after_logout
        if not doors.end_session:
            return options.after_logout
        asked = {
            "client_id": options.client_id,
            "post_logout_redirect_uri": f"{options.origin}{options.after_logout}",
        }
        if session.id_token:
            asked["id_token_hint"] = session.id_token
        return f"{doors.end_session}{'&' if '?' in doors.end_session else '?'}{urlencode(asked)}"


def _no_logout_token() -> BadInput:
    return BadInput("This is no logout token for this server.", reason="malformed-request")
