"""Split a token's text into header, claims and signature, strictly, believing none of it.

Why       Lenient decoders disagree: stray characters, unused bits, duplicate keys. Two readers of
          one token must never see two tokens, so there is one spelling and one reading.
Called by guard/tokens/jwt.
Never     checks a signature or a claim.
Source    RFC 7515 section 7.1, RFC 8725 section 3; docs/spec/bad-input.md row 93.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from bff.guard.refusal import unauthenticated
from bff.terms.errors import Refused
from bff.terms.url_text import decoded

MAX_TOKEN_BYTES = 8_192

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class UntrustedToken:
    """What the token says of itself. `signed` is the exact bytes that `signature` must cover."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    signed: bytes
    signature: bytes


def read_token(text: str) -> UntrustedToken:
    """Raises Refused unless it is three canonical base64url parts, two of them JSON objects."""
    if len(text) > MAX_TOKEN_BYTES:
        raise unauthenticated("The bearer token is longer than 8 KiB: ask for a smaller one.")
    if not _COMPACT.fullmatch(text):
        raise _not_a_jwt()
    header, claims, signature = text.split(".")
    try:
        return UntrustedToken(
            header=_object(header),
            claims=_object(claims),
            signed=f"{header}.{claims}".encode(),
            signature=decoded(signature),
        )
    except (ValueError, RecursionError):
        # `from None`: a traceback must not carry pieces of a token into the log.
        raise _not_a_jwt() from None


def _not_a_jwt() -> Refused:
    return unauthenticated("The bearer token is not a signed JWT of three parts: sign in again.")


def _object(part: str) -> Mapping[str, object]:
    found = json.loads(
        decoded(part).decode("utf-8"),
        object_pairs_hook=_unique,
        parse_constant=_no_constant,
    )
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  the caller turns ValueError into a 401
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
