"""Turn the classes of views into plans, or tell every mistake of all of them.

Why       A mistake is found when the BFF starts, or by `bff check`; and a proto that changed names
          each view that it breaks, with the line of both.
Called by app, cli at boot.
Never     runs for a request; never stops at the first mistake.
Source    docs/spec/views.md.
"""

import inspect
from collections.abc import Iterable, Iterator

from bff.compose.view.compiling.members import MemberReader
from bff.compose.view.compiling.needs import reads_of, with_needs
from bff.compose.view.compiling.steps import Around, Graph
from bff.compose.view.language.classes import Fragment, Header, View, header_of, lines_of
from bff.compose.view.language.recorder import Recorder, source_of
from bff.compose.view.language.sources import Given
from bff.compose.view.plan import FromCaller, Member, Plain, Plan, ViewInput, parts_of
from bff.compose.view.serving.variants import variant_mistakes
from bff.contract.catalog import Catalog
from bff.contract.routes.path_template import PathTemplate
from bff.terms.access import UNLESS_SAID, declared
from bff.terms.mistakes import ContractMistake, raise_any

_NOTHING_HIDDEN: frozenset[str] = frozenset()
_SPARSE = "fields"


def compile_views(
    views: Iterable[type[Fragment]],
    catalog: Catalog,
    *,
    hidden: frozenset[str] = _NOTHING_HIDDEN,
) -> tuple[Plan, ...]:
    """The plans of those that are served, sorted by name.

    views   what found_in found
    hidden  full names of fields that no answer may carry, beside those that the protos mark
    Raises  ContractMistakes
    """
    hidden |= catalog.sensitive_fields | catalog.input_only_fields
    found, served = list(views), []
    mistakes: list[ContractMistake] = []
    for view in found:
        header = header_of(view)
        if header.client:
            compiler = _Compiler(view, header, catalog, hidden)
            served.append(compiler.plan())
            mistakes += compiler.mistakes
        elif not any(other is not view and issubclass(other, view) for other in found):
            what = f"{view.__name__} has get= and no client=, so nobody is served it"
            mistakes.append(ContractMistake(what, where=lines_of(view)[""]))
    mistakes += (*_twins(served), *variant_mistakes(served))
    raise_any(mistakes)
    return tuple(sorted(served, key=lambda plan: plan.name))


