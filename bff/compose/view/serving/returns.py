"""JSON Schema of what a function of a view returns, read off its annotation.

Why       pydantic could do this, and costs eight megabytes; the few types that JSON has are enough.
Called by schema.py, at boot.
"""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from bff.compose.endpoint import Schema
from bff.contract.schema.messages import nullable
from bff.terms.mistakes import ContractMistake

_PLAIN: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def returns_schema(returns: Any) -> Schema:
    """Raises ContractMistake for what JSON has no word for.

    >>> returns_schema(list[int | None])
    {'type': 'array', 'items': {'type': ['integer', 'null']}}
    """
    if returns in _PLAIN:
        return {"type": _PLAIN[returns]}
    origin, inside = get_origin(returns), get_args(returns)
    if origin is list:
        return {"type": "array", "items": returns_schema(inside[0])}
    if origin is tuple and inside[1:] == (Ellipsis,):
        return {"type": "array", "items": returns_schema(inside[0])}
    if origin is dict and inside[0] is str:
        return {"type": "object", "additionalProperties": returns_schema(inside[1])}
    if origin is Literal and all(isinstance(one, str) for one in inside):
        return {"type": "string", "enum": list(inside)}
    if origin in (Union, UnionType):
        return _either([one for one in inside if one is not NoneType], NoneType in inside)
    what = f"a function returns {returns}: JSON needs str, int, float, bool, list or dict of them"
    raise ContractMistake(what)


def _either(choices: list[Any], may_be_null: bool) -> Schema:
    schemas = [returns_schema(one) for one in choices]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return nullable(schema) if may_be_null else schema
