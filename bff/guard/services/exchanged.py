"""Tell a service who calls, by a token that the issuer makes of the caller's own, for that service.

Why       Where the issuer decides which client may act for whom at which service, it has to be
          asked; a service's token never leaves for the client, and the client's not for a service.
Called by telling.py, once a service; calls waits for `ready`.
Never     asks twice at once for one caller; keeps a token's text as a name; hands on the caller's
          own token where there is no other.
Source    RFC 8693 sections 2.1, 2.2; docs/spec/threats.md "access/refresh tokens".
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from contextvars import Context
from functools import partial
from hashlib import sha256
from time import monotonic
from typing import NamedTuple

from bff.calls.showing import CREDENTIALS, without_credentials
from bff.guard.outbound import Declined, Unreachable, ask
from bff.guard.provider.token_answer import GrantRefused, Tokens, read_tokens
from bff.guard.refusal import unauthenticated, unavailable
from bff.guard.services.options import ExchangeOptions
from bff.guard.turns import Ask, Turns, basic
from bff.terms.context import Metadata, RequestContext
from bff.terms.deadline import Clock
from bff.terms.errors import ServiceSilent
from bff.terms.events import Emit, SessionTurned, silence

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name
MOST_REMEMBERED = 10_000
PAUSE_S = 1.0
"""After a failure nobody waits for the issuer for this long: all are refused at once."""
_SHARE = 0.8
"""Of its life a token is used; the rest is for the call that carries it."""


class _Kept(NamedTuple):
    pair: tuple[str, str]
    renew_at_s: float


class ExchangedToken:
    """Of one service."""

    def __init__(
        self,
        service: str,
        options: ExchangeOptions,
        *,
        ask: Ask = ask,
        emit: Emit = silence,
        clock: Clock = monotonic,
    ) -> None:
        self._service = service
        self._options = options
        self._turns = Turns(ask)
        self._emit = emit
        self._clock = clock
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._flights: dict[bytes, asyncio.Task[None]] = {}
        self._failed_at_s: float | None = None

    def __repr__(self) -> str:
        return f"<ExchangedToken for {self._service}, {len(self._kept)} callers>"

    def metadata(self, context: RequestContext) -> Metadata:
        """What came with the request, with the exchanged token in place of the caller's."""
        others = without_credentials(context.metadata)
        kept = self._kept.get(_name(_own(context)))
        return others if kept is None else (*others, kept.pair)

    async def ready(self, context: RequestContext) -> None:
        """Raises Refused where the issuer will not; ServiceSilent where it does not answer."""
        own = _own(context)
        if not own:
            return
        name = _name(own)
        kept = self._kept.get(name)
        if kept is not None and self._clock() < kept.renew_at_s:
            return
        flight = self._flights.get(name)
        if flight is None:
            flight = self._flights[name] = asyncio.create_task(
                self._exchange(name, own), context=Context()
            )
            flight.add_done_callback(partial(self._over, name))
        await self._landed(flight, context.deadline.remaining_s(self._clock()))

    def _over(self, name: bytes, flight: "asyncio.Task[None]") -> None:
        self._flights.pop(name, None)
        if not flight.cancelled():
            flight.exception()  # whoever waited has been told; it may be that nobody did

    async def _landed(self, flight: "asyncio.Task[None]", wait_s: float) -> None:
        """A waiter that leaves does not take the question along."""
        done, _ = await asyncio.wait({flight}, timeout=max(wait_s, 0.0))
        if not done:
            raise _silent()
        flight.result()

    async def _exchange(self, name: bytes, own: str) -> None:
        now_s = self._clock()
        if self._failed_at_s is not None and now_s - self._failed_at_s < PAUSE_S:
            raise _silent()
        try:
            mine = self._options
            answer = await self._turns.ask(
                mine.url,
                form=_form(own, self._service, mine.scope),
                headers=(basic(mine.client_id, mine.client_secret),),
                timeout_s=mine.timeout_s,
            )
            tokens = read_tokens(answer)
        except GrantRefused:
            self._kept.pop(name, None)
            raise unauthenticated(
                "The bearer token is not accepted by a service: sign in again."
            ) from None
        except Unreachable as error:
            if not isinstance(error, Declined):
                self._failed_at_s = now_s
            self._emit(SessionTurned("provider-failed", f"token exchange: {error}"))
            raise _silent() from None
        self._failed_at_s = None
        self._remember(name, tokens, now_s)

    def _remember(self, name: bytes, tokens: Tokens, now_s: float) -> None:
        pair = (CREDENTIALS, f"Bearer {tokens.access_token}")
        self._kept[name] = _Kept(pair, now_s + tokens.expires_in_s * _SHARE)
        self._kept.move_to_end(name)
        if len(self._kept) > MOST_REMEMBERED:
            self._kept.popitem(last=False)


def _form(own: str, service: str, scope: str) -> Mapping[str, str]:
    form = {
        "grant_type": GRANT,
        "subject_token": own,
        "subject_token_type": ACCESS_TOKEN,
        "requested_token_type": ACCESS_TOKEN,
        "audience": service,
    }
    return {**form, "scope": scope} if scope else form


def _own(context: RequestContext) -> str:
    """The caller's own access token; "" for nobody's."""
    if not context.identity.known:
        return ""
    value = next((text for name, text in context.metadata if name == CREDENTIALS), "")
    return str(value).partition(" ")[2].strip()


def _name(own: str) -> bytes:
    return sha256(own.encode()).digest()


def _silent() -> ServiceSilent:
    detail = "Who you are can't be told to a service that this needs: try again in a moment."
    return unavailable(detail, retry_after_s=PAUSE_S)
