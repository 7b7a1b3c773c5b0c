"""What a screen reads from a request: its path, its query, its headers; each of its own type.

Called by screen.py and view/serving (endpoints, selection): compiled at boot, read once per
          request.
Never     guesses: an unknown, repeated or ill-typed parameter is a BadInput that names it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from bff.compose.endpoint import Ask, Parameter, Schema
from bff.compose.view.plan import ViewInput
from bff.contract.request.query import pairs
from bff.contract.routes.path_template import PathTemplate
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistake

Value = str | int | bool
Fetch = Callable[[Ask, Mapping[str, str]], Value]
_SCHEMAS: Mapping[type, Schema] = MappingProxyType(
    {
        str: {"type": "string"},
        int: {"type": "integer", "format": "int32"},
        bool: {"type": "boolean"},
    }
)
_NOTHING: Mapping[str, str] = MappingProxyType({})
_INT32 = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Inputs:
    """All of one screen. `queried`: the names that its query may have."""

    fetches: tuple[tuple[str, Fetch], ...]
    queried: frozenset[str]

    def read(self, ask: Ask) -> dict[str, Value]:
        """By name. Raises BadInput."""
        given = given_once(ask.query) if ask.query else _NOTHING
        for name in given:
            if name not in self.queried:
                what = "there is no such query parameter"
                raise BadInput.at(name, what, reason="unknown-parameter")
        return {name: fetch(ask, given) for name, fetch in self.fetches}


def inputs_of(
    inputs: tuple[ViewInput, ...],
    template: PathTemplate,
    mistakes: list[ContractMistake],
    *,
    role: str = "input of the view",
    others: tuple[str, ...] = (),
) -> Inputs:
    """Mistakes: an input of a path that has no such variable, a variable that nobody reads, a type
    that is none of str, int and bool.

    role    what a variable should have been, as the mistake says it
    others  what the query may have besides
    """
    names = [".".join(variable.field_path) for variable in template.variables]
    read = {one.name for one in inputs if one.where == "path"}
    for name in sorted(read.symmetric_difference(names)):
        what = f"is no {role}" if name in names else "is not in the path"
        mistakes.append(ContractMistake(f"{name} {what}", where=template.text))
    for one in inputs:
        if one.kind not in _SCHEMAS:
            what = f"input {one.name} must be str, int or bool"
            mistakes.append(ContractMistake(what, where=template.text))
    fetches = tuple((one.name, _fetch(one, names)) for one in inputs)
    queried = (one.name for one in inputs if _place(one) == "query")
    return Inputs(fetches, frozenset((*others, *queried)))


def parameters_of(inputs: tuple[ViewInput, ...]) -> tuple[Parameter, ...]:
    """As the API document lists them."""
    return tuple(
        Parameter(
            name=_header(one) if one.where == "header" else one.name,
            where=_place(one),
            required=one.where == "path" or (one.where != "cursor" and one.default is None),
            schema=_schema(one),
            description=one.about,
        )
        for one in inputs
    )


def headers_of(inputs: tuple[ViewInput, ...]) -> tuple[str, ...]:
    """Lower-case names of those that the answer depends on."""
    return tuple(_header(one) for one in inputs if one.where == "header")


def _place(one: ViewInput) -> Literal["path", "query", "header"]:
    return "query" if one.where == "cursor" else one.where


def _schema(one: ViewInput) -> Schema:
    schema = _SCHEMAS.get(one.kind, {})
    return schema if one.default in (None, "") else {**schema, "default": one.default}


def _header(one: ViewInput) -> str:
    return one.name.replace("_", "-").lower()


def _fetch(one: ViewInput, names: list[str]) -> Fetch:
    if one.where == "path":
        index = names.index(one.name) if one.name in names else 0
        return lambda ask, _given: _typed(one.name, one.kind, ask.values[index])
    if one.where == "header":
        header = _header(one)
        return lambda ask, _given: _read(one, ask.headers.get(header), "header")
    return lambda _ask, given: _read(one, given.get(one.name), "query parameter")


def _read(one: ViewInput, text: str | None, what: str) -> Value:
    if text is not None:
        return _typed(one.name, one.kind, text)
    if one.default is not None:
        return one.default
    if one.where == "cursor":
        return ""
    raise BadInput.at(one.name, f"this {what} is required")


def _typed(name: str, kind: type, text: str) -> Value:
    """A str, int or bool that a client sent as text. Raises BadInput."""
    if kind is str:
        return text
    if kind is bool:
        if text not in ("true", "false"):
            raise BadInput.at(name, "send true or false")
        return text == "true"
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10 and int(text) in _INT32):
        raise BadInput.at(name, "send a whole number of 32 bits, such as 20")
    return int(text)


def given_once(raw: str) -> dict[str, str]:
    """The query's parameters. Raises BadInput for one that is there twice."""
    given: dict[str, str] = {}
    for name, value in pairs(raw):
        if name in given:
            raise BadInput.at(name, "send this parameter once", reason="duplicate-parameter")
        given[name] = value
    return given
