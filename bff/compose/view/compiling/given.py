"""Does a parameter of a @field function say what it is given?

Why       The type checker believes that a member made by a Shape is that Shape; the function is
          given the message behind it. Only a parameter that names the message knows what it has.
Called by members.py, at boot.
Never     raises: a misfit is a sentence, "" for none.
Source    docs/spec/views.md "Python code enters only through @field functions".
"""

import re
from collections.abc import Collection, Iterable, Mapping, Reversible, Sequence
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.compose.view.compiling.kinds import scalar_of
from bff.compose.view.language.declared import behind
from bff.compose.view.language.made import Deferred, Made
from bff.contract.codec.known import is_map

Given: TypeAlias = FieldDescriptor | Descriptor | type
"""A field, a whole message, or an input's type."""

_LISTS = (Sequence, Iterable, Collection, Reversible)
_PROMOTED: Mapping[Any, tuple[type, ...]] = MappingProxyType(
    {float: (float, int, bool), int: (int, bool)}
)
_MODULES = re.compile(r"\b(?:\w+\.)+(?=\w)")


def misfit_of_given(kind: Any, given: Given, *, default: object) -> str:
    """What keeps a parameter that is declared as `kind` from being given this.

    default  as it stands in the function's signature; what a Shape made must be named as what it
             is made of, since whatever else is declared, the function gets more than is shown
    """
    made = default.what if isinstance(default, Deferred) else default
    is_shown = isinstance(made, Made)
    if _takes(kind, given, exactly=is_shown):
        return ""
    right = named(given)
    if isinstance(made, Made):
        shown = f"{made!r} is shown as {made.shape.__name__}"
        raw = f"a function would be given the raw {right}"
        return f"{shown}; {raw}: read {behind(made)!r} and declare {right}"
    list_hint = "; what repeats arrives as a Sequence" if get_origin(kind) is list else ""
    return f"it is given {right}: it can't be declared as {spelled(kind)}{list_hint}"


def named(given: Given) -> str:
    """As one would declare it: "Sequence[Membership]"."""
    if isinstance(given, type):
        return given.__name__
    if isinstance(given, Descriptor):
        return given.full_name.removeprefix(f"{given.file.package}.")
    if is_map(given) and given.message_type is not None:
        entry = given.message_type.fields_by_name
        return f"Mapping[{named(entry['key'])}, {named(entry['value'])}]"
    one = given.message_type or scalar_of(given)
    return f"Sequence[{named(one)}]" if given.is_repeated else named(one)


def spelled(kind: Any) -> str:
    """An annotation, without the modules.

    >>> spelled(Mapping[str, list[int]])
    'Mapping[str, list[int]]'
    """
    plain = isinstance(kind, type) and get_origin(kind) is None
    return kind.__name__ if plain else _MODULES.sub("", str(kind))


def _takes(kind: Any, given: Given, *, exactly: bool) -> bool:
    """exactly  only the message's own type will do, not one that it is, too"""
    if get_origin(kind) in (Union, UnionType):
        choices = [one for one in get_args(kind) if one is not NoneType]
        return any(_takes(one, given, exactly=exactly) for one in choices)
    if kind in (Any, object):
        return not exactly
    if isinstance(given, type):
        return given in _PROMOTED.get(kind, (kind,))
    if isinstance(given, FieldDescriptor):
        return _takes_field(kind, given, exactly=exactly)
    return _takes_message(kind, given, exactly=exactly)


def _takes_field(kind: Any, field: FieldDescriptor, *, exactly: bool) -> bool:
    if is_map(field) and field.message_type is not None:
        entry = field.message_type.fields_by_name
        pair = get_args(kind) if get_origin(kind) is Mapping else ()
        names = ("key", "value")
        return bool(pair) and all(
            _takes_field(one, entry[name], exactly=exactly)
            for one, name in zip(pair, names, strict=True)
        )
    one = field.message_type or scalar_of(field)
    if not field.is_repeated:
        return _takes(kind, one, exactly=exactly)
    inside = get_args(kind) if get_origin(kind) in _LISTS else ()
    return bool(inside) and _takes(inside[0], one, exactly=exactly)


def _takes_message(kind: Any, message: Descriptor, *, exactly: bool) -> bool:
    found = getattr(getattr(kind, "DESCRIPTOR", None), "full_name", None)
    if found is not None or exactly:
        return bool(found == message.full_name)
    return kind is Message or getattr(kind, "_is_protocol", False)