class _Compiler:
    """Of one view; `mistakes` grows."""

    def __init__(
        self, view: type[Fragment], header: Header, catalog: Catalog, hidden: frozenset[str]
    ) -> None:
        self._view = view
        self._header = header
        self._name = f"{header.client}.{view.__name__}"
        self._where = lines_of(view)[""]
        self._access = UNLESS_SAID
        self._graph = Graph(catalog)
        self._reader = MemberReader(self._graph, name=self._name, hidden=hidden)

    @property
    def mistakes(self) -> list[ContractMistake]:
        return self._reader.mistakes

    def plan(self) -> Plan:
        """To be thrown away where there are mistakes."""
        self._declare_access()
        self._declare_inputs()
        try:
            members = self._reader.members(self._view, Around(), omit=self._header.omit)
        except ContractMistake as mistake:
            self._mistake(mistake.what, mistake.where)
            members = ()
        members = (*members, *self._next_cursor(members))
        personal = self._personal(members)
        self._check(members, personal=personal)
        header = self._header
        return Plan(
            name=self._name,
            get=f"/{header.client}{header.get}",
            client=header.client,
            access=self._access,
            deadline_ms=header.deadline_ms or 0.0,
            about=_about(self._view),
            shape=self._view.__name__,
            inputs=self._inputs(),
            steps=() if self.mistakes else with_needs(self._graph, members),
            scopes=tuple(self._graph.scopes),
            members=members,
            declared_at=self._where,
            keep=header.cache,
            personal=personal,
            errors=header.errors or "failed",
            variant=header.variant,
            share=header.share or 0,
        )

    def _declare_access(self) -> None:
        if self._header.access is None:
            return
        try:
            self._access = declared(self._header.access, where=self._where)
        except ContractMistake as mistake:
            self._mistake(mistake.what)

    def _declare_inputs(self) -> None:
        for base in reversed(self._view.__mro__):
            for value in vars(base).values():
                if isinstance(value, Recorder) and isinstance(source_of(value), Given):
                    self._add_input(source_of(value))

    def _add_input(self, given: object) -> None:
        try:
            if isinstance(given, Given):
                self._graph.add_input(given)
        except ContractMistake as mistake:
            self._mistake(mistake.what, mistake.where)

    def _next_cursor(self, members: tuple[Member, ...]) -> Iterator[Member]:
        """Of a view that pages: as soft and as deferred as what it pages through."""
        page = self._graph.page
        if page is None:
            return
        [step] = [one for one in with_needs(self._graph, members) if one.index == page.step]
        yield Member(
            name="nextCursor",
            show=Plain(value=page),
            declared_at=step.declared_at,
            soft=not step.needed,
            absent=not step.needed,
            deferred=step.deferred,
            about="Send it as `?cursor=` for the next page. Empty on the last one.",
        )

    def _personal(self, members: tuple[Member, ...]) -> bool:
        """Whether the answer depends on who calls; one that must sign in is never like others."""
        values = [one.value for one in reads_of(self._graph, members)]
        values += (value for step in self._graph.steps for value in step.arguments.values())
        asked = any(isinstance(one, FromCaller) for value in values for one in parts_of(value))
        return asked or not self._access.is_public

    def _inputs(self) -> tuple[ViewInput, ...]:
        """The path's first, in its order; the cursor last."""
        order = {"path": 0, "query": 1, "header": 1, "cursor": 2}
        return tuple(sorted(self._graph.inputs.values(), key=lambda one: order[one.where]))

    def _mistake(self, what: str, where: str = "") -> None:
        self.mistakes.append(ContractMistake(f"{self._name}: {what}", where=where or self._where))

    def _check(self, members: tuple[Member, ...], *, personal: bool) -> None:
        header = self._header
        if not members and not self.mistakes:
            self._mistake(
                "it shows nothing: annotate a public name, as in `name: str = _user.name`"
            )
        if not header.deadline_ms or header.deadline_ms <= 0:
            self._mistake("say for how long it may take: deadline_ms= above 0")
        if header.cache is not None and header.cache.public and personal:
            what = 'its answer depends on who calls: cache=private(...), or access="public" and no'
            self._mistake(f"{what} principal()")
        elif header.cache is not None and header.cache.public:
            self._check_parts()
        self._check_omitted()
        self._check_path()
        if any(one.name == _SPARSE for one in self._graph.inputs.values()):
            self._mistake(f"`?{_SPARSE}=` chooses members already: name the input differently")

    def _check_parts(self) -> None:
        """An answer for everybody has nothing in it that is kept for one caller."""
        for step in self._graph.steps:
            if step.keep is not None and not step.keep.public:
                what = f"{step.name} is kept for each caller, and the answer for everybody"
                self._mistake(f"{what}: policy(..., public=True)", step.declared_at)

    def _check_omitted(self) -> None:
        names = {name for base in self._view.__mro__ for name in lines_of(base)}
        for name in self._header.omit:
            if name not in names:
                self._mistake(f"it omits {name}, which no class has that it inherits")

    def _check_path(self) -> None:
        try:
            template = PathTemplate.parse(self._header.get)
        except ContractMistake as mistake:
            self._mistake(f"get={self._header.get!r}: {mistake.what}")
            return
        variables = {".".join(one.field_path) for one in template.variables}
        inputs = {one.name for one in self._graph.inputs.values() if one.where == "path"}
        for name in sorted(variables - inputs):
            self._mistake(f"no attribute reads the path's {{{name}}}: {name} = path(str)")
        for name in sorted(inputs - variables):
            self._mistake(f"the path has no {{{name}}} for {name} = path(...): {template.text}")


def _twins(plans: list[Plan]) -> Iterator[ContractMistake]:
    """Two views in one place, or of one name."""
    for where in (True, False):
        seen: dict[str, Plan] = {}
        for plan in plans:
            variant = f" as variant {plan.variant!r}" if plan.variant else ""
            what = f"{plan.get}{variant}" if where else plan.name
            twin = seen.setdefault(what, plan)
            if twin is not plan:
                told = f"{plan.name}: {twin.name} at {twin.declared_at} is {what}, too"
                yield ContractMistake(
                    f"{told}: give it another get=, client= or variant=", where=plan.declared_at
                )


def _about(view: type) -> str:
    """What the class says of itself, or the nearest that it inherits from."""
    for base in view.__mro__:
        if base not in (Fragment, View, object) and vars(base).get("__doc__"):
            return inspect.cleandoc(vars(base)["__doc__"])
    return ""
