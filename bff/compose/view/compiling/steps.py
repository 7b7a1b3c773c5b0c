"""The graph of one view while it is compiled: its steps, the scopes they run in, its inputs.

Why       A shape is declared once and used in many places: what it asks is asked anew in each, but
          the same question is never asked twice.
Called by members.py, views.py, at boot.
Never     orders by hand: a step is added after those that it reads.
Source    docs/spec/views.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.compose.view.compiling.kinds import misfit_of_argument
from bff.compose.view.language.recorder import Recorder, path_of, source_of
from bff.compose.view.language.sources import Asked, Caller, Given, Item, Matching
from bff.compose.view.plan import (
    Constant,
    FromCaller,
    FromInput,
    FromItem,
    FromMatch,
    FromReply,
    Held,
    Path,
    Scope,
    Step,
    Value,
    ViewInput,
    parts_of,
)
from bff.contract.catalog import Catalog
from bff.contract.field_path import walk
from bff.terms.mistakes import ContractMistake

CURSOR = ViewInput(
    name="cursor",
    where="cursor",
    kind=str,
    default="",
    about="The `nextCursor` of the page before. Without it, the first page.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Where in the answer something stands.

    scope  the nearest `each`; None: outside of all
    items  what each src() stands for here
    of     the message of the nearest object: where it is absent, so is what is inside
    """

    scope: int | None = None
    items: Mapping[Item, Held] = field(default_factory=lambda: MappingProxyType({}))
    of: Held | None = None


