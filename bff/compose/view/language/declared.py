"""Read a class body: its members in order, each with its line and what its annotation says.

Called by compiling (views, members), at boot: by then every module is loaded, so that an annotation
          may name a shape that stands further down.
Never     looks into a descriptor: whether a value fits its annotation is compiling/kinds.py's.
Source    docs/spec/views.md, pitfall 6.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from bff.compose.view.language.classes import lines_of
from bff.compose.view.language.made import Computing, Deferred, Made
from bff.compose.view.language.recorder import Recorder
from bff.compose.view.language.words import SOFT
from bff.terms.mistakes import ContractMistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an annotation says: Soft[list[Card]] is a `list[Card]` that is soft and may be null."""

    kind: Any
    soft: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One member. `value` is a recorder, what a shape or @field made, or a constant."""

    name: str
    value: Any
    owner: type
    place: str
    deferred: bool

    @property
    def wanted(self) -> Wanted:
        """Raises ContractMistake where the annotation can't be read."""
        if isinstance(self.value, Computing):
            return returned_by(self.value.function)
        owners = (base for base in self.owner.__mro__ if self.name in _annotations(base))
        owner = next(owners)
        return wanted(_resolved({self.name: _annotations(owner)[self.name]}, owner)[self.name])


def declared_in(cls: type) -> tuple[Declared, ...]:
    """Its members: inherited ones first, each where it was first declared.

    Raises ContractMistake for an annotated name without a value.
    """
    found: list[Declared] = []
    for name in dict.fromkeys(_names(cls)):
        owner = next((base for base in cls.__mro__ if name in vars(base)), None)
        if owner is None:
            what = f"{name} is declared without a value: {name}: ... = call(...)"
            raise ContractMistake(what, where=_line_of_class(cls, name))
        value = vars(owner)[name]
        annotated = any(name in _annotations(base) for base in cls.__mro__)
        if annotated or isinstance(value, Computing):
            found.append(_declared(name, value, cls=cls, owner=owner))
    return tuple(found)


def wanted(annotation: Any) -> Wanted:
    """Soft[T], T | None, or T."""
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        soft = any(isinstance(note, str) and note == SOFT for note in notes)
        inside = wanted(inner)
        return Wanted(kind=inside.kind, soft=soft or inside.soft, absent=soft or inside.absent)
    if get_origin(annotation) in (Union, UnionType):
        rest = [one for one in get_args(annotation) if one is not NoneType]
        if len(rest) == 1 and len(rest) < len(get_args(annotation)):
            inside = wanted(rest[0])
            return Wanted(kind=inside.kind, soft=inside.soft, absent=True)
    return Wanted(kind=annotation)


def returned_by(function: Callable[..., Any]) -> Wanted:
    """What a @field function says that it returns. Raises ContractMistake."""
    said = inspect.get_annotations(function)
    if "return" not in said:
        raise ContractMistake("a @field function says what it returns: def f(...) -> str")
    return wanted(_resolved({"return": said["return"]}, function)["return"])


def taken_by(function: Callable[..., Any], name: str) -> Any:
    """What a parameter is declared as, but for `| None`; Any where it is not. Raises
    ContractMistake.
    """
    said = inspect.get_annotations(function)
    return wanted(_resolved({name: said[name]}, function)[name]).kind if name in said else Any


def _names(cls: type) -> Iterator[str]:
    """Public names; those of the bases, from left to right, come first."""
    for base in cls.__bases__:
        yield from _names(base)
    if lines_of(cls):
        own = [*vars(cls), *_annotations(cls)]
        yield from (name for name in own if not name.startswith("_"))


def _declared(name: str, value: Any, *, cls: type, owner: type) -> Declared:
    deferred = isinstance(value, Deferred)
    return Declared(
        name=name,
        value=value.what if deferred else value,
        owner=cls,
        place=lines_of(owner).get(name, ""),
        deferred=deferred,
    )


def _annotations(cls: type) -> dict[str, Any]:
    return inspect.get_annotations(cls) if lines_of(cls) else {}


def _line_of_class(cls: type, name: str) -> str:
    owner = next(base for base in cls.__mro__ if name in _annotations(base))
    return lines_of(owner)[""]


def _resolved(annotations: dict[str, Any], of: Any) -> dict[str, Any]:
    def holder() -> None: ...

    holder.__annotations__ = annotations
    module = vars(sys.modules.get(of.__module__, sys))
    try:
        return get_type_hints(holder, globalns=module, include_extras=True)
    except NameError as unknown:
        raise ContractMistake(
            f"its annotation can't be read: {unknown}; import it outside of `if TYPE_CHECKING:`"
        ) from None


def behind(value: Any) -> Any:
    """What a member is made of: a shape's message, a list's items, the value that is deferred."""
    while isinstance(value, Made | Deferred):
        value = value.what
    return value if isinstance(value, Recorder) else None
