"""The members of a view, read into the plan, each checked against the served contract.

Called by views.py, once per view; it calls itself for the shapes inside.
Never     stops at the first mistake of a view; never shows a field that the protos keep inside.
Source    docs/spec/views.md.
"""

import inspect
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType, MethodType
from typing import Any, get_args, get_origin

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.compose.view.compiling.given import misfit_of_given, spelled
from bff.compose.view.compiling.kinds import may_be_computed, misfit, misfit_of_message
from bff.compose.view.compiling.steps import Around, Graph
from bff.compose.view.language.classes import items_of
from bff.compose.view.language.declared import Declared, Wanted, behind, declared_in, taken_by
from bff.compose.view.language.made import Computing, Made
from bff.compose.view.language.recorder import Aspect, Recorder, aspect_of
from bff.compose.view.plan import (
    Computed,
    Constant,
    FromInput,
    FromItem,
    FromMatch,
    Held,
    Items,
    Member,
    Object,
    Plain,
    Show,
    Value,
)
from bff.contract.codec.known import WELL_KNOWN
from bff.terms.mistakes import ContractMistake


class MemberReader:
    """Reads the classes of one view; `mistakes` grows.

    name    of the view, for mistakes
    hidden  full names of fields that no answer may carry
    """

    def __init__(self, graph: Graph, *, name: str, hidden: frozenset[str]) -> None:
        self.mistakes: list[ContractMistake] = []
        self._graph = graph
        self._name = name
        self._hidden = hidden

    def __repr__(self) -> str:
        return f"<MemberReader of {self._name}>"

    def members(
        self, cls: type, around: Around, *, omit: tuple[str, ...] = (), at: str = ""
    ) -> tuple[Member, ...]:
        """Those that fit."""
        found: list[Member] = []
        names: dict[str, Declared] = {}
        for declared in declared_in(cls):
            if declared.name in omit:
                continue
            here = f"{at}{declared.name}"
            try:
                self._check_name(declared, names, top=not at)
                found.append(self._member(declared, around, at=here))
            except ContractMistake as mistake:
                what = f"{self._name}: {here}: {mistake.what}"
                self.mistakes.append(ContractMistake(what, where=mistake.where or declared.place))
        return tuple(found)

    def _check_name(self, declared: Declared, seen: dict[str, Declared], *, top: bool) -> None:
        name = camel(declared.name)
        if top and name == "errors":
            raise ContractMistake("this name is that of the list of what failed")
        twin = seen.setdefault(name, declared)
        if twin is not declared:
            raise ContractMistake(f"in JSON it is {name}, as {twin.name} is at {twin.place}")

    def _member(self, declared: Declared, around: Around, *, at: str) -> Member:
        wanted = declared.wanted
        show = self._show(declared, wanted, around, at=at)
        self._check_absence(show, wanted, around)
        return Member(
            name=camel(declared.name),
            show=show,
            declared_at=declared.place,
            soft=wanted.soft,
            absent=wanted.absent,
            deferred=declared.deferred,
            about=self._about(show),
        )

    def _show(self, declared: Declared, wanted: Wanted, around: Around, *, at: str) -> Show:
        value = declared.value
        if isinstance(value, Made):
            return self._made(value, wanted, around, at=at)
        if isinstance(value, Computing):
            return self._computed(value, wanted, declared.owner, around)
        if isinstance(value, Recorder):
            return self._plain(value, wanted, around)
        if type(value) is wanted.kind and isinstance(value, str | int | float | bool):
            return Plain(value=Constant(value))
        raise ContractMistake(f"{value!r} is nothing to show: a call's reply, a Shape, a @field")

    def _made(self, made: Made, wanted: Wanted, around: Around, *, at: str) -> Object | Items:
        held = self._graph.held(made.what, around)
        self._check_exposed(held)
        kind = wanted.kind
        if made.how == "each":
            kind = get_args(kind)[0] if get_origin(kind) is list else None
        if not (isinstance(kind, type) and issubclass(made.shape, kind)):
            right = made.shape.__name__
            right = f"list[{right}]" if made.how == "each" else right
            raise ContractMistake(f"{made!r} is a {right}: declare it so")
        if made.how == "of":
            inside = _inside(made, held, replace(around, of=held))
            members = self.members(made.shape, inside, at=f"{at}.")
            return Object(of=held, members=members, shape=made.shape.__name__)
        scope = self._graph.scope(held, around)
        item = FromItem(scope.index, ())
        inside = _inside(made, item, replace(around, scope=scope.index, of=item))
        members = self.members(made.shape, inside, at=f"{at}.")
        return Items(scope=scope.index, members=members, shape=made.shape.__name__)

    def _plain(self, read: Recorder, wanted: Wanted, around: Around) -> Plain:
        value, aspect = self._graph.value(read, around), aspect_of(read)
        if isinstance(value, Held):
            wrong = self._misfit(wanted, value, aspect)
        else:
            inputs = self._graph.inputs
            real = inputs[value.name].kind if isinstance(value, FromInput) else str
            wrong = "" if wanted.kind is real else f"it is a {real.__name__}: declare it so"
        if wrong:
            raise ContractMistake(wrong)
        return Plain(value=value, kind="value" if aspect == "word" else aspect)

    def _misfit(self, wanted: Wanted, held: Held, aspect: Aspect) -> str:
        if aspect == "which":
            self._graph.fields(replace(held, path=held.path[:-1]))
            right = wanted.kind is str and wanted.absent
            return "" if right else "it is a name, or null where none is set: declare str | None"
        self._check_exposed(held)
        fields = self._graph.fields(held)
        for one in fields[:-1]:
            if one.message_type is not None and one.message_type.full_name in WELL_KNOWN:
                return f"a {one.message_type.name} is written as one value: show {one.name} itself"
        if not fields:
            return misfit_of_message(wanted.kind, self._graph.start(held))
        wrong = misfit(wanted.kind, fields[-1], aspect)
        return f"{wrong} ({self._graph.catalog.place(fields[-1])})" if wrong else ""

    def _check_exposed(self, held: Held) -> None:
        if isinstance(held, FromMatch):
            self._check_exposed(held.items)
        for one in self._graph.fields(held):
            if one.full_name in self._hidden:
                where = self._graph.catalog.place(one)
                what = f"{one.full_name} must not leave the BFF: take it away ({where})"
                raise ContractMistake(what)

    def _computed(self, made: Computing, wanted: Wanted, owner: type, around: Around) -> Computed:
        if not may_be_computed(wanted.kind):
            raise ContractMistake(_not_to_be_computed(wanted))
        arguments = {}
        for name, default in defaults_of(made.function).items():
            read = behind(default)
            if read is None:
                continue
            arguments[name] = value = self._graph.value(read, around)
            wrong = misfit_of_given(
                taken_by(made.function, name), self._given(value), default=default
            )
            if wrong:
                raise ContractMistake(f"{name}: {wrong}")
        return Computed(
            function=MethodType(made.function, owner),
            arguments=MappingProxyType(arguments),
            returns=wanted.kind,
        )

    def _given(self, value: Value) -> FieldDescriptor | Descriptor | type:
        """What a function gets for it."""
        if isinstance(value, Held):
            self._check_exposed(value)
            fields = self._graph.fields(value)
            return fields[-1] if fields else self._graph.start(value)
        return self._graph.inputs[value.name].kind if isinstance(value, FromInput) else str

    def _check_absence(self, show: Show, wanted: Wanted, around: Around) -> None:
        """`T | None` where nothing can be missing would promise clients a null that never comes."""
        if not wanted.absent or wanted.soft or not isinstance(show, Plain):
            return
        if show.kind == "which":
            return
        held = show.value if show.kind != "has" else None
        if not isinstance(held, Held) or not self._may_be_missing(held, around):
            raise ContractMistake("it is never absent: declare it without `| None`")

    def _may_be_missing(self, held: Held, around: Around) -> bool:
        fields = self._graph.fields(held)
        base = around.of
        if base is not None and _starts(held, base):
            fields = fields[len(base.path) :]
        elif not isinstance(held, FromItem):
            return True  # its lookup may say NOT_FOUND, and nothing may match
        return any(one.has_presence for one in fields)

    def _about(self, show: Show) -> str:
        """What the proto or the function says of it."""
        if isinstance(show, Computed):
            return inspect.getdoc(show.function) or ""
        held = show.value if isinstance(show, Plain) and show.kind != "which" else None
        if not isinstance(held, Held) or not held.path:
            return ""
        return self._graph.catalog.describe(self._graph.fields(held)[-1]).comment


def camel(name: str) -> str:
    """A member's name in JSON.

    >>> camel("avatar_url")
    'avatarUrl'
    """
    first, *rest = name.split("_")
    return first + "".join(one.title() if one.islower() else one for one in rest)


def defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The parameters of a @field function, `self` aside, with their defaults."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return {one.name: one.default for one in parameters}


def _not_to_be_computed(wanted: Wanted) -> str:
    said = spelled(wanted.kind)
    said = f"Soft[{said}]" if wanted.soft else f"{said} | None" if wanted.absent else said
    allowed = "str, int, float, bool, and list[...] or dict[str, ...] of them"
    return f"{said} is nothing to return: a @field returns {allowed}; for an object, two @fields"


def _inside(made: Made, held: Held, around: Around) -> Around:
    items = {**around.items, **dict.fromkeys(items_of(made.shape), held)}
    return replace(around, items=MappingProxyType(items))


def _starts(held: Held, base: Held) -> bool:
    """Whether one path goes on where the other ends."""
    return held.path[: len(base.path)] == base.path and replace(held, path=base.path) == base
