"""The pages of views: `templates/<client>/<View>.html` in their package, and a template per Shape.

Why       A screen is a fragment of HTML for whoever wants one, made of the same declaration; where
          there is no template, there is no page.
Called by screens.py (one Pages for all packages), compose/view/serving/faces.py (`page_of`).
Never     asks a service: what it draws was answered already. Never starts with a template that
          names what its view doesn't show.
Source    Jinja 3.1; htmx 2; docs/views-faces.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import orjson

from bff.compose.endpoint import Answer, Ask, Page, Refusal
from bff.compose.view.plan import Plan
from bff.compose.view.serving.selection import with_fields
from bff.compose.view.serving.variants import VERSION
from bff.contract.routes.path_template import PathTemplate
from bff.contract.status import PROBLEMS
from bff.edge.htmx import lines
from bff.edge.pages.drawing import Drawing
from bff.edge.pages.policy import GUARDED, PAGE, is_document
from bff.edge.pages.sheets import Sheet, sheet_of
from bff.edge.pages.templates import Templates
from bff.terms.mistakes import ContractMistake, ContractMistakes, raise_any

if TYPE_CHECKING:
    from markupsafe import Markup


class Pages:
    """Those of some packages. Raises ContractMistakes for templates that can't be read."""

    def __init__(self, packages: Iterable[ModuleType]) -> None:
        self._templates = Templates(packages)
        if self._templates:
            self._check_problem()

    def __repr__(self) -> str:
        return f"<Pages of {self._templates!r}>"

    def page_of(self, plan: Plan, instead: str = "") -> Page | None:
        """The page of a view; None where it has no template.

        instead  whose template to take then, "" for nobody's
        Raises   ContractMistakes
        """
        find, mistakes = self._templates.finder(plan.client), list[ContractMistake]()
        if find(plan.shape) is None:
            if not instead or find(instead) is None:
                return None
        else:
            instead = plan.shape
        sheet = sheet_of(instead, plan.members, find=find, mistakes=mistakes)
        raise_any(mistakes)
        return _ViewPage(plan, sheet, self._templates).page

    def left_over(self) -> tuple[ContractMistake, ...]:
        """Templates that no view of those before uses."""
        return tuple(self._templates.left_over())

    def _check_problem(self) -> None:
        """A failure must not fail while it is told."""
        try:
            _problem(self._templates, Refusal(PROBLEMS["not-found"].status, "", b"{}"), {})
            _documented(self._templates, "Title", _markup(""))
        except Exception as wrong:  # noqa: BLE001 - a template may raise anything
            what = f"a failure can't be told: {type(wrong).__name__}: {wrong}"
            raise ContractMistakes.of([ContractMistake(what, where="problem.html")]) from None


@dataclass(frozen=True, slots=True)
class _ViewPage:
    """Draws one view."""

    plan: Plan
    sheet: Sheet
    templates: Templates

    @property
    def page(self) -> Page:
        return Page(drawn=self.drawn, refused=self.refused)

    def drawn(self, answer: Answer, ask: Ask, parts: frozenset[str] | None) -> Answer:
        """As Page has it."""
        drawing = self._drawing(answer.body, ask)
        made = drawing.whole(self.sheet) if parts is None else drawing.parts(self.sheet, parts)
        if is_document(ask.headers):
            title = self.plan.about.partition("\n")[0] or self.plan.shape
            made = _documented(self.templates, title, made)
        headers = (*answer.headers, *GUARDED)
        return answer._replace(body=made.encode(), media_type=PAGE, headers=headers)

    def refused(self, refusal: Refusal, headers: Mapping[str, str]) -> bytes:
        """As Page has it."""
        return _problem(self.templates, refusal, headers).encode()

    def _drawing(self, body: bytes, ask: Ask) -> Drawing:
        template = PathTemplate.parse(self.plan.get)
        names = [variable.name for variable in template.variables]
        path = template.expand(dict(zip(names, ask.values, strict=True)))
        return Drawing(
            orjson.loads(body),
            here=f"{path}?{ask.query}" if ask.query else path,
            url_of=lambda name: f"{path}?{with_fields(ask.query, [name])}",
            later=self.templates.ours("later"),
            failed=self.templates.ours("failed"),
            version=ask.headers.get(VERSION, ""),
        )


def _problem(templates: Templates, refusal: Refusal, headers: Mapping[str, str]) -> "Markup":
    """A failure as a page, from its document in JSON, in either of its two shapes."""
    told = orjson.loads(refusal.document)
    title = PROBLEMS[refusal.reason].title if refusal.reason in PROBLEMS else ""
    made = _markup(
        templates.ours("problem").render(
            status=refusal.status,
            title=title,
            detail=told.get("detail") or told.get("message") or "",
            request=told.get("instance", ""),
        )
    )
    return _documented(templates, title, made) if is_document(headers) else made


def _documented(templates: Templates, title: str, fragment: "Markup") -> "Markup":
    document = templates.ours("document")
    return _markup(document.render(title=title, fragment=fragment, htmx=_markup(lines())))


def _markup(html: str) -> "Markup":
    from markupsafe import Markup

    return Markup(html)  # noqa: S704 - what a template made is escaped
