"""publish/openapi: the document as a whole (OA1, OA5), and the names of its components."""

import json
from typing import Any

from bff.compose.blueprint import Blueprint
from bff.compose.endpoint import Endpoint
from bff.contract.reply.error_document import ErrorDocuments
from bff.publish.openapi import document
from tests.publish.endpoints import TODO, TODO_SCHEMA, blueprint, endpoint, written


def many() -> list[Endpoint]:
    return [
        endpoint("GET", "/v1/todos/{todo_id}", summary="Get one."),
        endpoint("POST", "/v1/todos", body={"$ref": TODO}, body_required=True, success_status=201),
        endpoint("PATCH", "/v1/todos/{todo.id}", body={"$ref": TODO}),
        endpoint("DELETE", "/v1/todos/{todo_id}", answer=None, success_status=204, deprecated=True),
        endpoint("GET", "/web/v1/home", soft=True, calls=(), client="web", tags=("web",)),
        endpoint("GET", "/public/v1/links", access="public", tags=()),
        endpoint("*", "/v1/any", tags=()),
        endpoint("PURGE", "/v1/any", tags=()),
        endpoint("GET", "/v1/{name=shelves/*/books/*}:read"),
        endpoint("GET", "/v1/files/{path=**}"),
    ]


def test_the_document_is_valid_openapi_3_1_oa1() -> None:
    assert "3.1.1" == written(*many())["openapi"]


def test_an_empty_blueprint_is_a_valid_document_too() -> None:
    assert {} == written()["paths"]


def test_the_same_endpoints_in_another_order_are_the_same_bytes_oa1() -> None:
    one, other = many(), many()[::-1]

    assert json.dumps(document(blueprint(*one))) == json.dumps(document(blueprint(*other)))


def test_the_title_and_version_are_the_blueprints() -> None:
    info = written()["info"]

    assert ("Todos & more", "1.2.3") == (info["title"], info["version"])


def test_servers_are_relative_so_that_the_document_serves_any_host() -> None:
    assert ["/"] == [server["url"] for server in written()["servers"]]


def test_tags_are_listed_once_and_sorted_oa5() -> None:
    names = [tag["name"] for tag in written(*many())["tags"]]

    assert ["todos.v1.TodoService", "web"] == names


def test_nothing_internal_is_told() -> None:
    """Neither the file that declared an endpoint nor the rpcs that it calls."""
    text = json.dumps(document(blueprint(*many())))

    assert (False, False) == ("todos.proto" in text, "TodoService/GetTodo" in text)


def test_a_component_that_nobody_refers_to_is_left_out() -> None:
    one = endpoint("GET", "/v1/a", components={"todos.v1.Todo": TODO_SCHEMA, "Unused": {}})

    assert ["Problem", "todos.v1.Todo"] == list(written(one)["components"]["schemas"])


def test_one_name_with_two_meanings_becomes_two_components() -> None:
    """Two routes with different JSON options write one message differently: neither may lie."""
    other = {"todos.v1.Todo": {"type": "object"}}
    whole = written(endpoint("GET", "/v1/a"), endpoint("GET", "/v1/b", components=other))
    refs = [
        item["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        for item in whole["paths"].values()
    ]

    assert [TODO, f"{TODO}.2"] == refs
    assert {"type": "object"} == whole["components"]["schemas"]["todos.v1.Todo.2"]


def test_a_component_differs_where_only_what_it_refers_to_differs() -> None:
    page = {"type": "object", "properties": {"todos": {"$ref": TODO}}}
    first = {"Page": page, "todos.v1.Todo": TODO_SCHEMA}
    second = {"Page": page, "todos.v1.Todo": {"type": "object"}}
    answer = {"$ref": "#/components/schemas/Page"}
    whole = written(
        endpoint("GET", "/v1/a", components=first, answer=answer),
        endpoint("GET", "/v1/b", components=second, answer=answer),
    )

    todos = whole["components"]["schemas"]["Page.2"]["properties"]["todos"]
    assert {"$ref": f"{TODO}.2"} == todos


def test_a_message_called_problem_does_not_hide_ours() -> None:
    own = {"Problem": {"type": "object", "description": "A chess problem."}}
    answer = {"$ref": "#/components/schemas/Problem"}
    whole = written(endpoint("GET", "/v1/a", components=own, answer=answer))

    assert "A chess problem." == whole["components"]["schemas"]["Problem.2"]["description"]


def test_er1_the_document_follows_the_shape_of_errors() -> None:
    served = Blueprint([], title="t", version="1", errors=ErrorDocuments(shape="status"))
    components: Any = document(served)["components"]
    assert ["code", "message", "details"] == components["schemas"]["Problem"]["required"]
    assert ["application/json"] == list(components["responses"]["Problem"]["content"])
