"""Find the views of a package: each class with a `get`, its own or inherited.

Why       Importing a view changes nothing: boot looks it up. A module that can't be imported is one
          mistake in the list, so that a proto's change names every view that it breaks.
Called by screens.py, at boot.
Never     imports anything outside the package that it was given.
Source    docs/spec/views.md; house rule 9.
"""

import pkgutil
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from bff.compose.place import place_of
from bff.compose.view.language.classes import Fragment, header_of, lines_of
from bff.compose.view.language.recorder import UnknownField
from bff.contract.catalog import Catalog
from bff.terms.mistakes import ContractMistake


class Found(NamedTuple):
    """Views, sorted by place, and a mistake for each cause that keeps modules from being read."""

    views: tuple[type[Fragment], ...]
    mistakes: tuple[ContractMistake, ...]


def found_in(package: ModuleType, catalog: Catalog) -> Found:
    """What the package's modules define.

    catalog  tells the line of a message that lacks a field
    """
    found: dict[type[Fragment], str] = {}
    broken: dict[str, _Broken] = {}
    for name in _modules(package):
        try:
            module = import_module(name)
        except Exception as why:  # noqa: BLE001 - whatever it is, it is told, and the rest too
            mistake = _told(why, name, package, catalog)
            broken.setdefault(str(mistake), _Broken(mistake, [])).modules.append(name)
        else:
            found.update((view, view.__qualname__) for view in views_in(module))
    views = sorted(found, key=lambda view: (lines_of(view)[""], found[view]))
    return Found(tuple(views), tuple(map(_with_modules, broken.values())))


def views_in(module: ModuleType) -> tuple[type[Fragment], ...]:
    """The views that one module defines, in its order."""
    classes = [one for one in vars(module).values() if isinstance(one, type)]
    return tuple(
        one
        for one in dict.fromkeys(classes)
        if issubclass(one, Fragment) and one.__module__ == module.__name__ and header_of(one).get
    )


class _Broken(NamedTuple):
    """One mistake, and the modules that it keeps from being imported."""

    mistake: ContractMistake
    modules: list[str]


def _with_modules(broken: _Broken) -> ContractMistake:
    """A shape that is broken breaks each screen that shows it."""
    mistake, modules = broken
    own = mistake.where.partition(".py:")[0].replace("/", ".")
    others = [one for one in modules if one != own]
    if not others:
        return mistake
    return ContractMistake(f"{mistake.what}; it breaks {', '.join(others)}", where=mistake.where)


def _modules(package: ModuleType) -> Iterator[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.", onerror=lambda _: None)
    return (one.name for one in found)


def _told(broken: Exception, name: str, package: ModuleType, catalog: Catalog) -> ContractMistake:
    if isinstance(broken, UnknownField):
        try:
            where = catalog.place(catalog.pool.FindMessageTypeByName(broken.message))
        except KeyError:
            return broken
        return ContractMistake(f"{broken.what} ({where})", where=broken.where)
    if isinstance(broken, ContractMistake):
        return broken
    what = f"it can't be imported: {type(broken).__name__}: {broken}"
    return ContractMistake(what, where=_line(broken, name, package))


def _line(broken: Exception, name: str, package: ModuleType) -> str:
    """The package's innermost line that raised it."""
    folders = [str(Path(one).resolve()) for one in package.__path__]
    for frame in reversed(traceback.extract_tb(broken.__traceback__)):
        file = str(Path(frame.filename).resolve())
        for folder in folders:
            if file.startswith(folder):
                parts = Path(file).relative_to(folder).with_suffix("").parts
                return place_of(".".join((package.__name__, *parts)), file, frame.lineno or 0)
    return name
