"""Which template draws which object of a view, checked against the plan.

Why       A template that names a member which the view lost would be an error page at night; here
          it is a line at boot.
Called by views.py, at boot.
Never     renders; never guesses which template was meant.
Source    Jinja 3.1 "The Meta API", "High Level API".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bff.compose.view.plan import Items, Member, Object
from bff.edge.pages.templates import Source
from bff.terms.mistakes import ContractMistake

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.nodes import Template as Tree

OURS = frozenset({"failed", "part", "here"})
"""Names that every template has beside the members."""
Find: TypeAlias = Callable[[str], Source | None]
"""The name of a view or shape -> its template; None: it has none."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """How an object is drawn.

    members   None for those that are no shapes
    elements  what stands for a member that is not there: `part("reviews", "li")` says it
    """

    template: "Template | None"
    members: "Mapping[str, Sheet | None]"
    elements: Mapping[str, str]


def sheet_of(
    shape: str, members: tuple[Member, ...], *, find: Find, mistakes: list[ContractMistake]
) -> Sheet:
    """The sheet of an object, with those of the objects inside of it."""
    inside = {
        one.name: sheet_of(one.show.shape, one.show.members, find=find, mistakes=mistakes)
        if isinstance(one.show, Object | Items)
        else None
        for one in members
    }
    source = find(shape)
    if source is None:
        return Sheet(None, inside, {})
    parts = list(_parts(source.tree))
    sheet = Sheet(source.template, inside, {one.name: one.element for one in parts})
    mistakes += (
        ContractMistake(what, where=source.at(line))
        for line, what in _misfits(source.tree, shape, members, sheet)
    )
    return sheet


def _misfits(
    tree: "Tree", shape: str, members: tuple[Member, ...], sheet: Sheet
) -> Iterator[tuple[int, str]]:
    """(line, what is wrong)."""
    from jinja2 import meta, nodes

    deferred = {one.name for one in members if one.deferred}
    for name in sorted(OURS & sheet.members.keys()):
        yield 1, f"{shape} has a member {name}, which templates have for something else"
    undeclared = meta.find_undeclared_variables(tree)
    named = {one.name: one.lineno for one in reversed(list(tree.find_all(nodes.Name)))}
    for name in sorted(undeclared - OURS, key=lambda one: named[one]):
        if name not in sheet.members:
            yield named[name], f"{shape} shows no {name}"
        elif name in deferred:
            yield named[name], f'{name} is deferred, so it comes later: {{{{ part("{name}") }}}}'
    for part in _parts(tree):
        if wrong := _unfit(sheet, part.name, shape):
            yield part.line, wrong


class _Part(NamedTuple):
    """`part("reviews", "li")` in a template."""

    line: int
    name: str
    element: str


def _parts(tree: "Tree") -> Iterator[_Part]:
    """Those whose names stand there in as many words."""
    from jinja2 import nodes

    for call in tree.find_all(nodes.Call):
        given = [one.value for one in call.args if isinstance(one, nodes.Const)]
        if isinstance(call.node, nodes.Name) and call.node.name == "part" and given:
            yield _Part(call.lineno, *[*map(str, given), "div"][:2])


def _unfit(sheet: Sheet, name: str, shape: str) -> str:
    if name not in sheet.members:
        return f"part({name!r}): {shape} shows no {name}"
    inside = sheet.members[name]
    if inside is not None and inside.template is None:
        return f"part({name!r}): its shape has no template"
    return ""
