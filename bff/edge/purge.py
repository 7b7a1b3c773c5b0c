"""POST /admin/cache/purge: forget what is remembered, by tag, on the admin port.

Why       A shop that changes a price wants it on the page now, not when a minute is over.
            {"tags": ["shop.catalog.v1.Product/p-1"]}   ->   {"purged": 12}
Called by app (mounts it on the admin port).
Never     works without a token of the operator's; never tells by its timing how much of a token is
          right.
Source    docs/configuration.md `[admin]`; RFC 6750.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bff.contract.json_options import JsonLimits
from bff.contract.json_text import parse
from bff.contract.status import PROBLEMS
from bff.edge.answers import body_within
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistake

SHORTEST_TOKEN = 16
MOST_TAGS = 1_000
_LIMITS: Final = JsonLimits(body_bytes=262_144, depth=2, nodes=MOST_TAGS + 3)

Purge = Callable[[Sequence[str]], Awaitable[int]]
"""Forgets all that has one of these tags; returns how much that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminOptions:
    """`token` is what purging needs, as a bearer token; "": nobody can purge."""

    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Raises ContractMistake for a token that can be guessed."""
        if self.token and len(self.token) < SHORTEST_TOKEN:
            what = f"must have at least {SHORTEST_TOKEN} characters"
            raise ContractMistake(what, where="admin.token")


def purging(purge: Purge | None, options: AdminOptions) -> BaseRoute:
    """The route. `purge` None: nothing is remembered."""

    async def asked(request: Request) -> JSONResponse:
        _check(request, options.token)
        tags = _tags(
            await body_within(request, _LIMITS.body_bytes, else_="Send fewer tags at once.")
        )
        purged = 0 if purge is None else await purge(tags)
        return JSONResponse({"purged": purged}, headers={"cache-control": "no-store"})

    return Route("/admin/cache/purge", asked, methods=["POST"])


def _check(request: Request, token: str) -> None:
    if not token:
        raise HTTPException(
            PROBLEMS["permission-denied"].status, "Purging is off: set BFF_ADMIN_TOKEN."
        )
    given = request.headers.getlist("authorization")
    wanted = f"bearer {token}".encode()
    scheme, _, rest = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if not compare_digest(f"{scheme.lower()} {rest.strip()}".encode(), wanted):
        raise HTTPException(
            PROBLEMS["unauthenticated"].status,
            "Send Authorization: Bearer, and the operator's token.",
            {"www-authenticate": "Bearer"},
        )


def _tags(body: bytes) -> tuple[str, ...]:
    match parse(body, _LIMITS):
        case {"tags": list(tags), **others} if not others and tags:
            if all(isinstance(tag, str) and tag for tag in tags):
                return tuple(str(tag) for tag in tags)
    raise BadInput.at("/tags", 'send {"tags": ["shop.catalog.v1.Product/p-1"]}')
