"""Declare a screen made of parts: each asks one rpc and shows fields of its reply.

Why       A screen that only chooses and renames needs no Python between wire and JSON: no message
          is made of a reply, and what is shown is known before anything runs.
Called by bff/views (declares), compose/screen.py (finds), compose/boards.py (serves).
Never     lets a part read what another was answered: all of them are asked at once. A screen that
          needs that is an async function (compose/screen.py).
Source    docs/spec/views.md.

    home = board(
        name="home",
        get="/web/v1/home/{user_id}",
        client="web",
        deadline_ms=800,
        about="The user and their newest links.",
        parts=(
            Part(name="user", rpc=GET_USER, ask=by_id),
            Part(name="links", rpc=LIST_LINKS, ask=newest, path=("links",), show=CARD, soft=True),
        ),
    )
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, NamedTuple

from bff.compose.inputs import Wanted
from bff.compose.place import place_of
from bff.contract.client import Rep, Req, Rpc
from bff.contract.codec.projection import Projection
from bff.contract.json_options import JsonChoices
from bff.terms.access import UNLESS_SAID, Policy
from bff.terms.context import Identity

_AS_USUAL = JsonChoices()
_NOTHING: Mapping[str, Wanted] = MappingProxyType({})


class Given(NamedTuple):
    """What a part may ask with: who calls, and the screen's inputs."""

    identity: Identity
    inputs: Mapping[str, str | int]

    @property
    def caller_id(self) -> str:
        """The `sub` of the caller's token; "" for nobody."""
        return self.identity.subject

    def text(self, name: str) -> str:
        """An input that is a text. Raises KeyError, TypeError: `bff check` finds both."""
        value = self.inputs[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is a number")
        return value

    def number(self, name: str) -> int:
        """An input that is a whole number. Raises as `text` does."""
        value = self.inputs[name]
        if not isinstance(value, int):
            raise TypeError(f"{name} is a text")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[Req, Rep]):
    """One member of the answer.

    Parts of the same `rpc` with the very same `ask` share one call.

    name         the member's name in JSON
    rpc          of a generated client: GET_USER
    ask          makes the request; a Failure that it raises is the screen's
    show         which fields, under which names; None is all of them
    path         the field of the reply that is shown, () for the whole reply; null if it is unset
    soft         it may fail: null then, and an entry in `errors`
    deadline_ms  its own budget, within the screen's
    """

    name: str
    rpc: Rpc[Req, Rep]
    ask: Callable[[Given], Req]
    show: Projection | None = None
    path: tuple[str, ...] = ()
    soft: bool = False
    deadline_ms: float | None = None


Parts = tuple[Part[Any, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One declared screen of parts, not yet checked. `name` is "web.home"."""

    name: str
    get: str
    client: str
    access: Policy
    deadline_s: float
    about: str
    inputs: Mapping[str, Wanted]
    json: JsonChoices
    parts: Parts
    declared_at: str


def board(  # noqa: PLR0913 - a declaration is what it lists
    *,
    name: str,
    get: str,
    client: str,
    deadline_ms: float,
    parts: Parts,
    about: str = "",
    access: Policy = UNLESS_SAID,
    inputs: Mapping[str, Wanted] = _NOTHING,
    json: JsonChoices = _AS_USUAL,
) -> Board:
    """A screen, served at GET `get`. It raises nothing: mistakes are told together, at boot.

    name         of the operation, unique among the client's screens
    client       "web", "mobile" or "public": which API the screen belongs to
    deadline_ms  the whole screen's budget, in milliseconds
    access       "signed_in" (if not said), or whatever bff/terms/access.py has words for
    about        what the API document says: a line, then as many as you like
    inputs       query parameters: their default, or str or int for one that must be sent; a
                 variable of the path is a text unless it is int here
    json         how values are written, where not as everywhere: json_names, defaults, int64, enums
    """
    here = sys._getframe(1)  # noqa: SLF001 - the declaration's place; inspect reads whole files
    return Board(
        name=f"{client}.{name}",
        get=get,
        client=client,
        access=access,
        deadline_s=deadline_ms / 1000,
        about=about,
        inputs=inputs,
        json=json,
        parts=parts,
        declared_at=place_of(here.f_globals["__name__"], here.f_code.co_filename, here.f_lineno),
    )
