"""`bff routes`: everything that is served, for a terminal or for a program.

Called by cli.py.
Never     decides anything: it prints the blueprint.
"""

from collections.abc import Sequence

import orjson

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Endpoint

_COLUMNS = ("method", "path", "access", "name", "by", "declared_at")


def as_text(blueprint: Blueprint) -> str:
    """One line a route, in columns; "" for no routes."""
    return _in_columns([_cells(one) for one in blueprint.endpoints])


def policies(blueprint: Blueprint) -> str:
    """One line a route: who may call it, and who said so."""
    return _in_columns(
        [
            (one.method, one.template.text, str(one.access), one.access.origin)
            for one in blueprint.endpoints
        ]
    )


def policies_as_json(blueprint: Blueprint) -> str:
    """The same as a JSON list of objects."""
    listed = [
        {
            "method": one.method,
            "path": one.template.text,
            "name": one.name,
            "access": str(one.access),
            "origin": one.access.origin,
        }
        for one in blueprint.endpoints
    ]
    return orjson.dumps(listed, option=orjson.OPT_INDENT_2).decode()


def _in_columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def as_json(blueprint: Blueprint) -> str:
    """A JSON list with one object a route, in the same order, and the rpcs that it may call."""
    listed = [
        {**dict(zip(_COLUMNS, _cells(one), strict=True)), "rpcs": one.calls}
        for one in blueprint.endpoints
    ]
    return orjson.dumps(listed, option=orjson.OPT_INDENT_2).decode()


def _cells(endpoint: Endpoint) -> tuple[str, ...]:
    return (
        endpoint.method,
        endpoint.template.text,
        str(endpoint.access),
        endpoint.name,
        _by(endpoint),
        endpoint.declared_at,
    )


def _by(endpoint: Endpoint) -> str:
    """What put it on the web: a screen, an HTTP rule, a setting, or exposing every rpc (HT9)."""
    if endpoint.client != "api":
        return "screen"
    if not endpoint.calls:
        return "setting"
    return "unannotated" if endpoint.template.text == f"/{endpoint.calls[0]}" else "rule"
