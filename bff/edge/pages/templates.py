"""The templates of some packages: found, read, and each mistake in them told with its line.

Called by views.py.
Never     imports Jinja where no package has a template; reads a file after boot.
Source    Jinja 3.1 "High Level API", "Autoescaping", "The Meta API".
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bff.terms.mistakes import ContractMistake, raise_any

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from jinja2.nodes import Template as Tree

FOLDER = "templates"
SUFFIX = ".html"
OURS = ("document", "failed", "later", "problem")
"""What we have templates for; a package's own of the same name is taken instead."""
_ASSETS = Path(__file__).parents[1] / "assets"
_SCHEMES = ("https://", "http://", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Source:
    """One template. `place` is its file, as mistakes name it."""

    template: "Template"
    tree: "Tree"
    place: str

    def at(self, line: int) -> str:
        return f"{self.place}:{line}"


class Templates:
    """Raises ContractMistakes when made: for all that can't be read."""

    def __init__(self, packages: Iterable[ModuleType]) -> None:
        self._places: dict[str, str] = {}
        self._sources: dict[str, Source] = {}
        self._used: set[str] = set()
        folders = [folder for package in packages for folder in self._look(package)]
        if self._places:
            self._read(_environment(folders))

    def __repr__(self) -> str:
        return f"<Templates: {', '.join(self._places) or 'none'}>"

    def __bool__(self) -> bool:
        return bool(self._places)

    def finder(self, client: str) -> "Callable[[str], Source | None]":
        """Finds `web/Home.html` for Home, else the `Home.html` that is for all clients."""

        def find(shape: str) -> Source | None:
            for name in (f"{client}/{shape}{SUFFIX}", f"{shape}{SUFFIX}"):
                if name in self._places:
                    self._used.add(name)
                    return self._sources[name]
            return None

        return find

    def ours(self, name: str) -> "Template":
        """One of OURS."""
        return self._sources[name + SUFFIX].template

    def left_over(self) -> Iterator[ContractMistake]:
        """Those that nothing uses: a view's name that is spelt differently, most likely."""
        for name in sorted(self._places.keys() - self._used):
            stem = name.rpartition("/")[2].removesuffix(SUFFIX)
            if not stem.startswith("_") and name.removesuffix(SUFFIX) not in OURS:
                what = f"no view, and no shape of a view with a template, is called {stem}"
                yield ContractMistake(
                    f"{what}; a part of others is `_{stem}`", where=self._at(name)
                )

    def _look(self, package: ModuleType) -> Iterator[Path]:
        label = package.__name__.replace(".", "/")
        for one in package.__path__:
            folder = Path(one) / FOLDER
            for file in sorted(folder.rglob(f"*{SUFFIX}")):
                name = file.relative_to(folder).as_posix()
                self._places.setdefault(name, f"{label}/{FOLDER}/{name}")
            yield folder

    def _read(self, env: "Environment") -> None:
        from jinja2 import TemplateSyntaxError, meta

        mistakes = []
        ours = [f"{name}{SUFFIX}" for name in OURS]
        for name in dict.fromkeys((*self._places, *ours)):
            try:
                template, tree = env.get_template(name), env.parse(_text(env, name), name)
            except TemplateSyntaxError as wrong:
                where = f"{self._at(wrong.name or name)}:{wrong.lineno}"
                mistakes.append(ContractMistake(str(wrong.message), where=where))
                continue
            self._sources[name] = Source(template, tree, self._at(name))
            for used in meta.find_referenced_templates(tree):
                if used is not None and used not in self._places and used not in ours:
                    what = f"there is no template {used}"
                    mistakes.append(ContractMistake(what, where=self._at(name)))
                self._used.add(used or "")
        raise_any(mistakes)

    def _at(self, name: str) -> str:
        return self._places.get(name, name)


def href(value: object) -> str:
    """A filter for links that somebody else wrote: what would run script leads nowhere.

    >>> href("https://a.example/b"), href("/c"), href("javascript:alert(1)"), href("//d.example")
    ('https://a.example/b', '/c', '#', '#')
    """
    text = str(value)
    within = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if within or text.lower().startswith(_SCHEMES) else "#"


def _text(env: "Environment", name: str) -> str:
    assert env.loader is not None  # noqa: S101 - _environment gives it one
    return env.loader.get_source(env, name)[0]


def _environment(folders: Iterable[Path]) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader([*folders, _ASSETS]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_nothing_for_null,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["href"] = href
    return env


def _nothing_for_null(value: Any) -> Any:
    return "" if value is None else value
