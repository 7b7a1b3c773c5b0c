"""Renew an app's tokens: one form in, one form to the issuer, its answer back; nothing else passes.

Why       An app that knows one address, ours, needs no second one, and the issuer's can change. An
          app holds its own refresh token and is no client with a secret: what it sends goes on as
          it is.
Called by edge/refresh.py.
Never     renews for a browser: there tokens stay on the server (sessions). Never adds a secret of
          ours, follows an address that a client names, or keeps or logs any of it.
Source    RFC 6749 sections 5, 6; RFC 8252 (apps); docs/spec/threats.md "SSRF",
          "access/refresh tokens".
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

import orjson

from bff.guard.apps.options import RefreshOptions
from bff.guard.outbound import Answered, Unreachable, ask
from bff.guard.refusal import unavailable
from bff.guard.turns import Ask, Turns
from bff.terms.codes import Code
from bff.terms.errors import BadInput, Refused
from bff.terms.events import Emit, SessionTurned, silence

MAX_FORM_BYTES = 16_384
_SENT = ("grant_type", "refresh_token", "client_id", "scope")
_ANSWERED = ("access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token")
_REFUSALS = frozenset(
    {
        "invalid_grant",
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""RFC 6749 section 5.2: words that an app's library knows."""
_REFUSED_STATUS = (400, 401)
_OK = 200


class Renewed(NamedTuple):
    """What the app is told: tokens with 200, or one of the words above with 400."""

    status: int
    body: bytes


class Refreshing:
    """At one issuer."""

    def __init__(self, options: RefreshOptions, *, ask: Ask = ask, emit: Emit = silence) -> None:
        self._options = options
        self._emit = emit
        self._turns = Turns(ask)

    def __repr__(self) -> str:
        return f"<Refreshing for {len(self._options.client_ids)} apps>"

    async def renewed(self, body: bytes) -> Renewed:
        """Raises BadInput for a form that is none of ours; Refused for an app that we do not know;
        ServiceSilent where the issuer does not answer.
        """
        form = read_form(body, self._options.client_ids)
        try:
            url, timeout_s = self._options.url, self._options.timeout_s
            return read_answer(await self._turns.ask(url, form=form, timeout_s=timeout_s))
        except Unreachable as error:
            self._emit(SessionTurned("provider-failed", f"renewal: {error}"))
            detail = "Tokens can't be renewed just now: try again in a moment."
            raise unavailable(detail, retry_after_s=1.0) from None


def from_browser(headers: Mapping[str, str]) -> bool:
    """Whether a page asks: apps send none of these, and pages can't leave them out."""
    return "origin" in headers or any(name.startswith("sec-fetch-") for name in headers)


def read_form(body: bytes, client_ids: Collection[str]) -> dict[str, str]:
    """The form as it goes on. Raises BadInput; Refused."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=8
        )
    except ValueError:
        raise BadInput(
            "Send one form: a refresh_token grant.", reason="malformed-request"
        ) from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise BadInput("Send each field once.", reason="duplicate-field")
    for name in form.keys() - set(_SENT):
        raise BadInput.at(name, "there is no such field", reason="unknown-field")
    if form.get("grant_type") != "refresh_token":
        raise BadInput.at("grant_type", "send refresh_token: nothing else is done here")
    if not form.get("refresh_token"):
        raise BadInput.at("refresh_token", "send the refresh token")
    if form.get("client_id") not in client_ids:
        raise Refused(
            "This app may not renew tokens here.",
            reason="permission-denied",
            code=Code.PERMISSION_DENIED,
        )
    return form


def read_answer(answer: Answered) -> Renewed:
    """The issuer's answer, less all that nobody asked for. Raises Unreachable for none."""
    told = answer.told
    if told is None:
        raise Unreachable(f"answered {answer.status}, and no JSON object")
    if answer.status == _OK and isinstance(told.get("access_token"), str):
        return Renewed(_OK, orjson.dumps({name: told[name] for name in _ANSWERED if name in told}))
    error = told.get("error")
    if answer.status in _REFUSED_STATUS and isinstance(error, str) and error in _REFUSALS:
        return Renewed(_REFUSED_STATUS[0], orjson.dumps({"error": error}))
    raise Unreachable(f"answered {answer.status}")
