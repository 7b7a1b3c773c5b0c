"""What a token endpoint says: tokens, a refusal that holds, or nothing of use. Pure.

Why       "This refresh token is no good" ends a session; "500", HTML or a wrong client secret must
          not: then somebody else has to act, and the user stays signed in meanwhile.
Called by guard/provider.
Never     shows the provider's text to a client, or takes an answer for more than it says.
Source    RFC 6749 sections 5.1, 5.2; OpenID Connect Core 1.0 section 3.1.3.3.
"""

from dataclasses import dataclass, field

from bff.contract.status import BAD_REQUEST
from bff.guard.outbound import Answered, Declined, Unreachable

UNTOLD_LIFETIME_S = 300.0
LONGEST_LIFETIME_S = 86_400.0
_TOKEN_CHARS = 16_384


class GrantRefused(Exception):
    """The provider will never give tokens for this code or refresh token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """`refresh_token`, `id_token` and `scope` are "" where the answer has none."""

    access_token: str = field(repr=False)
    expires_in_s: float
    refresh_token: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    scope: str = ""


def read_tokens(answer: Answered) -> Tokens:
    """Raises GrantRefused; Unreachable for what is no answer to the question."""
    told = answer.told
    if told is None:
        raise Unreachable(f"the token endpoint answered {answer.status}, and no JSON object")
    if answer.status == BAD_REQUEST and told.get("error") == "invalid_grant":
        raise GrantRefused
    if answer.status != 200:
        kind = Declined if answer.status == BAD_REQUEST else Unreachable
        raise kind(f"the token endpoint answered {answer.status} {_slug(told)}".rstrip())
    bearer = told.get("token_type", "")
    if not isinstance(bearer, str) or bearer.lower() != "bearer":
        raise Unreachable("the token endpoint gave no bearer token")
    return Tokens(
        access_token=_text(told, "access_token", needed=True),
        expires_in_s=_lifetime_s(told.get("expires_in")),
        refresh_token=_text(told, "refresh_token"),
        id_token=_text(told, "id_token"),
        scope=_text(told, "scope"),
    )


def _text(told: dict[str, object], name: str, *, needed: bool = False) -> str:
    """A token travels in a header: visible ASCII."""
    value = told.get(name, "")
    fits = isinstance(value, str) and len(value) <= _TOKEN_CHARS and value.isascii()
    if not fits or not str(value).isprintable() or (needed and not value):
        raise Unreachable(f"the token endpoint gave no usable {name}")
    return str(value)


def _lifetime_s(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not given > 0:
        return UNTOLD_LIFETIME_S
    return min(float(given), LONGEST_LIFETIME_S)


def _slug(told: dict[str, object]) -> str:
    """The error's name, where it is one of those that the RFC allows; nothing of its prose."""
    error = told.get("error")
    is_name = isinstance(error, str) and error.replace("_", "").isalpha() and error.isascii()
    return str(error)[:40] if is_name else ""
