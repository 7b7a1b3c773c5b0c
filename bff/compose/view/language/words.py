"""The words of a view that are no calls: inputs, who calls, items, and what to make of a field.

Why       Each lies to the type checker: it returns a recorder, and says that it is the value.
Called by bff/views, through bff.compose.view.
Never     reads a value: there is none when a class body runs.
Source    docs/spec/views.md.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Annotated, Any, TypeAlias, TypeVar, cast, overload

from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from bff.calls.keep import Keep
from bff.compose.view.language.made import Computing, Deferred, Made
from bff.compose.view.language.recorder import (
    Aspect,
    Recorder,
    aspect_of,
    field_of,
    message_of,
    path_of,
    source_of,
)
from bff.compose.view.language.sources import Caller, Given, Item, Matching
from bff.compose.view.language.unready import COMPUTE, line_of_view, wrong
from bff.contract.codec.known import is_map

T = TypeVar("T")
M = TypeVar("M", bound=Message)
Word = TypeVar("Word", str, int)
Plain = TypeVar("Plain", str, int, bool)

SOFT = "soft"
Soft: TypeAlias = Annotated[T | None, SOFT]
"""It may fail: null then, and an entry in `errors`. (`T` is needed; `T | None` may be absent.)"""


class Principal:
    """Who calls. `user_id` is the token's subject, "" for nobody."""

    user_id: str


def principal() -> Principal:
    return cast("Principal", Recorder(_CALLER))


def path(kind: type[Word], *, about: str = "") -> Word:
    """A variable of the view's path, by the name of the attribute: `product_id = path(str)`."""
    return cast("Word", Recorder(Given("path", kind, place=line_of_view(), about=about)))


def query(kind: type[Plain], default: Plain | None = None, *, about: str = "") -> Plain:
    """A query parameter, by the name of the attribute; without a default it must be sent."""
    given = Given("query", kind, place=line_of_view(), default=default, about=about)
    return cast("Plain", Recorder(given))


def header(name: str, default: str | None = None, *, about: str = "") -> str:
    """A header of the client's request; without a default it must be sent."""
    where = line_of_view()
    given = Given("header", str, place=where, default=default, name=name.lower(), about=about)
    return cast("str", Recorder(given))


def src(message: type[M]) -> M:
    """The message that a Shape is about."""
    return cast("M", Recorder(Item(message, line_of_view())))


def word(value: int) -> str:
    """An enum's value by its short name: CATEGORY_BOOKS of Category is "BOOKS"."""
    field = field_of(_read(value, "word"))
    if field is None or field.enum_type is None or field.is_repeated:
        raise wrong(f"{value!r} is no enum: word() has nothing to spell")
    return cast("str", _aspect(value, "word"))


def has(value: object) -> bool:
    """Whether a field is set."""
    field = field_of(_read(value, "has"))
    if field is None or not field.has_presence:
        raise wrong(f"has({repr(value)[1:-1]}) is always true: the field can't be unset")
    return cast("bool", _aspect(value, "has"))


def which(message: Message, oneof: str) -> str | None:
    """The name of the member of a oneof that is set."""
    read = _read(message, "which")
    found = message_of(read)
    if found is None or oneof not in found.oneofs_by_name:
        raise wrong(f"{read!r} has no oneof `{oneof}`")
    return cast("str", Recorder(source_of(read), (*path_of(read), oneof), aspect="which"))


def values(entries: Mapping[Any, T]) -> list[T]:
    """The values of a map, as a list."""
    field = field_of(_read(entries, "values"))
    if field is None or not is_map(field):
        raise wrong(f"{entries!r} is no map: values() has nothing to list")
    return cast("list[T]", _aspect(entries, "values"))


def each(items: Iterable[T]) -> list[T]:
    """A list as it is: `tags: list[str] = each(link.tags)`."""
    field = field_of(_read(items, "each"))
    if field is None or not field.is_repeated or is_map(field):
        raise wrong(f"{items!r} is no list: each() has nothing to go through")
    return cast("list[T]", items)


def match(items: Iterable[M], *, by: str, key: str | int) -> M:
    """The one of a list of messages whose field `by` equals `key`: a keyed join.

    It is as a message that is not set where there is none; of several it is the first. The list
    may be that of a call in a shape: `match(_clicks, by="code", key=link.short_code)`. A call that
    reads nothing of the item is made once, and nobody waits for it but who shows it.
    """
    read = _read(items, "match")
    field = field_of(read)
    if field is None or not field.is_repeated or field.message_type is None or is_map(field):
        raise wrong(f"{items!r} is no list of messages: match() has nothing to look through")
    _check_key(key)
    message = GetMessageClass(field.message_type)
    matching = Matching(message=message, items=read, by=by, key=key, place=line_of_view())
    found = Recorder(matching)
    named = field_of(getattr(found, by))
    if named is None or named.is_repeated or named.message_type is not None:
        raise wrong(f"{by} of {message.__name__} is no key: match() compares one plain value")
    return cast("M", found)


def defer(value: T) -> T:
    """A client that can wait for this member (text/event-stream) gets the rest before it."""
    if not isinstance(value, Recorder | Made | Computing):
        raise wrong(f"defer() takes what a call brings, not {value!r}")
    return cast("T", Deferred(value))


@overload
def field(function: Callable[..., Coroutine[Any, Any, T]]) -> T: ...
@overload
def field(function: Callable[..., T]) -> T: ...
def field(function: Callable[..., Any]) -> Any:
    """A computed member: a plain function, whose parameters' defaults name what it is given."""
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].default is not parameters[0].empty:
        raise wrong(f"{function.__name__}() needs `self` first, as any method")
    for one in parameters[1:]:
        _check_given(function.__name__, one)
    return Computing(function)


def public(
    *, fresh_s: float, stale_while_revalidate_s: float = 0, stale_if_error_s: float = 0
) -> Keep:
    """Everybody may be given the same answer."""
    return Keep(
        fresh_s=fresh_s,
        stale_while_revalidate_s=stale_while_revalidate_s,
        stale_if_error_s=stale_if_error_s,
        public=True,
    )


def private(
    *, fresh_s: float, stale_while_revalidate_s: float = 0, stale_if_error_s: float = 0
) -> Keep:
    """Only who asked is given the answer again."""
    return Keep(
        fresh_s=fresh_s,
        stale_while_revalidate_s=stale_while_revalidate_s,
        stale_if_error_s=stale_if_error_s,
    )


_CALLER = Caller()


def _read(value: object, by: str) -> Recorder:
    if isinstance(value, Recorder) and aspect_of(value) == "value":
        return value
    raise wrong(f"{by}() takes a field of a reply or of an item, not {value!r}: {COMPUTE}")


def _check_key(key: object) -> None:
    fits = aspect_of(key) == "value" if isinstance(key, Recorder) else isinstance(key, str | int)
    if not fits:
        raise wrong(f"key={key!r}: match() compares with a field, an input or a constant")


def _check_given(function: str, parameter: inspect.Parameter) -> None:
    name, given = parameter.name, parameter.default
    if given is parameter.empty:
        raise wrong(
            f"{function}({name}): say by its default what it is given: {name}: User = _user"
        )
    if isinstance(given, Computing) or (
        isinstance(given, Recorder) and aspect_of(given) != "value"
    ):
        what = "a computed member" if isinstance(given, Computing) else "made for clients"
        raise wrong(
            f"{function}({name}): {given!r} is {what}: give it the message or a field of it"
        )


def _aspect(value: object, aspect: Aspect) -> Recorder:
    read = cast("Recorder", value)
    return Recorder(source_of(read), path_of(read), aspect=aspect)
