"""What a screen reads from its URL: the keyword arguments of its function.

Called by compose/screen.py, compose/view/serving/inputs.py (reads as this does).
Never     guesses: an unknown, repeated or ill-typed parameter is a BadInput that names it.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bff.compose.endpoint import Ask, Parameter, Schema
from bff.contract.request.query import pairs
from bff.contract.routes.path_template import PathTemplate
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistake

_SCHEMAS: Mapping[type, Schema] = MappingProxyType(
    {str: {"type": "string"}, int: {"type": "integer", "format": "int32"}}
)
_INT32 = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input. `index` is its place among the path's variables; None for a query parameter."""

    name: str
    kind: type
    index: int | None
    default: str | int | None

    @property
    def required(self) -> bool:
        return self.index is not None or self.default is None

    @property
    def schema(self) -> Schema:
        return _SCHEMAS[self.kind]


def inputs_of(
    show: Callable[..., Any], hints: Mapping[str, Any], template: PathTemplate
) -> tuple[Input, ...]:
    """The inputs of a screen function: all its parameters but the first. Raises ContractMistake."""
    names = [".".join(variable.field_path) for variable in template.variables]
    parameters = list(inspect.signature(show).parameters.values())[1:]
    lost = set(names) - {one.name for one in parameters}
    if lost:
        what = f"the path's {{{min(lost)}}} is no parameter of {show.__name__}()"
        raise ContractMistake(what, where=template.text)
    return tuple(_input(one, hints[one.name], names, template) for one in parameters)


def _input(
    parameter: inspect.Parameter, kind: Any, names: list[str], template: PathTemplate
) -> Input:
    if kind not in _SCHEMAS:
        raise ContractMistake(f"parameter {parameter.name} must be str or int", where=template.text)
    default = parameter.default
    return Input(
        name=parameter.name,
        kind=kind,
        index=names.index(parameter.name) if parameter.name in names else None,
        default=None if default is inspect.Parameter.empty else default,
    )


def parameter_of(one: Input) -> Parameter:
    """The input as the API document lists it."""
    return Parameter(
        name=one.name,
        where="path" if one.index is not None else "query",
        required=one.required,
        schema=one.schema,
        description="",
    )


def read_inputs(inputs: tuple[Input, ...], ask: Ask) -> dict[str, str | int]:
    """The keyword arguments for this request. Raises BadInput."""
    given = given_once(ask.query) if ask.query else {}
    known = {one.name for one in inputs if one.index is None}
    for name in given:
        if name not in known:
            raise BadInput.at(name, "there is no such query parameter", reason="unknown-parameter")
    return {one.name: _read(one, ask, given) for one in inputs}


def _read(one: Input, ask: Ask, given: Mapping[str, str]) -> str | int:
    if one.index is not None:
        return typed(one.name, one.kind, ask.values[one.index])
    if one.name in given:
        return typed(one.name, one.kind, given[one.name])
    if one.default is None:
        raise BadInput.at(one.name, "this query parameter is required")
    return one.default


def typed(name: str, kind: type, text: str) -> str | int | bool:
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
