"""One answer of a view as HTML: each object by its template, from the same JSON that others get.

Called by views.py.
Never     writes a value unescaped, unless a template says so in as many words.
Source    Jinja 3.1; htmx 2 "hx-get", "hx-trigger"; RFC 6901 (the paths of `errors`).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from bff.compose.view.serving.schema import ERRORS
from bff.compose.view.serving.selection import FIELDS
from bff.edge.pages.sheets import Sheet
from bff.terms.errors import BadInput

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

Data = Mapping[str, Any]


class Drawing:
    """Draws one answer.

    data     the answer
    url_of   a member's name -> where it is served alone
    later    draws the place of a member that comes later
    failed   draws the place of one that failed
    version  what the client said in X-Version, for parts that are asked for later
    """

    def __init__(
        self,
        data: Data,
        *,
        here: str,
        url_of: Callable[[str], str],
        later: "Template",
        failed: "Template",
        version: str,
    ) -> None:
        self._data = data
        self._here = here
        self._url_of = url_of
        self._later = later
        self._failed = failed
        self._version = version
        self._gaps = {one["path"]: one for one in data.get(ERRORS, ())}

    def __repr__(self) -> str:
        return f"<Drawing of {self._here}>"

    def whole(self, sheet: Sheet) -> "Markup":
        """The answer by the view's own template."""
        return self._object(_Object(sheet, self._data, ""))

    def parts(self, sheet: Sheet, names: Iterable[str]) -> "Markup":
        """Some members, each by its own template. Raises BadInput for one that has none."""
        from markupsafe import Markup

        whole = _Object(sheet, self._data, "")
        return Markup().join(self._part(whole, name) for name in sheet.members if name in names)

    def _object(self, drawn: "_Object") -> "Markup":
        from markupsafe import Markup

        sheet, data, at = drawn
        assert sheet.template is not None  # noqa: S101 - asked before
        names = {name: data.get(name) for name in sheet.members}
        return Markup(  # noqa: S704 - what a template made is escaped
            sheet.template.render(
                names,
                failed=lambda pointer: at + pointer in self._gaps,
                part=partial(self._part, drawn),
                here=self._here,
            )
        )

    def _part(self, whole: "_Object", name: str, element: str = "") -> "Markup":
        """A member: its value, its objects by their template, or what stands in its place."""
        from markupsafe import Markup, escape

        sheet, data, at = whole
        inside, value, path = sheet.members[name], data.get(name), f"{at}/{name}"
        element = element or sheet.elements.get(name, "div")
        if name not in data:
            return self._place(self._later, path, element)
        if value is None:
            return self._place(self._failed, path, element) if path in self._gaps else Markup()
        if inside is None:
            return escape(value)
        if inside.template is None:
            what = f"{name} has no template of its own: ask for the page, or for JSON"
            raise BadInput.at(FIELDS, what, reason="invalid-field")
        if isinstance(value, list):
            items = (_Object(inside, one, f"{path}/{i}") for i, one in enumerate(value))
            return Markup().join(map(self._object, items))
        return self._object(_Object(inside, value, path))

    def _place(self, template: "Template", path: str, element: str) -> "Markup":
        from markupsafe import Markup

        name = path[1:]
        return Markup(  # noqa: S704 - what a template made is escaped
            template.render(
                element=element,
                path=path,
                url=None if "/" in name else self._url_of(name),
                retryable=self._gaps.get(path, {}).get("retryable", False),
                version=self._version,
            )
        )


class _Object(NamedTuple):
    """An object of the answer. `at` is its JSON Pointer."""

    sheet: Sheet
    data: Data
    at: str
