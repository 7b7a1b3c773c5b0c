"""A value of a view before it is there: where it will come from, and the path to it.

Why       `_p.seller_id` in a class body runs when the module is imported. It remembers the way to
          the field, which is looked up in the message's descriptor at once.
Called by words.py, calls.py, classes.py (make recorders), made.py, compiling (read them).
Never     knows a view: the same recorder serves every class that inherits it.
Source    docs/spec/views.md.
"""

from typing import Any, Literal, NoReturn, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.compose.view.language.sources import Asked, Caller, Given, Item, Matching, Source
from bff.compose.view.language.unready import COMPUTE, Unready, line_of_view, wrong
from bff.compose.view.plan import Path
from bff.contract.codec.known import is_map
from bff.contract.field_path import walk
from bff.terms.mistakes import ContractMistake

Aspect = Literal["value", "word", "has", "which", "values"]
"""What of the field is meant; "word" is the short name of an enum's value."""


class UnknownField(ContractMistake):
    """A view names a field that `message` does not have."""

    def __init__(self, what: str, *, where: str, message: str) -> None:
        super().__init__(what, where=where)
        self.message = message


class Recorder(Unready):
    """A path from a source. Its own names start with `_bff_`, so that fields may have any."""

    __slots__ = ("_bff_aspect", "_bff_path", "_bff_place", "_bff_source")
    _bff_aspect: Aspect
    _bff_path: Path
    _bff_place: str
    _bff_source: Source

    def __init__(self, source: Source, path: Path = (), *, aspect: Aspect = "value") -> None:
        put = object.__setattr__
        put(self, "_bff_source", source)
        put(self, "_bff_path", path)
        put(self, "_bff_aspect", aspect)
        put(self, "_bff_place", line_of_view())

    def __repr__(self) -> str:
        path, aspect = ".".join((_start(self._bff_source), *self._bff_path)), self._bff_aspect
        return f"`{path}`" if aspect == "value" else f"`{aspect}({path})`"

    def __set_name__(self, owner: type, name: str) -> None:
        if isinstance(self._bff_source, Given) and not self._bff_source.name:
            self._bff_source.name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)  # Python, pytest and doctest ask it of any object
        if isinstance(self._bff_source, Caller) and (self._bff_path, name) == ((), "user_id"):
            return Recorder(self._bff_source, ("user_id",))
        message = message_of(self)
        if message is None:
            raise wrong(_nothing_inside(self, name))
        if name not in message.fields_by_name:
            raise _unknown(self, message, name)
        return Recorder(self._bff_source, (*self._bff_path, name))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise wrong(f"{self!r} is not there yet: {name} can't be set")


def source_of(recorder: Recorder) -> Source:
    return recorder._bff_source  # noqa: SLF001 - the functions here are its only readers


def path_of(recorder: Recorder) -> Path:
    return recorder._bff_path  # noqa: SLF001


def aspect_of(recorder: Recorder) -> Aspect:
    return recorder._bff_aspect  # noqa: SLF001


def root_of(source: Source) -> Descriptor | None:
    """The message that paths start in; None for a source that is none."""
    match source:
        case Asked(rpc=rpc):
            return cast("Descriptor", rpc.reply.DESCRIPTOR)
        case Item(message=message) | Matching(message=message):
            return cast("Descriptor", message.DESCRIPTOR)
    return None


def field_of(recorder: Recorder) -> FieldDescriptor | None:
    """The field at the end of the path; None where there is no path or no message."""
    root, path = root_of(source_of(recorder)), path_of(recorder)
    if root is None or not path or path[-1] not in _parent(root, path):
        return None
    return walk(root, path)[-1]


def message_of(recorder: Recorder) -> Descriptor | None:
    """The message that the recorder stands for; None for a scalar, a list, a map, a oneof."""
    if aspect_of(recorder) != "value":
        return None
    root = root_of(source_of(recorder))
    if root is None or not path_of(recorder):
        return root
    field = field_of(recorder)
    return None if field is None or field.is_repeated else field.message_type


def _parent(message: Descriptor, path: Path) -> frozenset[str]:
    """The names in the message that holds the path's end, which may be that of a oneof."""
    for field in walk(message, path[:-1])[-1:]:
        message = field.message_type or message
    return frozenset(message.fields_by_name)


def _start(source: Source) -> str:
    match source:
        case Asked(name=name):
            return f"{name}()"
        case Item(message=message):
            return message.DESCRIPTOR.name
        case Matching(items=items, by=by):
            return f"match({repr(items)[1:-1]}, by={by})"
        case Given(name=name, where=where):
            return name or f"{where}()"
    return "principal()"


def _nothing_inside(recorder: Recorder, name: str) -> str:
    field = field_of(recorder)
    if aspect_of(recorder) != "value" or field is None or not field.is_repeated:
        return f"{recorder!r} has no fields, and no `.{name}` yet: {COMPUTE}"
    if is_map(field):
        how = f"show it as a dict, with values(), or {COMPUTE}"
        return f"{recorder!r} is a map, without `.{name}`: {how}"
    return (
        f"{recorder!r} is a list, without `.{name}`: show its items with a Shape's each(). To look"
        f" something up per item, write call(..., {name}=item.{name}) in a Shape of the items, with"
        " item = src(...): it is batched"
    )


def _unknown(recorder: Recorder, message: Descriptor, name: str) -> UnknownField:
    try:
        walk(message, (name,))
    except ValueError as unknown:
        what = f"{recorder!r}: {unknown}"
    if hasattr(Message, name):
        what = f"{recorder!r} is no message yet, so it has no method `{name}`: {COMPUTE}"
    return UnknownField(what, where=line_of_view(), message=message.full_name)
