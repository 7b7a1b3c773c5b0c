"""Endpoints by hand for the tests of publish, and the document that is made of them."""

import json
from collections.abc import Mapping
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Answer, Ask, Endpoint, Parameter, Schema
from bff.contract.routes.path_template import PathTemplate
from bff.publish.openapi import document
from bff.terms.access import SIGNED_IN, access_of
from bff.terms.context import RequestContext

TODO = "#/components/schemas/todos.v1.Todo"
TODO_SCHEMA: Schema = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "title": {"type": "string"}},
    "required": ["id", "title"],
}


async def run(context: RequestContext, ask: Ask) -> Answer:
    return Answer(body=b"{}")


def endpoint(method: str, path: str, **changes: Any) -> Endpoint:
    """An endpoint that answers a Todo; path parameters are strings unless `changes` says more."""
    template = PathTemplate.parse(path)
    settings: dict[str, Any] = {
        "name": f"{method}_{path}".replace("/", "_"),
        "client": "api",
        "access": SIGNED_IN,
        "deadline_s": 1.0,
        "max_body_bytes": 1000,
        "summary": "",
        "description": "",
        "deprecated": False,
        "tags": ("todos.v1.TodoService",),
        "declared_at": "todos/v1/todos.proto:31",
        "parameters": tuple(in_path(variable.name) for variable in template.variables),
        "body": None,
        "body_required": False,
        "answer": {"$ref": TODO},
        "success_status": 200,
        "components": {"todos.v1.Todo": TODO_SCHEMA},
        "calls": ("todos.v1.TodoService/GetTodo",),
        "soft": False,
        "run": run,
    }
    if isinstance(said := changes.get("access"), str):
        changes["access"] = access_of(said, where="here")
    return Endpoint(method=method, template=template, **(settings | changes))


def in_path(name: str, schema: Schema | None = None) -> Parameter:
    return Parameter(
        name=name,
        where="path",
        required=True,
        schema=schema or {"type": "string"},
        description=f"The {name}.",
    )


def in_query(name: str, schema: Schema, **changes: Any) -> Parameter:
    settings: Mapping[str, Any] = {"required": False, "description": ""} | changes
    return Parameter(name=name, where="query", schema=schema, **settings)


def blueprint(*endpoints: Endpoint) -> Blueprint:
    return Blueprint(endpoints, title="Todos & more", version="1.2.3")


def written(*endpoints: Endpoint) -> Any:
    """The document as a client reads it, held against OpenAPI 3.1's own schema every time."""
    read = json.loads(json.dumps(document(blueprint(*endpoints))))
    OpenAPIV31SpecValidator(read).validate()
    return read


def operation(one: Endpoint) -> Any:
    (item,) = written(one)["paths"].values()
    (found,) = item.values()
    return found