class Graph:
    """Grows while the members of a view are read."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.steps: list[Step] = []
        self.scopes: list[Scope] = []
        self.inputs: dict[str, ViewInput] = {}
        self.page: FromReply | None = None
        self._found: dict[object, int] = {}
        self._given: dict[str, Given] = {}
        self._names: set[str] = set()

    def __repr__(self) -> str:
        return f"<Graph of {len(self.steps)} steps>"

    def value(self, read: Recorder, around: Around) -> Value:
        """Raises ContractMistake, as all of this class does."""
        path = path_of(read)
        match source_of(read):
            case Asked() as asked:
                return FromReply(self._step(asked, around), path)
            case Item() as item:
                return self._of_item(item, path, around)
            case Matching() as matching:
                return self._match(matching, path, around)
            case Given() as given:
                return FromInput(self.add_input(given).name)
            case Caller() if path:
                return FromCaller()
        raise ContractMistake("say what of the caller: principal().user_id")

    def held(self, read: Recorder, around: Around) -> Held:
        return cast("Held", self.value(read, around))

    def scope(self, items: Held, around: Around) -> Scope:
        """A new scope over a list."""
        scope = Scope(index=len(self.scopes), parent=around.scope, items=items)
        self.scopes.append(scope)
        return scope

    def add_input(self, given: Given) -> ViewInput:
        if given.name == CURSOR.name:
            return self.inputs.setdefault(CURSOR.name, CURSOR)
        if not given.name:
            what = f"this {given.where}() has no name: make it an attribute of the class"
            raise ContractMistake(what, where=given.place)
        other = self._given.setdefault(given.name, given)
        if other is not given:
            what = f"the input {given.name} is declared at {other.place}, too: rename one"
            raise ContractMistake(what, where=given.place)
        made = ViewInput(
            name=given.name,
            where=given.where,
            kind=given.kind,
            default=given.default,
            about=given.about,
        )
        return self.inputs.setdefault(given.name, made)

    def start(self, held: Held) -> Descriptor:
        """The served contract's message that a path begins in."""
        if isinstance(held, FromReply):
            rpc = self.catalog.methods[self.steps[held.step].rpc.name]
            return cast("Descriptor", rpc.reply.DESCRIPTOR)
        items = held.items if isinstance(held, FromMatch) else self.scopes[held.scope].items
        return cast("Descriptor", self.fields(items)[-1].message_type)

    def fields(self, held: Held) -> tuple[FieldDescriptor, ...]:
        """Along the path, outermost first."""
        message = self.start(held)
        try:
            return walk(message, held.path)
        except ValueError as wrong:
            what = f"{wrong} ({self.catalog.place(_broken(message, held.path))})"
            raise ContractMistake(what) from None

    def scope_of(self, value: Value) -> int | None:
        """The scope in which a value is known."""
        if isinstance(value, FromMatch):
            return max(map(self.scope_of, parts_of(value)), key=self.depth)
        if isinstance(value, FromItem):
            return value.scope
        return self.steps[value.step].scope if isinstance(value, FromReply) else None

    def depth(self, scope: int | None) -> int:
        return 0 if scope is None else 1 + self.depth(self.scopes[scope].parent)

    def _of_item(self, item: Item, path: Path, around: Around) -> Held:
        held = around.items.get(item)
        if held is None:
            what = (
                f"the {item.message.__name__} of src() at {item.place} is known in its Shape only"
            )
            raise ContractMistake(what)
        return replace(held, path=(*held.path, *path))

    def _match(self, matching: Matching, path: Path, around: Around) -> FromMatch:
        items, key = self.held(matching.items, around), self._given_value(matching.key, around)
        found = FromMatch(items, matching.by, key, path)
        [by] = self.fields(replace(found, path=(matching.by,)))
        misfit = self._misfit(matching.message, by, key)
        if misfit:
            what = f"match(by={by.name!r}): {misfit} ({self.catalog.place(by)})"
            raise ContractMistake(what, where=matching.place)
        return found

    def _given_value(self, given: object, around: Around) -> Value:
        return self.value(given, around) if isinstance(given, Recorder) else Constant(given)

    def _step(self, asked: Asked, around: Around) -> int:
        arguments = self._arguments(asked, around)
        manner = asked.manner
        key = (
            asked.rpc.name,
            tuple((name, _key(value)) for name, value in sorted(arguments.items())),
            (manner.deadline_ms, manner.keep, _key(Constant(manner.fallback))),
        )
        found = self._found.get(key)
        if found is not None:
            return found
        self._check_kept(asked)
        if asked.paged:
            self._add_page(asked, arguments)
        index = self._found[key] = len(self.steps)
        self.steps.append(
            Step(
                index=index,
                name=self._name(asked.name),
                rpc=asked.rpc,
                arguments=MappingProxyType(arguments),
                scope=max(map(self.scope_of, arguments.values()), key=self.depth, default=None),
                declared_at=asked.place,
                deadline_ms=manner.deadline_ms,
                keep=manner.keep,
                fallback=manner.fallback,
            )
        )
        return index

    def _arguments(self, asked: Asked, around: Around) -> dict[str, Value]:
        """In the order in which they are written."""
        rpc = self.catalog.methods.get(asked.rpc.name)
        if rpc is None:
            raise ContractMistake(f"no service has the rpc {asked.rpc.name}", where=asked.place)
        request = cast("Descriptor", rpc.request.DESCRIPTOR)
        arguments: dict[str, Value] = {}
        for name, given in asked.arguments.items():
            try:
                taking = walk(request, (name,))[0]
            except ValueError as wrong:
                what = f"{asked.rpc}: {wrong} ({self.catalog.place(request)})"
                raise ContractMistake(what, where=asked.place) from None
            value = self._given_value(given, around)
            misfit = self._misfit(asked.rpc.request, taking, value)
            if misfit:
                what = f"{asked.rpc}: {name}: {misfit} ({self.catalog.place(taking)})"
                raise ContractMistake(what, where=asked.place)
            arguments[name] = value
        return arguments

    def _misfit(self, holder: type[Message], taking: FieldDescriptor, value: Value) -> str:
        """What keeps a field of a message from being, or from equalling, a value."""
        match value:
            case FromReply() | FromItem() | FromMatch():
                fields = self.fields(value)
                return misfit_of_argument(taking, fields[-1] if fields else self.start(value))
            case FromInput(name=name):
                return misfit_of_argument(taking, self.inputs[name].kind)
            case FromCaller():
                return misfit_of_argument(taking, str)
        try:
            holder(**{taking.name: value.value})
        except (TypeError, ValueError) as refused:
            return str(refused)
        return ""

    def _check_kept(self, asked: Asked) -> None:
        """A reply may be kept where asking has no effect that would be missed."""
        rpc = self.catalog.methods[asked.rpc.name]
        if asked.manner.keep is not None and rpc.idempotency != "no_side_effects":
            said = "idempotency_level = NO_SIDE_EFFECTS"
            what = f"{rpc.name} can't be kept: its proto does not say {said} ({rpc.declared_at})"
            raise ContractMistake(what, where=asked.place)

    def _add_page(self, asked: Asked, arguments: Mapping[str, Value]) -> None:
        """Of the one paged call that a view may have: where its next page's token stands."""
        if any(self.scope_of(one) is not None for one in arguments.values()):
            raise ContractMistake("a call per item can't be paged(): use call()", where=asked.place)
        if self.page is not None:
            first = self.steps[self.page.step].declared_at
            what = f"a view pages through one list, and this one does at {first} already"
            raise ContractMistake(what, where=asked.place)
        self.page = FromReply(len(self.steps), ("next_page_token",))

    def _name(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._names:
            number += 1
            name = f"{wanted}_{number}"
        self._names.add(name)
        return name


def _key(value: Value) -> object:
    """Equal for values that ask the same."""
    if not isinstance(value, Constant):
        return value
    held: Any = value.value
    if isinstance(held, Message):
        return (held.DESCRIPTOR.full_name, held.SerializeToString(deterministic=True))
    return (type(held).__name__, repr(held))


def _broken(message: Descriptor, path: Path) -> Descriptor:
    """The last message that a broken path reaches."""
    for name in path:
        found = message.fields_by_name.get(name)
        if found is None or found.message_type is None:
            break
        message = found.message_type
    return message
