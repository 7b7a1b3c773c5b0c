"""Components of many endpoints under names that never mean two things.

Why       Endpoints may write the same message under different JSON options, so one name can come
          with two schemas. The first keeps the name, the next gets ".2": a proto name's part never
          begins with a digit.
Called by publish/openapi.py.
Never     lets the name of one endpoint's schema depend on anything but the sorted list of
          endpoints.
Source    OpenAPI 3.1 "Components Object".
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bff.compose.endpoint import Schema

REF = "#/components/schemas/"
Renames = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Merged:
    """`renames` is parallel to the merged sets: a set's own name to the document's name."""

    schemas: Mapping[str, Schema]
    renames: tuple[Renames, ...]

    def used_by(self, root: object) -> dict[str, Schema]:
        """The components that `root` reaches, sorted by name."""
        names = reachable(refs_in(root), self.schemas)
        return {name: self.schemas[name] for name in sorted(names)}


def merged(sets: Sequence[Mapping[str, Schema]]) -> Merged:
    """One set of components out of many; equal schemas are one component."""
    # Most endpoints share one set: looked at each time, ten thousand of them would be quadratic.
    distinct = tuple({id(one): one for one in sets}.values())
    if not _conflicts(distinct):
        return Merged(
            {name: schema for one in distinct for name, schema in one.items()},
            tuple({} for _ in sets),
        )
    variants: dict[str, list[str]] = {}
    renames: list[dict[str, str]] = []
    schemas: dict[str, Schema] = {}
    for one in sets:
        rename = {name: _new_name(name, _print(name, one), variants) for name in one}
        renames.append(rename)
        schemas |= {rename[name]: renamed(schema, rename) for name, schema in one.items()}
    return Merged(schemas, tuple(renames))


def renamed(schema: Schema, renames: Renames) -> dict[str, object]:
    """A copy of a schema whose references use the document's names."""
    copy = {key: _copied(value, renames) for key, value in schema.items()}
    return copy | _ref(schema, renames)


def refs_in(node: object) -> Iterator[str]:
    """Names of the components that a document's part refers to."""
    if isinstance(node, Mapping):
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.startswith(REF):
            yield ref.removeprefix(REF)
        for value in node.values():
            yield from refs_in(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from refs_in(value)


def reachable(names: Iterator[str], schemas: Mapping[str, Schema]) -> set[str]:
    """The names and all that they lead to."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen and name in schemas:
            seen.add(name)
            waiting.extend(refs_in(schemas[name]))
    return seen


def _conflicts(sets: Sequence[Mapping[str, Schema]]) -> bool:
    first: dict[str, Schema] = {}
    return any(
        first.setdefault(name, schema) != schema for one in sets for name, schema in one.items()
    )


def _print(name: str, schemas: Mapping[str, Schema]) -> str:
    """All that a component means, as text: two are one only if what they reach is equal too."""
    names = sorted(reachable(iter([name]), schemas))
    return json.dumps([[one, schemas[one]] for one in names], sort_keys=True)


def _new_name(name: str, meaning: str, variants: dict[str, list[str]]) -> str:
    known = variants.setdefault(name, [])
    if meaning not in known:
        known.append(meaning)
    index = known.index(meaning)
    return name if index == 0 else f"{name}.{index + 1}"


def _copied(node: object, renames: Renames) -> object:
    if isinstance(node, Mapping):
        return renamed(node, renames)
    if isinstance(node, list | tuple):
        return [_copied(value, renames) for value in node]
    return node


def _ref(node: Mapping[str, object], renames: Renames) -> dict[str, object]:
    ref = node.get("$ref")
    if not isinstance(ref, str) or not ref.startswith(REF):
        return {}
    name = ref.removeprefix(REF)
    return {"$ref": REF + renames.get(name, name)}
