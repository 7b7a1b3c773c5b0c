"""The schema of a view's answer: a component per shape, exactly as it is written.

Why       TypeScript clients are made of it: what is null there, and nothing else, may be null here.
Called by endpoints.py, at boot.
Never     describes a field otherwise than contract/schema does; never shows a sensitive one.
Source    OpenAPI 3.1 "Components Object"; docs/spec/views.md "What follows from one declaration".
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from bff.compose.endpoint import Schema
from bff.compose.gaps import missing_schema
from bff.compose.view.plan import (
    Computed,
    Constant,
    FromCaller,
    FromInput,
    FromItem,
    FromMatch,
    FromReply,
    Held,
    Items,
    Member,
    Object,
    Plain,
)
from bff.compose.view.running.layout import Layout
from bff.compose.view.serving.returns import returns_schema
from bff.contract.codec.known import is_map, message_of
from bff.contract.schema import Schemas
from bff.contract.schema.described import described
from bff.contract.schema.messages import nullable
from bff.contract.schema.well_known import BINARY
from bff.terms.mistakes import ContractMistake

ERRORS = "errors"
_REF = "#/components/schemas/"


class ViewSchema:
    """Describes one plan. `components` grows with what its schemas refer to."""

    def __init__(self, layout: Layout, schemas: Schemas) -> None:
        self._layout = layout
        self._schemas = schemas
        self._shapes: dict[str, Schema] = {}
        self.mistakes: list[ContractMistake] = []

    def __repr__(self) -> str:
        return f"<ViewSchema of {self._layout.plan.name}>"

    @property
    def components(self) -> Mapping[str, Schema]:
        return {**self._schemas.components, **self._shapes}

    def answer(self) -> Schema:
        """A reference to the component of the whole answer."""
        plan = self._layout.plan
        shown = self._shape(plan.members)
        if plan.about:
            shown = {**shown, "description": plan.about}
        if may_have_gaps(plan.members):
            missing, components = missing_schema(plan.client)
            self._shapes.update(components)
            properties = cast("dict[str, Schema]", shown["properties"])
            what = "What failed." if plan.errors == "failed" else "What failed; [] for nothing."
            properties[ERRORS] = {"type": "array", "items": missing, "description": what}
            if plan.errors == "always":
                cast("list[str]", shown["required"]).append(ERRORS)
        return self._refer(plan.shape, shown)

    def _shape(self, members: tuple[Member, ...]) -> dict[str, object]:
        properties: dict[str, Schema] = {}
        for member in members:
            try:
                properties[member.name] = self._member(member)
            except ContractMistake as mistake:
                what = f"{member.name}: {mistake.what}"
                self.mistakes.append(ContractMistake(what, where=member.declared_at))
        return {"type": "object", "properties": properties, "required": list(properties)}

    def _refer(self, shape: str, schema: Schema) -> Schema:
        """Raises ContractMistake for two shapes of one name."""
        name = f"{self._layout.plan.client}.{shape}"
        if self._shapes.setdefault(name, schema) != schema:
            raise ContractMistake(f"two shapes of this view are called {shape}")
        return {"$ref": _REF + name}

    def _member(self, member: Member) -> Schema:
        schema = self._shown(member)
        if (member.soft or member.absent) and not _has_null(schema):
            schema = nullable(schema)
        return {**schema, "description": member.about} if member.about else schema

    def _shown(self, member: Member) -> Schema:
        match member.show:
            case Object(members=members, shape=shape):
                return self._refer(shape, self._shape(members))
            case Items(members=members, shape=shape):
                return {"type": "array", "items": self._refer(shape, self._shape(members))}
            case Computed(returns=returns):
                return returns_schema(returns)
            case Plain() as show:
                return self._plain(show)

    def _plain(self, show: Plain) -> Schema:
        match show.value:
            case FromReply() | FromItem() | FromMatch() as held:
                return self._held(held, show.kind)
            case Constant(value):
                return returns_schema(type(value))
            case FromInput(name):
                [kind] = [one.kind for one in self._layout.plan.inputs if one.name == name]
                return returns_schema(kind)
            case FromCaller():
                return {"type": "string"}

    def _held(self, held: Held, kind: str) -> Schema:
        if kind == "has":
            return {"type": "boolean"}
        if kind == "which":
            return self._which(held)
        fields = self._layout.fields(held)
        if not fields:
            return self._schemas.message(self._layout.start(held), writing=True)
        if kind == "values":
            return self._values(held)
        schema = self._schemas.field(fields[-1], writing=True)
        if schema == BINARY:
            raise ContractMistake("raw bytes have no place in JSON")
        return described(schema, self._layout.catalog.describe(fields[-1]))

    def _which(self, held: Held) -> Schema:
        fields = self._layout.fields(replace(held, path=held.path[:-1]))
        message = message_of(fields[-1]) if fields else self._layout.start(held)
        oneof = message.oneofs_by_name.get(held.path[-1])
        if oneof is None:
            raise ContractMistake(f"there is no oneof `{held.path[-1]}`")
        return {"anyOf": [{"enum": [one.json_name for one in oneof.fields]}, {"type": "null"}]}

    def _values(self, held: Held) -> Schema:
        field = self._layout.fields(held)[-1]
        if not is_map(field):
            raise ContractMistake("values() is about a map")
        value = message_of(field).fields_by_name["value"]
        return {"type": "array", "items": self._schemas.field(value, writing=True)}


def may_have_gaps(members: tuple[Member, ...]) -> bool:
    """Whether something in it may fail without failing the view."""
    return any(
        one.soft or (isinstance(one.show, Object | Items) and may_have_gaps(one.show.members))
        for one in members
    )


def _has_null(schema: Schema) -> bool:
    kind, choices = schema.get("type"), schema.get("anyOf")
    listed = isinstance(choices, list) and {"type": "null"} in choices
    return listed or kind == "null" or (isinstance(kind, list) and "null" in kind)
