"""Where a value of a view may come from: a call, the item of a shape or of a keyed join, an input,
the caller.

Called by recorder.py (paths start at them), words.py, calls.py, classes.py (make them),
          compiling (reads them).
Never     are compared by what they hold: two calls that look the same are made one by the compiler.
Source    docs/spec/views.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from google.protobuf.message import Message

from bff.calls.keep import Keep
from bff.contract.client import Rpc


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a call is made: see language_calls.policy."""

    deadline_ms: float | None = None
    keep: Keep | None = None
    fallback: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """A call.

    name       the client's method: "get_user"
    arguments  field of the request -> a constant, or a Recorder
    paged      the request's page_token is the client's cursor
    """

    name: str
    rpc: Rpc[Any, Any]
    arguments: Mapping[str, Any]
    manner: Manner
    paged: bool
    place: str


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """What a shape is about: one message, wherever the shape is used."""

    message: type[Message]
    place: str


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """Who calls."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matching:
    """The one of a list of messages whose field `by` equals `key`: a keyed join.

    message  what the list holds
    items    the list, a Recorder
    key      a constant, or a Recorder
    """

    message: type[Message]
    items: Any
    by: str
    key: Any
    place: str


class Given:
    """An input. It learns its name from the class attribute that it is assigned to."""

    __slots__ = ("about", "default", "kind", "name", "place", "where")

    def __init__(
        self,
        where: Literal["path", "query", "header"],
        kind: type,
        *,
        place: str,
        default: str | int | bool | None = None,
        name: str = "",
        about: str = "",
    ) -> None:
        self.where, self.kind, self.default = where, kind, default
        self.name, self.about, self.place = name, about, place

    def __repr__(self) -> str:
        return f"<{self.where} input {self.name or '?'}>"


Source: TypeAlias = Asked | Item | Matching | Given | Caller
