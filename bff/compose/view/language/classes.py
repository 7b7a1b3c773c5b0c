"""The classes of which views are made: Fragment, View and Shape.

Why       A class body is the plan: what it assigns is recorded with its line, and inherited as
          Python inherits, so a web screen can be a mobile screen plus more.
Called by bff/views, through bff.compose.view; declared.py (reads their bodies).
Never     makes instances; never registers itself: found_in looks views up.
Source    docs/spec/views.md.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from google.protobuf.message import Message

from bff.calls.keep import Keep
from bff.compose.view.language.made import Made
from bff.compose.view.language.recorder import Recorder, field_of, message_of, path_of, source_of
from bff.compose.view.language.sources import Item
from bff.compose.view.language.unready import place_in, wrong
from bff.compose.view.plan import Errors
from bff.contract.codec.known import is_map
from bff.terms.access import Policy

M = TypeVar("M", bound=Message)
_LINES = "__lines__"
_HEADER = "__header__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands behind a view's name: `class Home(View, get="/v1/home", client="web", ...)`."""

    get: str = ""
    client: str = ""
    deadline_ms: float | None = None
    cache: Keep | None = None
    access: Policy | None = None
    omit: tuple[str, ...] = ()
    errors: Errors | None = None
    variant: str = ""
    share: int | None = None

    def over(self, inherited: "Header") -> "Header":
        """What is said here, else what was said before; what is omitted adds up."""
        share = inherited.share if self.share is None and not self.variant else self.share
        return Header(
            get=self.get or inherited.get,
            client=self.client or inherited.client,
            deadline_ms=inherited.deadline_ms if self.deadline_ms is None else self.deadline_ms,
            cache=self.cache or inherited.cache,
            access=self.access or inherited.access,
            omit=(*inherited.omit, *self.omit),
            errors=self.errors or inherited.errors,
            variant=self.variant or inherited.variant,
            share=share,
        )


class _Body(dict[str, Any]):
    """A class body that knows the line of each name; "" is the class itself."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = {"": place_in(sys._getframe(2))}  # noqa: SLF001 - of the class statement
        super().__setitem__(_LINES, self.lines)

    def __setitem__(self, name: str, value: Any) -> None:
        here = place_in(sys._getframe(1))  # noqa: SLF001 - of the assignment
        if not name.startswith("__"):
            if name in self.lines:
                raise wrong(f"{name} is there already, at {self.lines[name]}: rename one of them")
            self.lines[name] = here
        super().__setitem__(name, value)


if TYPE_CHECKING:
    _Declaring = type  # with any other metaclass mypy would not check the keywords of a view
else:

    class _Declaring(type):
        """Notes lines while a class body runs."""

        @classmethod
        def __prepare__(cls, _name: str, _bases: tuple[type, ...], /, **_: Any) -> dict[str, Any]:
            return _Body()


def items_of(cls: type) -> tuple[Item, ...]:
    """Every src() of a shape and of those that it inherits from."""
    found = (one for base in cls.__mro__ for one in vars(base).values())
    sources = (source_of(one) for one in found if isinstance(one, Recorder) and not path_of(one))
    return tuple(dict.fromkeys(one for one in sources if isinstance(one, Item)))


def lines_of(cls: type) -> Mapping[str, str]:
    """Where each name of its own body stands; "" for the class."""
    lines: Mapping[str, str] = vars(cls).get(_LINES, {})
    return MappingProxyType(lines)


def header_of(cls: type) -> Header:
    """Its own, over those that it inherits."""
    header = Header()
    for base in reversed(cls.__mro__):
        own = vars(base).get(_HEADER)
        header = own.over(header) if isinstance(own, Header) else header
    return header


def check_mixture(cls: type) -> None:
    """Two bases that define a public name, neither knowing of the other, must not be mixed."""
    own = vars(cls)
    seen: dict[str, type] = {}
    for base in reversed(cls.__mro__[1:]):
        for name in lines_of(base):
            if not name or name.startswith("_") or name in own:
                continue
            other = seen.get(name, base)
            same = vars(base)[name] is vars(other)[name]
            if not same and not issubclass(base, other):
                first, second = lines_of(other)[name], lines_of(base)[name]
                what = f"{name} is defined at {first} and at {second}"
                raise wrong(f"{cls.__name__}: {what}: rename one, or say in {cls.__name__} which")
            seen[name] = base


class Fragment(metaclass=_Declaring):
    """Members, inputs and calls to be mixed into views; with `get=` it is a view itself."""

    def __init_subclass__(  # noqa: PLR0913 - what a class statement may say
        cls,
        *,
        get: str = "",
        client: str = "",
        deadline_ms: float | None = None,
        cache: Keep | None = None,
        access: Policy | None = None,
        omit: tuple[str, ...] = (),
        errors: Errors | None = None,
        variant: str = "",
        share: int | None = None,
    ) -> None:
        """Raises ContractMistake.

        get          its path below the client's: "/v1/home" of "web" is served at /web/v1/home
        client       "web", "mobile", "public": without one the class is for others to inherit
        deadline_ms  for the whole answer
        cache        public(...) or private(...): how long the whole answer may be kept
        access       "signed_in" (if not said), "public", "scope:orders.read", "role:admin",
                     "bind:user_id", several with spaces between them, or a function of yours
        omit         inherited members that are not shown
        errors       "always": `errors` is [] where nothing failed; else it is not there then
        variant      this view takes the place of the one at its path for those who are given it
        share        of 100 callers so many are given it; without one, those who ask for it
        """
        super().__init_subclass__()
        own = Header(
            get=get,
            client=client,
            deadline_ms=deadline_ms,
            cache=cache,
            access=access,
            omit=omit,
            errors=errors,
            variant=variant,
            share=share,
        )
        setattr(cls, _HEADER, own)
        check_mixture(cls)


class View(Fragment):
    """One screen: a class body whose annotated public names are the members of its answer."""


class Shape(Generic[M], metaclass=_Declaring):
    """What of a message is shown, under which names."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        check_mixture(cls)
        items = items_of(cls)
        for other in items[1:]:
            if other.message.DESCRIPTOR.full_name != items[0].message.DESCRIPTOR.full_name:
                raise wrong(f"{cls.__name__} has two src() of different messages")

    @classmethod
    def of(cls, message: M) -> Self:
        """The object of one message."""
        read = _readable(cls, message)
        found = message_of(read)
        if found is None:
            raise wrong(f"{cls.__name__}.of() takes one message, and {read!r} is none")
        _check_message(cls, found.full_name)
        return cast("Self", Made(cls, "of", read))

    @classmethod
    def each(cls, items: Iterable[M]) -> list[Self]:
        """The list of objects of a list of messages."""
        read = _readable(cls, items)
        field = field_of(read)
        if field is None or not field.is_repeated or field.message_type is None or is_map(field):
            raise wrong(f"{cls.__name__}.each() takes a list of messages, and {read!r} is none")
        _check_message(cls, field.message_type.full_name)
        return cast("list[Self]", Made(cls, "each", read))


def _readable(cls: type, value: object) -> Recorder:
    if isinstance(value, Recorder):
        return value
    raise wrong(f"{cls.__name__} shows what a call brings, not {value!r}")


def _check_message(cls: type, given: str) -> None:
    for item in items_of(cls)[:1]:
        wanted = item.message.DESCRIPTOR.full_name
        if wanted != given:
            raise wrong(f"{cls.__name__} shows a {wanted}, not a {given}")
