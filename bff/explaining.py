"""`bff explain`: what an endpoint asks, when and at which cost; and the snapshot of every view.

Why       Committed, the snapshot shows in a review what a change does to the cost of a screen.
Called by cli.py.
Never     starts anything: what it tells is known at boot.
Source    docs/spec/views.md "bff explain"; docs/spec/demo.md "Commands".
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Endpoint
from bff.compose.view.explaining.changes import changes, snapshot
from bff.compose.view.explaining.forms import Format, explained
from bff.contract.routes.router import MethodNotAllowed
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistake, ContractMistakes

_HOW = "python -m bff explain --format json --output"


def explanation(blueprint: Blueprint, method: str, path: str, *, form: Format) -> str:
    """Of one endpoint; of every view where `method` and `path` are "". Ends with a line end.

    path    a template as `bff routes` lists it, or a path that a client would ask for
    Raises  ContractMistakes for what is not served
    """
    if method:
        return f"{explained(_found(blueprint, method.upper(), path), form)}\n"
    if form == "json":
        return _snapshot(blueprint)
    if form == "svg":
        raise _mistake("a picture shows one endpoint: name its METHOD and PATH", "--format svg")
    return "\n".join(f"{explained(one, form)}\n" for one in blueprint.endpoints if one.plan)


def stale(blueprint: Blueprint, file: Path) -> tuple[str, ...]:
    """What the code does to the snapshot in `file`, a sentence each; () where it is up to date."""
    before = file.read_text(encoding="utf-8") if file.is_file() else "{}"
    told = changes(before, _snapshot(blueprint))
    return (*told, f"if it is meant: {_HOW} {file}") if told else ()


def _snapshot(blueprint: Blueprint) -> str:
    views = (one for one in blueprint.endpoints if one.plan)
    return snapshot(plan for one in views for plan in (one.plan, *one.variants) if plan)


def _found(blueprint: Blueprint, method: str, path: str) -> Endpoint:
    where = f"{method} {path}"
    at_template = (one for one in blueprint.endpoints if one.template.text == path)
    for one in at_template:
        if one.method == method:
            return one
    try:
        match = blueprint.router.match(method, path.partition("?")[0])
    except BadInput as wrong:
        raise _mistake(wrong.detail, where) from None
    if match is None:
        raise _mistake(f"nothing is served there{_hint(blueprint, path)}", where)
    if isinstance(match, MethodNotAllowed):
        raise _mistake(f"this path takes {', '.join(match.allowed)}", where)
    return match.target


def _hint(blueprint: Blueprint, path: str) -> str:
    near = get_close_matches(path, sorted(_paths(blueprint)), n=1)
    return f"; did you mean {near[0]}?" if near else ": `bff routes` lists what is"


def _paths(blueprint: Blueprint) -> Iterator[str]:
    return (one.template.text for one in blueprint.endpoints)


def _mistake(what: str, where: str) -> ContractMistakes:
    return ContractMistakes.of([ContractMistake(what, where=where)])
