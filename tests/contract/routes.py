"""Routers whose routes are their own targets, for the tests of this folder."""

import pytest

from bff.contract.routes.path_template import PathTemplate
from bff.contract.routes.router import Match, Router
from bff.terms.errors import BadInput


def router_of(*routes: str, fully_decode: bool = False) -> Router[str]:
    """Routes as "GET /a/{x}"; each is its own target."""
    split = [route.split(" ", 1) for route in routes]
    return Router(
        [(method, PathTemplate.parse(text), f"{method} {text}") for method, text in split],
        fully_decode=fully_decode,
    )


def target(router: Router[str], request: str) -> str | None:
    """Which route serves "GET /a/b"; None for none, whatever the reason."""
    match = router.match(*request.split(" ", 1))
    return match.target if isinstance(match, Match) else None


def values(template: str, raw_path: str, *, fully_decode: bool = False) -> tuple[str, ...]:
    match = router_of(f"GET {template}", fully_decode=fully_decode).match("GET", raw_path)
    assert isinstance(match, Match)
    return match.values


def refusal(template: str, raw_path: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        router_of(f"GET {template}").match("GET", raw_path)
    return caught.value
