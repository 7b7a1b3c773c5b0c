"""One endpoint as an OpenAPI operation.

Called by publish/openapi.py.
Source    OpenAPI 3.1 "Operation Object", "Parameter Object"; docs/spec/transcoding.md OA5, QP15,
          QP17.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bff.compose.endpoint import Endpoint, Parameter, Schema
from bff.publish.bodies import body_content
from bff.publish.components import Renames, renamed
from bff.publish.path_items import Place, Slot
from bff.publish.responses import responses_of
from bff.publish.security import security_of

_FIXED = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_EVERY = ("get", "put", "post", "delete", "patch")
Operation = dict[str, object]


@dataclass(frozen=True, slots=True)
class PathItem:
    """All operations of one path while they are being collected.

    fixed        by the methods that OpenAPI 3.1 has keys for
    additional   by any other method, under the name that OpenAPI 3.2 will give them
    overlapping  further endpoints of one path and method: `*` and `**` look the same here
    """

    fixed: dict[str, Operation] = field(default_factory=dict)
    additional: dict[str, Operation] = field(default_factory=dict)
    overlapping: list[Operation] = field(default_factory=list)

    def put(self, method: str, operation: Operation) -> None:
        if method not in _FIXED:
            self.additional[method.upper()] = operation
        elif method in self.fixed:
            self.overlapping.append({"method": method, **operation})
        else:
            self.fixed[method] = operation

    def written(self) -> dict[str, object]:
        """The Path Item Object."""
        item: dict[str, object] = {one: self.fixed[one] for one in _FIXED if one in self.fixed}
        if self.additional:
            item["x-additional-operations"] = dict(sorted(self.additional.items()))
        if self.overlapping:
            item["x-overlapping-operations"] = self.overlapping
        return item


def operations_of(
    places: Iterable[Place],
    *,
    renames: Mapping[str, Renames],
    has_sessions: bool,
) -> dict[str, dict[str, object]]:
    """The document's `paths`.

    renames  by endpoint name: its own component names to the document's
    """
    items: dict[str, PathItem] = {}
    ids: set[str] = set()
    for place in sorted(places, key=lambda place: place.endpoint.method == "*"):
        item = items.setdefault(place.path, PathItem())
        for method in _methods(place.endpoint, item):
            operation = operation_of(place, method, has_sessions=has_sessions)
            operation = renamed(operation, renames[place.endpoint.name])
            operation["operationId"] = _unique(str(operation["operationId"]), ids)
            item.put(method, operation)
    return {path: item.written() for path, item in sorted(items.items())}


def operation_of(place: Place, method: str, *, has_sessions: bool) -> Operation:
    """One operation, with the component names of its endpoint; `method` in lower case."""
    endpoint = place.endpoint
    suffix = f"_{method}" if endpoint.method == "*" else ""
    operation: Operation = {"operationId": endpoint.name + suffix}
    if endpoint.summary:
        operation["summary"] = endpoint.summary
    if endpoint.description:
        operation["description"] = endpoint.description
    if endpoint.tags:
        operation["tags"] = list(endpoint.tags)
    if endpoint.deprecated:
        operation["deprecated"] = True
    if security := security_of(endpoint.access, method=method, has_sessions=has_sessions):
        operation["security"] = security
    parameters = [*_in_path(place), *_elsewhere(endpoint)]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        required = {"required": True} if endpoint.body_required else {}
        operation["requestBody"] = {"content": body_content(endpoint, endpoint.body), **required}
    operation["responses"] = responses_of(endpoint)
    return operation


def _methods(endpoint: Endpoint, item: PathItem) -> Sequence[str]:
    """An endpoint of every method is listed under the usual ones that nobody else takes (PT15)."""
    if endpoint.method != "*":
        return (endpoint.method.lower(),)
    return [method for method in _EVERY if method not in item.fixed]


def _unique(wanted: str, taken: set[str]) -> str:
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    taken.add(name)
    return name


def _in_path(place: Place) -> list[Operation]:
    declared = {one.name: one for one in place.endpoint.parameters if one.where == "path"}
    return [_path_parameter(slot, declared.get(slot.variable)) for slot in place.slots]


def _path_parameter(slot: Slot, declared: Parameter | None) -> Operation:
    schema: Schema = declared.schema if declared and slot.whole else {"type": "string"}
    if slot.pattern:
        schema = {**schema, "pattern": slot.pattern}
    text = [declared.description if declared else "", slot.note]
    return _parameter(
        {"name": slot.name, "in": "path", "required": True},
        description=" ".join(filter(None, text)),
        deprecated=declared.deprecated if declared else False,
        value={"schema": schema},
    )


def _elsewhere(endpoint: Endpoint) -> list[Operation]:
    return [_query_or_header(one) for one in endpoint.parameters if one.where != "path"]


def _query_or_header(declared: Parameter) -> Operation:
    required = {"required": True} if declared.required else {}
    return _parameter(
        {"name": declared.name, "in": declared.where, **required},
        description=declared.description,
        deprecated=declared.deprecated,
        value=_value(declared),
    )


def _parameter(
    start: Operation, *, description: str, deprecated: bool, value: Mapping[str, object]
) -> Operation:
    if description:
        start["description"] = description
    if deprecated:
        start["deprecated"] = True
    return {**start, **value}


def _value(declared: Parameter) -> Mapping[str, object]:
    """A map goes as `m[key]=value` (QP17), an open value as JSON text (QP15), all else plainly."""
    schema = declared.schema
    if declared.where == "query" and isinstance(schema.get("additionalProperties"), Mapping):
        return {"style": "deepObject", "explode": True, "schema": schema}
    if declared.where == "query" and _is_json_text(schema):
        return {"content": {"application/json": {"schema": schema}}}
    return {"schema": schema}


def _is_json_text(schema: Schema) -> bool:
    typed = schema.keys() & {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"}
    return not typed or schema.get("type") == "object" or schema.get("items") == {}
