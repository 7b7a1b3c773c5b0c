"""Path templates as OpenAPI paths, and which endpoints share a path.

Why       OpenAPI knows only one-segment parameters, and takes `/a/{x}` and `/a/{y}` for the same
          path. A template knows more: `{name=shelves/*}` is written out as `/shelves/{name}`, which
          is also what a generated client can call (it would send a slash inside a value as %2F).
Called by publish/openapi.py.
Never     drops an endpoint: what OpenAPI cannot hold at a path is listed there as
          `x-overlapping-operations`.
Source    OpenAPI 3.1 "Path Templating"; docs/spec/transcoding.md OA2, PT1 to PT6.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bff.compose.endpoint import Endpoint
from bff.contract.routes.path_template import PathTemplate, Variable

_WILDCARDS = ("*", "**")
_SLASHES = "May hold slashes, which are sent as they are."
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One `{name}` of an OpenAPI path.

    variable  dotted name of the path parameter that it is, or is a part of; "" for a wildcard
              nobody reads
    whole     it is all of that parameter, so the parameter's own schema holds for it
    note      what a reader must know besides the parameter's description
    pattern   what the value looks like, "" where the schema says it all
    """

    name: str
    variable: str
    whole: bool
    note: str
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An endpoint at its path, the key in the document; `slots` are in order of appearance."""

    endpoint: Endpoint
    path: str
    slots: tuple[Slot, ...]


def places_of(endpoints: Iterable[Endpoint]) -> tuple[Place, ...]:
    """Every endpoint with its path. Paths that differ in parameter names only get the plainest.

    Sorted by path; at equal paths the more exact template comes first.
    """
    names_of: dict[str, tuple[str, ...]] = {}
    places = []
    for endpoint in sorted(endpoints, key=_exact_and_plain_first):
        path, slots = written_out(endpoint.template)
        shape = _PLACEHOLDER.sub("{}", path)
        names = names_of.setdefault(shape, tuple(slot.name for slot in slots))
        places.append(_placed(endpoint, path, slots, names))
    return tuple(sorted(places, key=lambda place: place.path))


def _exact_and_plain_first(endpoint: Endpoint) -> tuple[bool, int, str]:
    """`*` before `**`; {todo_id} before {todo.id}."""
    template = endpoint.template
    return "**" in template.segments, template.openapi.count("."), template.text


def written_out(template: PathTemplate) -> tuple[str, tuple[Slot, ...]]:
    """The OpenAPI path of a template, and its parameters.

    >>> path, slots = written_out(PathTemplate.parse("/v1/{name=shelves/*}"))
    >>> path, slots[0].note
    ('/v1/shelves/{name}', 'Part of `name`, which is `shelves/{name}`.')
    """
    wild = [index for index, part in enumerate(template.segments) if part in _WILDCARDS]
    names = dict(zip(wild, template.parameter_names, strict=True))
    return template.openapi, tuple(_slot(index, template, names) for index in wild)


def _placed(
    endpoint: Endpoint, path: str, slots: tuple[Slot, ...], names: tuple[str, ...]
) -> Place:
    swaps = {f"{{{slot.name}}}": f"{{{name}}}" for slot, name in zip(slots, names, strict=True)}
    final = tuple(
        replace(slot, name=name, note=_swapped(slot.note, swaps))
        for slot, name in zip(slots, names, strict=True)
    )
    return Place(endpoint=endpoint, path=_swapped(path, swaps), slots=final)


def _swapped(text: str, swaps: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: swaps.get(found[0], found[0]), text)


def _slot(index: int, template: PathTemplate, names: Mapping[int, str]) -> Slot:
    many = template.segments[index] == "**"
    variable = next((one for one in template.variables if index in _covered(one, template)), None)
    whole = variable is None or _covered(variable, template) == [index]
    notes = [] if variable is None or whole else [_part_of(variable, template, names)]
    return Slot(
        name=names[index],
        variable=variable.name if variable else "",
        whole=whole,
        note=" ".join([*notes, _SLASHES] if many else notes),
        pattern="" if many or whole else "^[^/]+$",
    )


def _part_of(variable: Variable, template: PathTemplate, names: Mapping[int, str]) -> str:
    parts = (
        f"{{{names[index]}}}" if index in names else template.segments[index]
        for index in _covered(variable, template)
    )
    return f"Part of `{variable.name}`, which is `{'/'.join(parts)}`."


def _covered(variable: Variable, template: PathTemplate) -> list[int]:
    return list(range(*slice(variable.start, variable.end).indices(len(template.segments))))
